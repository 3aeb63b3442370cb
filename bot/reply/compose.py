"""The door of this room: from an ``Assessment`` to a ``Reply``.

The order never changes: how soon to get help and what to do, why, then what experts and labels
say, then what would change the advice, sources, and the disclaimer. An emergency reply shows
only what has to be done; the rest is folded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.content.clinics import Clinic
from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.content.models import EmergencyNumbers, RedFlag, Statement, Topic, View, Wording
from bot.reply.close import close
from bot.reply.reply import Button, Line, Part, Reply
from bot.triage.assessment import Assessment

MAX_VIEWS = 8
"""Views shown of the topic that fits best."""
MAX_SPECIFIC_SIGNS = 4
"""Danger signs of this treatment in a short list; the others hold for everybody."""
MAX_SIGNS = 6
MAX_SOURCES = 5
MAX_SHORT_SIGNS = 4
"""Danger signs in a short reply: the card shows all."""
MAX_EXPECTED = 2
"""Rows of the calendar in a short reply."""
POLICY = frozenset({"labels_policy", "judgement"})
"""Sources that are this project's own and are no page to link to."""

CRISIS_PAGE = "findahelpline.com"
"""Where the crisis lines of every country stand."""
_CLINIC_HELPS = ("unknown", "info_had", "not_understood", "verdict")
"""Pages that say: phone the clinic that treated you."""


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a reply is written."""

    country: str | None = None
    """ISO 3166 code; never guessed."""
    language: str = "en"
    clinic: Clinic | None = None
    """Where the person was treated, if a clinic's link says so."""


