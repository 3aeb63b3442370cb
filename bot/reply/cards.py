"""What stands behind the buttons of an advice: each card answers one question and ends there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.content.levels import Level
from bot.content.models import Expected, Treatment, Wording
from bot.reply.close import close
from bot.reply.compose import Audience, Composer, as_lines, listed
from bot.reply.reply import Button, Line, Part, Reply
from bot.triage.assessment import Assessment

MAX_ROWS = 10
"""Symptoms of a calendar in *What is normal by day*."""
MAX_SIGNS = 40

Rows = Iterable[tuple[Button, ...]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a chat holds that a clinic wants to know, in names of the knowledge."""

    treatments: tuple[str, ...]
    treated_on: dt.date | None
    day: int | None
    areas: tuple[str, ...]
    symptoms: tuple[str, ...]
    """With how they were told: ``headache (severe, getting worse)``."""
    since: dt.date | None
    denied: tuple[str, ...]
    level: Level


class Cards:
    """Writes cards with the composer's wording."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def experts(self, assessment: Assessment, audience: Audience, today: dt.date) -> Reply:
        """Who holds what, each view with its page, labels, and where they differ."""
        wording = self._composer.wording(audience)
        topics = self._composer.current(assessment, today)
        parts = self._composer.experts(topics, assessment, wording, folded=False)
        if not parts:
            title = wording.titles["experts"]
            parts = [Part("experts", (Line(wording.lines["no_views"]),), title)]
        if len(topics) < len(assessment.topics):
            parts.append(Part("note", (Line(wording.lines["overdue"]),)))
        return close(wording, [*parts, Part("note", (Line(wording.unreviewed),))])

    def normal(self, assessment: Assessment, audience: Audience) -> Reply:
        """What is usual on which day after the treatment, what was told first."""
        wording = self._composer.wording(audience)
        parts: list[Part] = []
        for treatment in assessment.treatments[:2]:
            title = wording.lines["normal_after"].format(treatment=short_name(treatment))
            rows = self._calendar(treatment, assessment, wording)
            if assessment.days is not None and assessment.days < 400:
                today = wording.lines["normal_today"].format(day=int(assessment.days))
                rows = [Line(today), *rows]
            parts.append(Part("expected", tuple(rows), title))
            told = [row.text for row in assessment.expected]
            parts.append(Part("expected", as_lines(told), wording.titles["expected"], bullets=True))
            help_ = self._composer.stated(treatment.self_care[:3])
            parts.append(Part("self_care", help_, wording.titles["self_care"], bullets=True))
        if not any(part.lines for part in parts):
            parts = [Part("text", (Line(wording.lines["normal_unknown"]),))]
        return close(wording, [*parts, Part("note", (Line(wording.unreviewed),))])

    def _calendar(
        self, treatment: Treatment, assessment: Assessment, wording: Wording
    ) -> list[Line]:
        """A line a symptom: until when it is usual, from when the clinic should know."""
        by_symptom: dict[str, list[Expected]] = {}
        for row in treatment.expected:
            by_symptom.setdefault(row.symptom, []).append(row)
        told = [slug for slug in by_symptom if slug in assessment.symptoms]
        order = told + [slug for slug in by_symptom if slug not in told]
        lines = []
        for slug in order[:MAX_ROWS]:
            spans = [
                wording.lines["normal_span"].format(
                    days=span(row, wording), level=wording.lines[f"level_{row.level.value}"]
                )
                for row in by_symptom[slug]
            ]
            lines.append(Line("; ".join(spans), bold=self._composer.symptom(slug)))
        return lines

    def danger(self, treatments: Sequence[str], audience: Audience) -> Reply:
        """All danger signs of the treatments, and the number to call."""
        wording = self._composer.wording(audience)
        number = self._composer.number(audience)
        head = Line(
            wording.headlines[Level.EMERGENCY].format(number=number),
            phone=self._composer.phone(audience),
        )
        signs = self._composer.danger_signs(treatments, wording, limit=MAX_SIGNS)
        return close(wording, [signs, Part("text", (head,))])

    def sources(self, assessment: Assessment, audience: Audience, today: dt.date) -> Reply:
        """The pages behind the last advice, views included."""
        wording = self._composer.wording(audience)
        topics = [topic for _, topic in self._composer.current(assessment, today)]
        part = self._composer.sources(assessment, topics, wording)
        pages = {view.page: view for topic in topics[:2] for view in topic.views}
        views = tuple(
            Line(view.expert or view.credential, url) for url, view in list(pages.items())[:10]
        )
        parts = [
            Part("sources", part.lines, part.title, bullets=True),
            Part("sources", views, wording.titles["views"], bullets=True),
        ]
        if not any(p.lines for p in parts):
            parts = [Part("text", (Line(text),)) for text in wording.pages["sources"]]
        return close(wording, parts)

    def why(self, assessment: Assessment, audience: Audience) -> Reply:
        """Each reason for the level, in plain words, the most urgent first."""
        wording = self._composer.wording(audience)
        texts = dict.fromkeys(
            wording.lines["why_reason"].format(
                text=reason.text[:1].upper() + reason.text[1:],
                level=wording.lines[f"level_{reason.level.value}"],
                rule=wording.lines.get(f"step_{reason.step.replace(' ', '_')}", reason.step),
                file=reason.origin,
            )
            for reason in assessment.reasons
        )
        lines = as_lines(texts) or (Line(wording.lines["reading_none"]),)
        parts = [
            Part("evidence", lines[:12], wording.titles["why"], bullets=True),
            Part("note", (Line(wording.lines["why_highest"]),)),
        ]
        return close(wording, parts)

    def clinic(self, summary: Summary, audience: Audience) -> Reply:
        """A text to copy and send to the clinic."""
        wording = self._composer.wording(audience)
        lines, unknown = wording.lines, wording.lines["card_unknown"]
        day = lines["day"].format(day=summary.day) if summary.day is not None else ""
        date = f"{summary.treated_on:%Y-%m-%d}{day}" if summary.treated_on else unknown
        values = {
            "treatment": listed(summary.treatments) or unknown,
            "area": listed(summary.areas) or unknown,
            "date": date,
            "symptoms": listed(summary.symptoms) or unknown,
            "since": f"{summary.since:%Y-%m-%d}" if summary.since else unknown,
            "denied": listed(summary.denied) or lines["card_none_asked"],
            "level": lines[f"level_{summary.level.value}"],
        }
        rows = [lines[f"card_{name}"].format(value=value) for name, value in values.items()]
        if audience.clinic is not None:
            rows.insert(0, lines["card_clinic"].format(value=audience.clinic.name))
        rows.append(lines["card_made_by"])
        parts = [
            Part("text", (Line(lines["card_intro"]),)),
            Part("copy", as_lines(rows)),
            self._composer.clinic(audience),
        ]
        if audience.clinic is not None and audience.clinic.website:
            parts.append(Part("text", (Line(audience.clinic.website),)))
        return close(wording, parts)

    def route(self, level: Level | None, audience: Audience, rows: Rows = ()) -> Reply:
        """Who else can help when nobody answers at the clinic, and what to say there."""
        found = self._composer.country(audience)
        wording = self._composer.wording(audience)
        extra = []
        if found is not None and found.advice_line:
            text = wording.lines["advice_line"].format(country=found.name, number=found.advice_line)
            extra.append(Part("text", (Line(text, phone=found.advice_line),)))
        name = "clinic_silent"
        if level in (Level.EMERGENCY, Level.URGENT):
            name = f"clinic_silent_{level.value}"
        reply = self._composer.page(name, audience, more=extra, buttons=rows)
        own = self._composer.clinic(audience)
        if level is Level.EMERGENCY or not own.lines:
            return reply
        return replace(reply, parts=(own, *reply.parts))


def short_name(treatment: Treatment) -> str:
    """The name without the brands in brackets."""
    return treatment.name.split(" (")[0]


def span(row: Expected, wording: Wording) -> str:
    """The days of a calendar row in words."""
    if row.days.last is None:
        return wording.lines["days_from"].format(first=row.days.first)
    if row.days.last == row.days.first:
        return wording.lines["days_one"].format(first=row.days.first)
    return wording.lines["days_span"].format(first=row.days.first, last=row.days.last)
