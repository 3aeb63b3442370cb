"""An operator's own clinics: the file that a link ``?start=<clinic>`` leads to.

The file is not part of the knowledge: whoever runs the bot writes it, and it is checked as
strictly, since a wrong number costs a frightened person time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from bot.content.faults import Fault, KnowledgeError
from bot.content.knowledge import Knowledge
from bot.content.misfits import explain
from bot.content.models import Model, Slug, Text, Url
from bot.content.words import words_of
from bot.content.yamlfile import parse_file

LINK = 64
"""Characters of ``?start=``; Telegram allows letters, digits, ``_`` and ``-``."""
NAME = 32
"""Characters of a clinic's slug: ``<clinic>-<treatment>`` has to fit into a link."""
_PHONE = re.compile(r"\+[1-9]\d{0,3}(?: \d{1,8}){1,6}|\+[1-9]\d{6,14}")


def _phone(value: str) -> str:
    digits = sum(char.isdigit() for char in value)
    if not _PHONE.fullmatch(value) or not 7 <= digits <= 15:
        raise PydanticCustomError(
            "text",
            "'{value}' is no number that a phone can call from anywhere; write it in "
            "quotes, with + and the country first, digits and single spaces only: "
            '"+353 1 555 0100"',
            {"value": value},
        )
    return value


def _at_most(limit: int) -> Callable[[str], str]:
    def short(text: str) -> str:
        if len(text) > limit:
            raise PydanticCustomError(
                "text",
                "{length} characters; use at most {limit}",
                {"length": len(text), "limit": limit},
            )
        return text

    return short


Phone = Annotated[Text, AfterValidator(_phone)]
"""International, because Telegram makes a number to tap only of one that begins with ``+``."""


Code = Annotated[str, BeforeValidator(str)]


class Clinic(Model):
    """Whom a person who came by this clinic's link may call."""

    name: Annotated[Text, AfterValidator(_at_most(60))]
    phone: Annotated[tuple[Phone, ...], Field(min_length=1, max_length=3)]
    hours: Annotated[Text, AfterValidator(_at_most(80))] | None = None
    """When the phone is answered, in words: ``Monday to Friday, 9:00 to 17:30``."""
    after_hours: Phone | None = None
    website: Url | None = None
    country: Code | None = None
    """Code of its country. It is offered first, and never taken for where the person is."""


class Clinics(Model):
    """The file."""

    clinics: Annotated[dict[Slug, Clinic], Field(min_length=1)]


def load_clinics(file: Path, knowledge: Knowledge) -> Mapping[str, Clinic]:
    """The clinics of a file, by slug.

    Raises:
        KnowledgeError: with every fault.
    """
    clinics, faults = check_clinics(file, knowledge)
    if faults:
        raise KnowledgeError(faults)
    return clinics


def check_clinics(file: Path, knowledge: Knowledge) -> tuple[Mapping[str, Clinic], list[Fault]]:
    """The clinics of a file, and its faults; none are returned if there is a fault."""
    document, faults = parse_file(file, file.name)
    if document is None:
        return {}, faults
    try:
        clinics = Clinics.model_validate(document.value).clinics
    except ValidationError as error:
        return {}, [*faults, *explain(error, document, Clinics)]
    called = {
        words_of(name)
        for treatment in knowledge.treatments.values()
        for name in (treatment.id, treatment.name, *treatment.brands)
    }

    def fault(loc: tuple[str, ...], what: str, remedy: str) -> None:
        faults.append(Fault(file.name, *document.place(loc), what, remedy))

    for slug, clinic in clinics.items():
        place = ("clinics", slug)
        if len(slug) > NAME:
            fault(place, f"'{slug}' has {len(slug)} characters", f"use at most {NAME}")
        if slug in knowledge.treatments or words_of(slug.replace("_", " ")) in called:
            fault(place, f"'{slug}' is the name of a treatment", "give the clinic another name")
        if clinic.country and clinic.country not in knowledge.countries.countries:
            fault(
                (*place, "country"),
                f"no emergency number is known for '{clinic.country}'",
                "correct it, add the country to emergency_numbers.yaml, or leave it out",
            )
    return ({} if faults else clinics), sorted(faults)