class Composer:
    """Writes replies from the wording of one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._flags = lru_cache(256)(self._find_flags)

    def wording(self, audience: Audience) -> Wording:
        """The wording in the person's language, else in English."""
        table = self._knowledge.wording
        return table.get(audience.language, table["en"])

    def number(self, audience: Audience) -> str:
        """The emergency number of the person's country, else the general words for it."""
        found = self._knowledge.countries.countries.get(audience.country or "")
        if found is None:
            return self.wording(audience).lines["any_number"]
        return found.ambulance or found.emergency

    def country(self, audience: Audience) -> EmergencyNumbers | None:
        """The numbers of the person's country."""
        return self._knowledge.countries.countries.get(audience.country or "")

    def symptom(self, slug: str) -> str:
        """The name of a symptom, as shown."""
        return self._knowledge.symptoms[slug].name

    def symptom_words(self, slug: str) -> tuple[str, ...]:
        """Short words for a symptom, to be put before a place: its first word, and its name."""
        name = self.symptom(slug).removeprefix("a ").removeprefix("an ")
        return tuple(dict.fromkeys((name.split()[0], name)))

    def phone(self, audience: Audience) -> str:
        """The emergency number of the person's country; empty if the country is not known."""
        number = self.number(audience)
        return "" if number == self.wording(audience).lines["any_number"] else number

    # -- replies ------------------------------------------------------------------------

    def short(
        self,
        assessment: Assessment,
        audience: Audience,
        *,
        change: str = "",
        question: Part | None = None,
        buttons: Iterable[tuple[Button, ...]] = (),
        brief: bool = False,
    ) -> Reply:
        """The answer in a chat: what to do, and at most one question. Cards hold the rest.

        Args:
            change: What this turn has changed.
            question: What is asked; a checklist stands in the place of the danger signs.
            brief: The steps were told in the turn before and are not repeated.
        """
        wording = self.wording(audience)
        changed = Part("change", as_lines([change] if change else []))
        note = Part("note", (Line(wording.unreviewed),))
        flags = tuple(met.flag.id for met in assessment.red_flags)
        headline = self._headline(assessment, audience)
        if assessment.level is Level.EMERGENCY:
            lead = self._leading_flag(assessment)
            crisis = lead is not None and lead.call_first == "crisis_line"
            why = [] if crisis else [self._reason(assessment, wording)]
            parts = [headline, *self._actions(assessment, audience), changed, *why, note]
            return close(wording, parts, level=assessment.level, entries=flags)
        parts = [headline, changed, self._reason(assessment, wording)]
        if not brief:
            if assessment.level.rank >= Level.CONTACT_CLINIC.rank:
                parts.append(self.clinic(audience))
            parts += self._actions(assessment, audience)
        parts.append(self.expected(assessment, wording, limit=MAX_EXPECTED))
        if not brief and (question is None or question.title != wording.titles["signs"]):
            treatments = [treatment.id for treatment in assessment.treatments]
            parts.append(self.danger_signs(treatments, wording, limit=MAX_SHORT_SIGNS))
        parts += [question] if question else []
        parts.append(note)
        return close(wording, parts, level=assessment.level, entries=flags, buttons=buttons)

    def current(
        self, assessment: Assessment, today: dt.date | None = None
    ) -> list[tuple[str, Topic]]:
        """The topics that speak to it and are not overdue."""
        day = today or dt.date.today()  # noqa: DTZ011 - the reader's day
        return [
            (key, topic)
            for key, topic in zip(assessment.topic_ids, assessment.topics, strict=True)
            if not self._knowledge.overdue(topic, day)
        ]

    def compose(
        self,
        assessment: Assessment,
        audience: Audience,
        *,
        today: dt.date | None = None,
        buttons: Iterable[tuple[Button, ...]] = (),
    ) -> Reply:
        """The whole answer in one piece, for machines and for the command line."""
        wording = self.wording(audience)
        if assessment.level is Level.INFO:
            return replace(self.nothing_found(assessment, audience), buttons=tuple(buttons))
        topics = self.current(assessment, today)
        overdue = len(topics) < len(assessment.topics)
        parts = [
            self._headline(assessment, audience),
            self._reason(assessment, wording),
            *self._actions(assessment, audience),
        ]
        urgent = assessment.level is Level.EMERGENCY
        if not urgent:
            parts.append(self.expected(assessment, wording))
        if overdue:
            parts.append(Part("note", (Line(wording.lines["overdue"]),)))
        parts += self.experts(topics, assessment, wording, folded=urgent)
        if not urgent:
            parts.append(self._changes(assessment, wording))
            parts.append(self.self_care(assessment, wording))
        parts.append(self.sources(assessment, [t for _, t in topics], wording))
        parts.append(Part("note", (Line(wording.unreviewed),)))
        shown = (*(key for key, _ in topics), *(met.flag.id for met in assessment.red_flags))
        return close(wording, parts, level=assessment.level, entries=shown, buttons=buttons)

    def page(
        self,
        name: str,
        audience: Audience,
        *,
        extra: Sequence[str] = (),
        buttons: Iterable[tuple[Button, ...]] = (),
        level: Level | None = None,
        signs_of: Sequence[str] | None = None,
        more: Sequence[Part] = (),
        **values: str,
    ) -> Reply:
        """A fixed text (a command, a photo, an error), closed like every reply."""
        wording = self.wording(audience)
        filled = {"number": self.number(audience), **values}
        lines = [text.format(**filled) for text in wording.pages[name]]
        phone = self.phone(audience)
        parts = [
            Part("text", (Line(text, phone=phone if phone and phone in text else ""),))
            for text in (*lines, *extra)
        ]
        parts += more
        if name in _CLINIC_HELPS:
            parts.append(self.clinic(audience))
        if signs_of is not None:
            parts.append(self.danger_signs(signs_of, wording, limit=MAX_SIGNS))
        return close(wording, parts, level=level, buttons=buttons)

    def line(
        self,
        name: str,
        audience: Audience,
        *,
        buttons: Iterable[tuple[Button, ...]] = (),
        edits: bool = False,
        **values: str,
    ) -> Reply:
        """One sentence of the wording as a reply."""
        wording = self.wording(audience)
        text = wording.lines[name].format(number=self.number(audience), **values)
        phone = self.phone(audience)
        line = Line(text, phone=phone if phone in text else "")
        return close(wording, [Part("text", (line,))], buttons=buttons, edits=edits)

    def welcome(
        self, language: str, audience: Audience, level: Level | None = None, *, page: bool = True
    ) -> Reply:
        """For somebody who writes another language: the level in one line, and what I can read."""
        own = self._knowledge.welcome[language]
        phone = self.phone(audience)
        texts = [own.levels[level]] if level in own.levels else []
        if page:
            texts += [*own.page, f"{own.unreviewed} {own.disclaimer}"]
        filled = [text.format(number=phone or own.any_number) for text in texts]
        parts = [
            Part("text", (Line(text, phone=phone if phone in text else ""),)) for text in filled
        ]
        return close(self.wording(audience), parts)

    def welcome_crisis(self, language: str, audience: Audience) -> Reply:
        """The same for somebody who speaks of not wanting to live."""
        own = self._knowledge.welcome[language]
        found, number = self.country(audience), self.phone(audience) or own.any_number
        line = (found.crisis_line if found else "") or CRISIS_PAGE
        text = own.crisis.format(crisis=line, number=number)
        parts = [Part("text", (Line(text, phone=line if found else ""),))]
        parts.append(Part("note", (Line(f"{own.unreviewed} {own.disclaimer}"),)))
        return close(self.wording(audience), parts)

    # -- parts --------------------------------------------------------------------------

    def _headline(self, assessment: Assessment, audience: Audience) -> Part:
        wording = self.wording(audience)
        text = wording.headlines[assessment.level]
        lead = self._leading_flag(assessment)
        if lead is not None and assessment.level is Level.EMERGENCY:
            text = wording.call_first[lead.call_first]
            if lead.call_first == "clinic":
                text = wording.headlines[assessment.level]
        lines = [Line(text.format(number=self.number(audience)), phone=self.phone(audience))]
        if lead is not None and lead.call_first == "injector":
            lines += self.clinic(audience).lines
        if lead is not None and lead.call_first == "crisis_line":
            lines.append(self._crisis(audience))
        return Part("headline", tuple(lines))

    def clinic(self, audience: Audience) -> Part:
        """How to reach the person's own clinic; an empty part if it is not known."""
        wording, clinic = self.wording(audience), audience.clinic
        if clinic is None:
            return Part("text", ())
        phones = wording.lines["or"].join(clinic.phone)
        hours = wording.lines["clinic_hours"].format(hours=clinic.hours) if clinic.hours else ""
        lines = [Line(f"{phones}{hours}", bold=clinic.name)]
        if clinic.after_hours:
            text = wording.lines["clinic_after"].format(phone=clinic.after_hours)
            lines.append(Line(text))
        return Part("text", tuple(lines), wording.titles["clinic"])

    def _leading_flag(self, assessment: Assessment) -> RedFlag | None:
        """The flag whose action comes first: the emergency number before any other call."""
        flags = [m.flag for m in assessment.red_flags if m.flag.level is assessment.level]
        order = ("crisis_line", "emergency_number", "injector", "clinic")
        return min(flags, key=lambda flag: order.index(flag.call_first), default=None)

    def _crisis(self, audience: Audience) -> Line:
        wording = self.wording(audience)
        found = self._knowledge.countries.countries.get(audience.country or "")
        if found is not None and found.crisis_line:
            text = wording.lines["crisis"].format(country=found.name, number=found.crisis_line)
            return Line(text, phone=found.crisis_line)
        return Line(self._knowledge.countries.crisis_fallback.text)

    def _reason(self, assessment: Assessment, wording: Wording) -> Part:
        lead = self._leading_flag(assessment)
        decisive = self.decisive(assessment)
        symptoms = listed([self._knowledge.symptoms[slug].name for slug in decisive])
        after = ""
        if assessment.treatments:
            names = listed([t.name.split(" (")[0] for t in assessment.treatments])
            after = wording.lines["after"].format(treatments=names)
            if assessment.days is not None and assessment.days < 400:
                after += wording.lines["day"].format(day=int(assessment.days))
        said = [m for m in assessment.red_flags if m.flag is lead and not m.evidence]
        if lead is not None and said:  # tapped in the checklist, or met earlier in this talk
            text = wording.lines["reason_flag_only"].format(flag=lead.title, after=after)
        elif lead is not None and symptoms:
            text = wording.lines["reason_flag"].format(
                flag=lead.title, symptoms=symptoms, after=after
            )
        elif lead is not None:
            text = wording.lines["reason_flag_only"].format(flag=lead.title, after=after)
        else:
            text = wording.lines["reason"].format(symptoms=symptoms, after=after)
        lines = [Line(text)]
        if assessment.repeated:
            lines.append(Line(wording.lines["repeated"]))
        return Part("reason", tuple(lines), wording.titles["reason"])

    def decisive(self, assessment: Assessment) -> list[str]:
        """Symptoms in the order of their weight, at most six."""
        ranks: dict[int, int] = {}
        for reason in assessment.reasons:
            for evidence in reason.evidence:
                ranks[evidence.start] = max(reason.level.rank, ranks.get(evidence.start, 0))
        rank: dict[str, int] = {}
        for finding in assessment.findings:
            if finding.symptom not in assessment.symptoms:
                continue
            weight = ranks.get(finding.evidence.start, 0)
            rank[finding.symptom] = max(weight, rank.get(finding.symptom, 0))
        return sorted(rank, key=lambda slug: -rank[slug])[:6]

    def _actions(self, assessment: Assessment, audience: Audience) -> list[Part]:
        wording = self.wording(audience)
        number = self.number(audience)
        lead = self._leading_flag(assessment)
        if lead is None:
            steps = [t.format(number=number) for t in wording.first_steps[assessment.level]]
            return [Part("action", as_lines(steps), wording.titles["action"], bullets=True)]
        parts = [Part("action", as_lines(lead.action), wording.titles["action"], bullets=True)]
        if lead.say:
            parts.append(Part("say", (Line(lead.say),), wording.titles["say"]))
        parts.append(Part("do_not", as_lines(lead.do_not), wording.titles["do_not"], bullets=True))
        return parts

    def expected(self, assessment: Assessment, wording: Wording, limit: int = 4) -> Part:
        """What the treatment's calendar says of the symptoms told."""
        texts = dict.fromkeys(row.text for row in assessment.expected)
        shown = as_lines(list(texts)[:limit])
        return Part("expected", shown, wording.titles["expected"], bullets=True)

    def experts(
        self,
        topics: Sequence[tuple[str, Topic]],
        assessment: Assessment,
        wording: Wording,
        *,
        folded: bool,
    ) -> list[Part]:
        """What experts hold, counted and one by one, what labels say, and where they differ."""
        titles = wording.titles
        if not topics:
            if not assessment.treatments or assessment.level is Level.EMERGENCY:
                return []
            return [Part("experts", (Line(wording.lines["no_views"]),), titles["experts"])]
        parts: list[Part] = []
        for number, (_, topic) in enumerate(topics[: 1 if folded else 2]):
            head = f"{titles['experts']}: {topic.title}"
            summary = Part("experts", (Line(self.counted(topic, wording)),), head, folded=folded)
            parts.append(summary)
            if number:
                continue
            views = tuple(self.view(view, wording) for view in topic.views[:MAX_VIEWS])
            parts.append(Part("views", views, titles["views"], folded=True, bullets=True))
            label = self.stated(topic.label[:3])
            parts.append(Part("label", label, titles["label"], folded=folded, bullets=True))
            if topic.dispute is not None:
                parts.append(
                    Part(
                        "dispute",
                        (
                            Line(topic.dispute.text),
                            Line(wording.lines["cautious"].format(text=topic.dispute.cautious)),
                        ),
                        titles["dispute"],
                        folded=folded,
                    )
                )
        return parts

    def counted(self, topic: Topic, wording: Wording) -> str:
        """How many experts hold what, by name."""
        everyone = {_person(view) for view in topic.views}
        groups: dict[tuple[str, tuple[str, ...]], list[View]] = {}
        for view in topic.views:
            groups.setdefault((view.stance, view.about), []).append(view)
        phrases = []
        for (stance, about), views in sorted(groups.items(), key=lambda item: -len(item[1])):
            people = {_person(view): view for view in views}
            names = ", ".join(
                view.expert or f"{view.credential}, {wording.lines['not_named']}"
                for view in list(people.values())[:4]
            )
            if len(people) > 4:
                names += ", …"
            subject = ""
            if about:
                subjects = listed([self._knowledge.symptoms[slug].name for slug in about[:3]])
                subject = wording.lines["about"].format(symptoms=subjects)
            phrases.append(
                wording.lines["stance_count"].format(
                    count=len(people),
                    all=len(everyone),
                    stance=wording.stances[stance],
                    about=subject,
                    names=names,
                )
            )
        key = "experts_one" if len(everyone) == 1 else "experts_many"
        if len(everyone) == 1:
            phrases = [phrase.split(" ", 3)[3] for phrase in phrases]
        return wording.lines[key].format(count=len(everyone), stances="; ".join(phrases))

    def view(self, view: View, wording: Wording) -> Line:
        name = view.expert or wording.lines["not_named"]
        who = ", ".join(x for x in (name, view.credential, view.place) if x)
        return Line(view.says, view.page, who)

    def stated(self, statements: Iterable[Statement]) -> tuple[Line, ...]:
        lines = []
        for statement in statements:
            source = next((s for s in statement.sources if s not in POLICY), None)
            url = self._knowledge.sources[source].url if source else None
            lines.append(Line(statement.text, url))
        return tuple(lines)

    def self_care(self, assessment: Assessment, wording: Wording) -> Part:
        lines = self.stated(s for t in assessment.treatments for s in t.self_care[:3])
        shown = lines if assessment.level is Level.SELF_CARE else ()
        return Part("self_care", shown, wording.titles["self_care"], bullets=True)

    def _changes(self, assessment: Assessment, wording: Wording) -> Part:
        return self.danger_signs([t.id for t in assessment.treatments], wording, limit=MAX_SIGNS)

    def danger_flags(
        self, treatments: Sequence[str], *, limit: int, least: Level = Level.URGENT
    ) -> Sequence[RedFlag]:
        """The red flags to watch for after the treatments, the most urgent first."""
        return self._flags(frozenset(treatments), limit, least)

    def _find_flags(
        self, treatments: frozenset[str], limit: int, least: Level
    ) -> Sequence[RedFlag]:
        groups = {g for slug in treatments for g in self._knowledge.groups(slug)} | {"any"}
        flags = [
            flag
            for flag in self._knowledge.red_flags.values()
            if groups & set(flag.treatments) and flag.level.rank >= least.rank
        ]
        flags.sort(key=lambda flag: (-flag.level.rank, -flag.prominence, flag.id))
        specific = [flag for flag in flags if "any" not in flag.treatments]
        common = [flag for flag in flags if "any" in flag.treatments]
        if limit <= MAX_SIGNS:
            specific = specific[: min(MAX_SPECIFIC_SIGNS, limit - 2)]
        by_sign: dict[str, RedFlag] = {}
        for flag in (*specific, *common):
            by_sign.setdefault(flag.signs[0], flag)
        return tuple(by_sign.values())[:limit]

    def danger_signs(self, treatments: Sequence[str], wording: Wording, *, limit: int) -> Part:
        """The danger signs to watch for after the treatments, the most urgent first."""
        signs = [flag.signs[0] for flag in self.danger_flags(treatments, limit=limit)]
        lines = [*signs, wording.lines["other_sign"]]
        return Part("changes", as_lines(lines), wording.titles["changes"], bullets=True)

    def sources(self, assessment: Assessment, topics: Sequence[Topic], wording: Wording) -> Part:
        """Labels, guidelines and pages that the advice rests on."""
        ids: list[str] = []
        for met in assessment.red_flags[:2]:
            ids += met.flag.sources
        for row in assessment.expected[:3]:
            ids += row.sources
        for topic in topics[:2]:
            for statement in topic.label:
                ids += statement.sources
            if topic.dispute:
                ids += topic.dispute.sources
        lines = []
        for source_id in list(dict.fromkeys(i for i in ids if i not in POLICY))[:MAX_SOURCES]:
            source = self._knowledge.sources[source_id]
            key = "source_undated" if source.year in ("not_found", "n/a") else "source"
            text = wording.lines[key].format(
                title=source.title, publisher=source.publisher, year=source.year
            )
            lines.append(Line(text, source.url))
        return Part("sources", tuple(lines), wording.titles["sources"], folded=True, bullets=True)

    def nothing_found(
        self,
        assessment: Assessment,
        audience: Audience,
        question: Part | None = None,
    ) -> Reply:
        """Nothing to judge: said so, with the danger signs to watch for, and no guess."""
        slugs = [m.treatment for m in assessment.reading.treatments] or [
            t.id for t in assessment.treatments
        ]
        slugs = list(dict.fromkeys(slugs))
        names = listed([self._knowledge.treatments[s].name.split(" (")[0] for s in slugs])
        page = "info_had" if assessment.reading.had or not assessment.reading.treatments else ""
        return self.page(
            (page or "info_treatment") if slugs else "unknown",
            audience,
            treatments=names,
            level=Level.INFO,
            signs_of=None if question else slugs,
            more=[question] if question else (),
        )

    def parts(
        self,
        parts: Sequence[Part],
        audience: Audience,
        buttons: Iterable[tuple[Button, ...]] = (),
    ) -> Reply:
        """Parts as they are, closed like every reply."""
        return close(self.wording(audience), parts, buttons=buttons)


def _person(view: View) -> str:
    return view.expert or f"{view.credential} {view.page}"


def as_lines(texts: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(text) for text in texts)


def listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]
