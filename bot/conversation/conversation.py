"""The turns of one chat, without knowing any channel.

``respond`` is a pure function of what came in, the session and the clock: it returns the replies
and the session after them. A channel only carries both.

A message is answered at once. Only then, and only if the answer would change the advice, one
question is asked. What was told in the last hours still counts, so "i had filler", "yesterday",
"lip is white" are judged like one message, although no word of them is kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.content.levels import Level
from bot.content.models import Wording
from bot.content.words import words_of
from bot.conversation.answers import Answer, answer_of, stands_alone, whole, with_treatment
from bot.conversation.commands import Commands
from bot.conversation.deck import Deck
from bot.conversation.engine import Engine
from bot.conversation.gaps import Gap, gaps_of
from bot.conversation.memory import earlier_of, edited_from, fresh, remember
from bot.conversation.questions import Question, Questions, on_day
from bot.conversation.session import Session
from bot.conversation.turn import Incoming, IncomingKind, Reminder, Turn
from bot.reply.cards import short_name
from bot.reply.compose import listed
from bot.reply.reply import Line, Part, Reply
from bot.triage.assess import assess
from bot.triage.assessment import Assessment, Earlier
from bot.understanding.reading import Reading, Status

__all__ = ["Conversation", "Incoming", "IncomingKind", "Reminder", "Turn"]

_CRISIS = "suicidal_thoughts"
"""Name of the symptom and of the red flag."""
_UNREAD = "unread"
"""Among the questions done: the last message could not be read."""
PLACE = 3
"""Words of a message that does no more than name a place of the body."""
TODAY = 2
"""Words of a message that corrects the day to today."""
ASKED = ("treatment", "when", "signs", "worse", "country")
"""Every question; who does not want to be asked gets none of them."""
SEEN = ("photo", "video")
"""Kinds that may show a sign: the person is asked for the danger signs."""


class Conversation:
    """Answers whatever comes in."""

    def __init__(self, engine: Engine, *, counts_gaps: bool = False) -> None:
        """``counts_gaps``: the operator consents to counting what is asked and not known."""
        self._engine = engine
        self._counts_gaps = counts_gaps
        self._questions = Questions(engine)
        self._deck = Deck(engine, self._questions)
        self._commands = Commands(engine, self._questions, self._deck, counts_gaps=counts_gaps)

    def respond(self, incoming: Incoming, session: Session, now: dt.datetime | None = None) -> Turn:
        """One turn. ``now`` is the time at which it came in, with a time zone."""
        now = now or dt.datetime.now(dt.UTC)
        if incoming.public:
            return self._public(incoming, session, now)
        session = fresh(session, now)
        if incoming.kind == "text":
            return self._text(incoming, session, now)
        if incoming.kind == "command":
            return self._command(incoming, session, now)
        if incoming.kind == "button":
            return self._button(incoming.text, session, now)
        if incoming.kind in SEEN:
            return self._with_checklist(incoming.kind, session)
        return self._page(incoming.kind, session, signs_of=session.treatments)

    def remind(self, reminder_id: str, session: Session, now: dt.datetime) -> Turn:  # noqa: ARG002
        """What is said when a reminder is due: one question, and no second reminder by itself.

        A chat has one reminder at most, so its id says nothing more.
        """
        session = replace(fresh(session, now), remind_at=None)
        audience = self._engine.audience(session)
        rows = self._questions.write("worse", session, audience).rows if session.told else ()
        reply = self._engine.composer.page(
            "reminder", audience, buttons=rows, signs_of=session.treatments
        )
        return Turn(replace(session, asked="worse" if session.told else ""), (reply,))

    def failed(self, session: Session) -> Turn:
        """The reply to an error of ours: never silence."""
        return self._page("error", session)

    def is_danger(self, incoming: Incoming, session: Session, now: dt.datetime) -> bool:
        """Whether a message that still waits is an emergency and should wait no longer."""
        if incoming.kind not in ("text", "command"):
            return False
        return self._judge(incoming.text, fresh(session, now), now).level is Level.EMERGENCY

    def stands_alone(self, incoming: Incoming) -> bool:
        """Whether a message means something by itself, so that others must not be read with it."""
        wording = self._engine.composer.wording(self._engine.audience(Session()))
        return stands_alone(incoming.text, wording)

    # -- text ---------------------------------------------------------------------------

    def _judge(self, text: str, session: Session, now: dt.datetime) -> Assessment:
        return self._engine.assess(text, earlier_of(session, now), today=now.date())

    def _text(self, incoming: Incoming, session: Session, now: dt.datetime) -> Turn:
        language = self._engine.tongues.of(incoming.text)
        turn = self._read(incoming, session, now, foreign=language is not None)
        return turn if language is None else self._in_language(language, turn)

    def _in_language(self, language: str, turn: Turn) -> Turn:
        """The turn, with what can be said in the person's language after it.

        The page comes once in a talk; where it is all that there is to say, every time.
        """
        composer, session = self._engine.composer, turn.session
        audience = self._engine.audience(session)
        level = next((reply.level for reply in turn.replies if reply.level is not None), None)
        if is_crisis(session) and level is Level.EMERGENCY:
            return replace(
                turn, replies=(*turn.replies, composer.welcome_crisis(language, audience))
            )
        mark = f"welcome_{language}"
        page = mark not in session.done or not turn.replies
        if level not in self._engine.knowledge.welcome[language].levels and not page:
            return turn
        reply = composer.welcome(language, audience, level, page=page)
        session = replace(session, done=tuple(dict.fromkeys((*session.done, mark))))
        return replace(turn, session=session, replies=(*turn.replies, reply))

    def _read(
        self, incoming: Incoming, session: Session, now: dt.datetime, *, foreign: bool
    ) -> Turn:
        text = incoming.text
        earlier = edited_from(session, now) if incoming.edited else earlier_of(session, now)
        if incoming.edited:
            session = replace(session, told=(), red_flags=(), level=None, symptoms=())
        found = self._engine.assess(text, earlier, today=now.date())
        if _says_today(found.reading, session):
            reading = replace(found.reading, days=None)
            found = assess(self._engine.knowledge, reading, earlier)
        turn = self._told(found, incoming, earlier, session, now, foreign=foreign)
        if foreign:
            return turn
        return replace(turn, gaps=self._gaps(found, incoming, session))

    def _gaps(self, found: Assessment, incoming: Incoming, session: Session) -> frozenset[Gap]:
        """What the writer asked for and is not known.

        Not of somebody else's words, and nothing of a person who does not want to live. A fault
        here must not cost the answer.
        """
        if not self._counts_gaps or incoming.forwarded:
            return frozenset()
        if is_crisis(session) or _CRISIS in _names(found.reading):
            return frozenset()
        try:
            return gaps_of(found, self._engine.knowledge, self._engine.reader)
        except Exception:  # noqa: BLE001 - whatever it is, the advice goes out
            return frozenset()

    def _told(
        self,
        found: Assessment,
        incoming: Incoming,
        earlier: Earlier,
        session: Session,
        now: dt.datetime,
        *,
        foreign: bool,
    ) -> Turn:
        """The turn of a message that was read."""
        text, reading = incoming.text, found.reading
        wording = self._engine.composer.wording(self._engine.audience(session))
        if not tells(reading) or whole(text, wording) is not None:
            turn = self._answered(text, reading, session, now)
            if turn is not None:
                return turn
        elif session.asked == "treatment" and not reading.had and reading.treatments:
            reading = with_treatment(reading)
            found = assess(self._engine.knowledge, reading, earlier)
        if not found.reading.had and not tells(reading) and reading.days is None:
            if not (reading.worse and session.told):
                return self._untold(text, reading, session, now, foreign=foreign)
        if session.told and not incoming.edited:
            noted = self._nothing_new(reading, session, wording)
            if noted and is_crisis(session) is (_CRISIS in _names(found.reading)):
                return self._advise(found, session, now, noted=noted)
        note = "edited" if incoming.edited else "forwarded" if incoming.forwarded else ""
        if is_crisis(session) and _CRISIS not in _names(found.reading):
            return self._besides_crisis(found.reading, session, now)
        return self._advise(found, session, now, note=note)

    def _nothing_new(self, reading: Reading, session: Session, wording: Wording) -> str:
        """What is noted of a message that adds no sign: denials, or a treatment told before."""
        if reading.days is not None or reading.worse or reading.signs:
            return ""
        denied = reading.told(Status.DENIED)
        if denied and len(denied) == len({f.symptom for f in reading.findings}):
            names = listed([self._engine.composer.symptom(slug) for slug in denied])
            return wording.lines["noted_denied"].format(symptoms=names)
        if reading.had and not reading.findings and set(reading.had) <= set(session.treatments):
            table = self._engine.knowledge.treatments
            names = listed([short_name(table[slug]) for slug in reading.had])
            return wording.lines["noted_name"].format(treatment=names)
        return ""

    def _besides_crisis(self, reading: Reading, session: Session, now: dt.datetime) -> Turn:
        """Who spoke of not wanting to live and then asks something else gets both answers."""
        other = replace(
            session,
            told=tuple(text for text in session.told if _CRISIS not in text.split()),
            red_flags=tuple(flag for flag in session.red_flags if flag != _CRISIS),
            floor=None,
        )
        found = assess(self._engine.knowledge, reading, earlier_of(other, now))
        turn = self._advise(found, other, now)
        crisis = self._page("after_crisis", session).replies
        replies = (*turn.replies, *crisis) if danger(found) else (*crisis, *turn.replies)
        after = turn.session
        kept = replace(
            after,
            told=(*after.told, _CRISIS),
            level=session.level,
            floor=session.floor,
        )
        return replace(turn, session=kept, replies=replies)

    def _answered(
        self, text: str, reading: Reading, session: Session, now: dt.datetime
    ) -> Turn | None:
        """The turn of a message that answers the open question."""
        checklist = tuple(flag.id for flag in self._questions.checklist(session))
        answer = answer_of(text, reading, session, self._engine, checklist)
        if answer is None:
            return None
        if answer.kind == "treatment" and reading.days is not None:
            session = on_day(session, reading.days, now)
        return self._apply(answer, session, now)

    def _untold(
        self,
        text: str,
        reading: Reading,
        session: Session,
        now: dt.datetime,
        *,
        foreign: bool,
    ) -> Turn:
        """Words that tell neither a sign nor a treatment nor a day."""
        wording = self._engine.composer.wording(self._engine.audience(session))
        if {"clinic_silent", "reassured"} & set(reading.requests):
            return Turn(session, (self._route(session),))
        if session.level is Level.EMERGENCY and (session.told or session.red_flags):
            name = "after_crisis" if is_crisis(session) else "after_emergency"
            return self._page(name, session)
        if foreign:  # the page in that language is the answer
            return Turn(session, ())
        turn = self._requested(reading, session, now) or self._placed(text, session, now)
        if turn is not None:
            return turn
        if not any(char.isalnum() for char in text):
            return self._page("emoji", session, signs_of=session.treatments)
        said = whole(text, wording)
        if said in wording.pages:
            return self._page(said, session)
        if said == "yes" and session.told:  # to no question that is open
            return self._not_understood(session, now, ask=False)
        if said is not None:
            return self._page("fine", session)
        found = self._judge(text, session, now)
        if not session.told:
            return self._advise(found, session, now)
        return self._not_understood(session, now, ask=found.sounds_like_danger)

    def _requested(self, reading: Reading, session: Session, now: dt.datetime) -> Turn | None:
        """The turn of something asked for besides signs; rude words are heard last."""
        wording = self._engine.composer.wording(self._engine.audience(session))
        for request in sorted(reading.requests, key="rude".__eq__):
            if request == "no_questions":
                session = replace(session, asked="", done=tuple({*session.done, *ASKED}))
            if request == "normal" and session.told:
                return self._is_it_normal(session, now)
            if request == "hospital":
                return self._page(request, session, signs_of=session.treatments)
            if request in wording.pages:
                return self._page(request, session)
        return None

    def _placed(self, text: str, session: Session, now: dt.datetime) -> Turn | None:
        """A place by itself ("left calf") belongs to what was told before it ("my leg hurts")."""
        if not session.told or len(words_of(text)) > PLACE or "?" in text:
            return None
        told = {told.split()[0] for told in session.told}
        found: list[Assessment] = []
        for slug in told:
            for name in self._engine.composer.symptom_words(slug):
                judged = self._judge(f"{name} {text}", session, now)
                if set(judged.reading.present) - told and not judged.reading.told(Status.DENIED):
                    found.append(judged)
        if not found:
            return None
        return self._advise(max(found, key=lambda judged: judged.level.rank), session, now)

    def _is_it_normal(self, session: Session, now: dt.datetime) -> Turn:
        """The calendar, below the advice that holds; none where it could calm a person wrongly."""
        found = self._questions.recall(session, now)
        mild = session.level in (Level.SELF_CARE, Level.CONTACT_CLINIC)
        if not mild or not any(treatment.expected for treatment in found.treatments):
            return self._page("verdict", session)
        audience = self._engine.audience(session)
        lines = self._engine.composer.wording(audience).lines
        holds = lines["holds"].format(level=lines[f"level_{session.level}"])
        card = self._engine.cards.normal(found, audience)
        parts = (Part("text", (Line(holds),)), *card.parts)
        return Turn(session, (replace(card, parts=parts),))

    def _not_understood(self, session: Session, now: dt.datetime, *, ask: bool) -> Turn:
        """Said so; the second time in a row shorter, with buttons as a way on."""
        if ask and "signs" not in session.done:
            return self._with_checklist("not_understood", session)
        composer, audience = self._engine.composer, self._engine.audience(session)
        open_ = session.asked in ASKED and self._questions.write(session.asked, session, audience)
        more = [open_.part] if open_ else []
        rows = open_.rows if open_ else ()
        if _UNREAD not in session.done:
            session = replace(session, done=(*session.done, _UNREAD))
            signs = None if session.asked == "signs" else session.treatments
            page = composer.page(
                "not_understood", audience, signs_of=signs, more=more, buttons=rows
            )
            return Turn(session, (page,))
        level = composer.wording(audience).lines[f"level_{session.level or Level.INFO}"]
        found = self._questions.recall(session, now)
        cards = self._deck.rows(found, replace(session, rated=True))
        reply = composer.page(
            "not_understood_again",
            audience,
            level_told=level,
            more=more,
            buttons=[*rows, *cards],
        )
        return Turn(session, (reply,))

    def _advise(
        self,
        found: Assessment,
        session: Session,
        now: dt.datetime,
        *,
        note: str = "",
        noted: str = "",
    ) -> Turn:
        """The advice of an assessment, with what has changed and the next question."""
        composer, audience = self._engine.composer, self._engine.audience(session)
        wording = composer.wording(audience)
        before, told = session.level, session.told
        session = replace(session, done=tuple(name for name in session.done if name != _UNREAD))
        session = remember(found, session, now)
        if found.level is Level.INFO:
            return self._context(found, session, now, noted)
        change = wording.lines[note] if note else ""
        names = {"noted": noted, "before": wording.lines[f"level_{before or Level.INFO}"]}
        if noted and before is not None and told:
            rank = found.level.rank - before.rank
            key = "changed_up" if rank > 0 else "changed_down" if rank < 0 else "changed_same"
            change = wording.lines[key].format(**names)
        elif noted:
            change = noted
        elif told and before is not None and not found.repeated and not note:
            if found.level.rank > before.rank:
                change = wording.lines["changed_more"].format(**names)
        question = self._questions.next(found, session, now, audience)
        session = self._asking(question, session)
        reply = composer.short(
            found,
            audience,
            change=change,
            question=question.part if question else None,
            buttons=[*(question.rows if question else ()), *self._deck.rows(found, session)],
            brief=bool(noted and told and before is found.level),
        )
        replies = [reply]
        if "clinic_silent" in found.reading.requests and found.level is not Level.EMERGENCY:
            replies.append(self._route(session))
        return Turn(session, tuple(replies))

    def _context(self, found: Assessment, session: Session, now: dt.datetime, noted: str) -> Turn:
        """A treatment or a day without a sign, or nothing at all."""
        composer, audience = self._engine.composer, self._engine.audience(session)
        reading = found.reading
        if not noted and (reading.days is None or reading.treatments or not session.treatments):
            question = None
            if session.treatments and "signs" not in session.done:
                question = self._questions.write("signs", session, audience)
            if found.reading.treatments and not reading.had:
                question = None  # only asked about
            session = self._asking(question, session)
            reply = composer.nothing_found(found, audience, question.part if question else None)
            return Turn(session, (replace(reply, buttons=question.rows if question else ()),))
        wording = composer.wording(audience)
        if not noted:
            noted = self._day_noted(session, now)
        lines = (Line(f"{noted} {wording.lines['noted_what']}"),)
        question = None
        if "signs" not in session.done:
            question = self._questions.write("signs", session, audience)
        session = self._asking(question, session)
        more = [Part("text", lines)] + ([question.part] if question else [])
        reply = composer.parts(more, audience, question.rows if question else ())
        return Turn(session, (reply,))

    def _asking(self, question: Question | None, session: Session) -> Session:
        if question is None:
            return replace(session, asked="")
        done = tuple(dict.fromkeys((*session.done, question.name)))
        return replace(session, asked=question.name, done=done)

    # -- answers --------------------------------------------------------------------------

    def _apply(self, answer: Answer, session: Session, now: dt.datetime) -> Turn:
        """A tapped or written answer: the assessment is made anew, and what changed is said."""
        composer, audience = self._engine.composer, self._engine.audience(session)
        lines = composer.wording(audience).lines
        knowledge = self._engine.knowledge
        if answer.kind == "which":
            return Turn(session, (composer.line("ask_which", audience),))
        if answer.kind == "country":
            session = replace(session, country=answer.values[0], asked="")
            audience = self._engine.audience(session)
            name = knowledge.countries.countries[answer.values[0]].name
            return Turn(session, (composer.line("country_set", audience, country=name),))
        if answer.kind == "unsure":
            if session.asked == "country":
                skipped = replace(session, asked="")
                return Turn(skipped, (composer.line("noted_country_skip", audience),))
            noted = lines["noted_skip"]
        elif answer.kind == "treatment":
            session = replace(session, treatments=answer.values)
            names = listed([short_name(knowledge.treatments[slug]) for slug in answer.values])
            if not session.told:
                session = replace(session, asked="")
                return Turn(session, (composer.line("noted_treatment", audience, treatment=names),))
            noted = lines["noted_name"].format(treatment=names)
        elif answer.kind == "days":
            session = on_day(session, float(answer.values[0]), now)
            noted = self._day_noted(session, now)
        elif answer.kind == "sign":
            flags = tuple(dict.fromkeys((*session.red_flags, *answer.values)))
            session = replace(session, red_flags=flags)
            signs = listed([knowledge.red_flags[flag].signs[0] for flag in answer.values])
            noted = lines["noted_sign"].format(sign=signs)
        elif answer.kind == "none":
            asked = tuple(flag.id for flag in self._questions.checklist(session))
            session = replace(session, ruled_out=asked)
            noted = lines["noted_none"].format(number=composer.number(audience))
        else:
            trend = answer.values[0]
            noted = lines[f"noted_{trend}"]
            if trend != "same":
                told = tuple(dict.fromkeys(f"{text} {trend}" for text in session.told))
                session = replace(session, told=told)
        found = self._questions.recall(session, now)
        return self._advise(found, session, now, noted=noted)

    def _day_noted(self, session: Session, now: dt.datetime) -> str:
        lines = self._engine.composer.wording(self._engine.audience(session)).lines
        days = int(session.days(now) or 0)
        words = (
            lines["days_today"]
            if days == 0
            else lines["days_ago_one"]
            if days == 1
            else lines["days_ago"].format(days=days)
        )
        return lines["noted_when"].format(days=words)

    # -- commands and buttons -------------------------------------------------------------

    def _command(self, incoming: Incoming, session: Session, now: dt.datetime) -> Turn:
        name, _, argument = incoming.text.strip().partition(" ")
        name = name.split("@")[0].lower()
        if name == "start" and argument:
            return self._linked(argument.strip(), session, now, incoming.language)
        turn = self._commands.respond(name, argument.strip(), session, now)
        if turn is not None:
            return self._welcomed(name, incoming.language, turn)
        if argument.strip():  # "/hi I cannot breathe": the words count, not the slash
            return self._text(replace(incoming, kind="text", text=argument), session, now)
        return self._page("unknown_command", session)

    def _linked(self, link: str, session: Session, now: dt.datetime, language: str) -> Turn:
        """A deep link: a treatment by itself or among other words, a clinic, or both with ``-``."""
        clinic, _, rest = link.lower().partition("-")
        came = clinic in self._engine.clinics
        if came:
            session, link = replace(session, clinic=clinic), rest
        slug = self._treatment_named(link)
        turn = self._apply(Answer("treatment", (slug,)), session, now) if slug else None
        turn = turn or self._commands.respond("start", "", session, now)
        assert turn is not None
        turn = self._from_clinic(turn) if came else turn
        return self._welcomed("start", language, turn)

    def _welcomed(self, name: str, language: str, turn: Turn) -> Turn:
        """At the beginning, the page in the language of the person's app comes first."""
        if name not in ("start", "language") or language not in self._engine.knowledge.welcome:
            return turn
        page = self._engine.composer.welcome(language, self._engine.audience(turn.session))
        return replace(turn, replies=(page, *turn.replies))

    def _treatment_named(self, link: str) -> str | None:
        if link in self._engine.knowledge.treatments:
            return link
        words = link.replace("_", " ").replace("-", " ")
        return next(iter(self._engine.reader.read(f"had {words}").had), None)

    def _from_clinic(self, turn: Turn) -> Turn:
        """The turn, with whose link this was; below the advice if there is one already."""
        audience = self._engine.audience(turn.session)
        assert audience.clinic is not None
        text = self._engine.composer.wording(audience).lines["from_clinic"]
        part = Part("text", (Line(text.format(clinic=audience.clinic.name)),))
        first, *others = turn.replies
        parts = (part, *first.parts)
        if first.level is not None:
            parts = (*first.parts[:-1], part, first.parts[-1])
        return replace(turn, replies=(replace(first, parts=parts), *others))

    def _button(self, data: str, session: Session, now: dt.datetime) -> Turn:
        kind, _, rest = data.partition(":")
        value, _, tag = rest.partition(":")
        if tag and tag != session.tag:
            return self._page("old_button", session)
        answer = self._tapped(kind, value, session, now)
        if answer is not None:
            return self._apply(answer, session, now)
        if kind == "t" and value == "other":
            audience = self._engine.audience(session)
            session = replace(session, asked="treatment")
            return Turn(session, (self._engine.composer.line("ask_other", audience),))
        turn = self._deck.turn(kind, value, session, now)
        turn = turn or self._commands.tapped(kind, value, session, now)
        return turn or self._page("old_button", session)

    def _tapped(self, kind: str, value: str, session: Session, now: dt.datetime) -> Answer | None:
        knowledge = self._engine.knowledge
        if kind == "t" and value == "unsure":
            return Answer("unsure")
        if kind == "t" and value in knowledge.treatments:
            return Answer("treatment", (value,))
        if kind == "w" and value.isascii() and value.isdigit():
            day = self._questions.day_of(int(value), session, now)
            return Answer("days", (str(day),)) if day is not None else None
        if kind == "s" and value == "none":
            return Answer("none")
        if kind == "s" and value in knowledge.red_flags:
            return Answer("sign", (value,))
        if kind == "x" and value in ("worse", "same", "better"):
            return Answer("trend", (value,))
        if kind == "k" and value in knowledge.countries.countries:
            return Answer("country", (value,))
        return None

    # -- others -----------------------------------------------------------------------------

    def _with_checklist(self, name: str, session: Session) -> Turn:
        audience = self._engine.audience(session)
        question = self._questions.write("signs", session, audience)
        reply = self._engine.composer.page(
            name, audience, more=[question.part], buttons=question.rows
        )
        return Turn(self._asking(question, session), (reply,))

    def _public(self, incoming: Incoming, session: Session, now: dt.datetime) -> Turn:
        """In a group: nothing is remembered of anybody's health, and nothing is said of it.

        Two exceptions: danger, in one sentence that repeats nothing; and who asks for it with
        ``/here`` gets the answer here.
        """
        kept = Session(country=session.country, language=session.language)
        audience = self._engine.audience(kept)
        text, here = incoming.text, False
        if incoming.kind == "command":
            name, _, text = text.strip().partition(" ")
            name = name.split("@")[0].lower()
            here = name == "here"
            if not here:
                turn = self._commands.respond(name, text.strip(), fresh(kept, now), now)
                if turn is not None:
                    session = turn.session
                    kept = Session(country=session.country, language=session.language, seen=now)
                    return Turn(kept, tuple(replace(r, buttons=()) for r in turn.replies))
        elif incoming.kind != "text":
            return Turn(kept, (self._engine.composer.page("public", audience),))
        found = self._engine.assess(text, today=now.date())
        if here and text.strip():
            if found.level is Level.INFO:
                return Turn(kept, (self._engine.composer.nothing_found(found, audience),))
            return Turn(kept, (self._engine.composer.short(found, audience),))
        page = "public_emergency" if found.level is Level.EMERGENCY else "public"
        return Turn(kept, (self._engine.composer.page(page, audience),))

    def _route(self, session: Session) -> Reply:
        return self._engine.cards.route(session.level, self._engine.audience(session))

    def _page(self, name: str, session: Session, signs_of: tuple[str, ...] | None = None) -> Turn:
        audience = self._engine.audience(session)
        return Turn(session, (self._engine.composer.page(name, audience, signs_of=signs_of),))


def tells(reading: Reading) -> bool:
    """Whether a message tells, denies or asks of a symptom or a danger sign."""
    return bool(reading.findings) or any(s.status is not Status.DENIED for s in reading.signs)


def _says_today(reading: Reading, session: Session) -> bool:
    """Whether "today" is only said ("everything is odd today"), for the day is known already."""
    return (
        reading.days == 0
        and session.treated_on is not None
        and session.asked != "when"
        and not reading.had
        and len(words_of(reading.text)) > TODAY
    )


def is_crisis(session: Session) -> bool:
    """Whether the person has spoken of not wanting to live in this talk."""
    return any(_CRISIS in text.split() for text in (*session.told, *session.red_flags))


def danger(found: Assessment) -> bool:
    """Whether it is an emergency."""
    return found.level is Level.EMERGENCY


def _names(reading: Reading) -> list[str]:
    return [f.symptom for f in reading.findings] + [s.red_flag for s in reading.signs]
