"""``aftercare import``: pages of questions and answers, tidy and odd ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from bot.content.load import check
from bot.workshop import importing
from bot.workshop.drafts import write
from bot.workshop.page import Page, read_page
from tests.conftest import ROOT
from tests.engine import shared_engine

PAGES = ROOT / "tests" / "workshop" / "pages"
FORM = (PAGES / "same_form.txt").read_bytes()
EXPERTS = [
    (None, "Facial Plastic Surgeon", "Charlotte"),
    ("Harold J. Kaplan, MD", "Facial Plastic Surgeon", "Los Angeles"),
    ("F. Victor Rueckl, MD", "Dermatologist", "Las Vegas"),
    ("Steven Hacker, MD", "Dermatologic Surgeon", "West Palm Beach"),
    ("Michael I. Echavez, MD", "Facial Plastic Surgeon", "San Francisco"),
]


def experts(page: Page) -> list[tuple[str | None, str, str | None]]:
    return [(answer.expert, answer.credential, answer.place) for answer in page.answers]


@pytest.mark.parametrize(
    "raw",
    [
        FORM,
        b"\xef\xbb\xbf" + FORM.replace(b"\n", b"\r\n"),
        FORM.decode().encode("utf-16"),
        FORM.replace(b"\n\n", b"\n \t\n\n\n"),
    ],
)
def test_the_form_of_the_first_page_gives_five_experts(raw: bytes) -> None:
    page = read_page(raw)
    assert experts(page) == EXPERTS
    assert [u.what for u in page.unread] == ["answer 1 shows no name: expert is none"]


def test_a_saved_web_page_is_read() -> None:
    page = read_page((PAGES / "saved.html").read_bytes(), html=True)
    assert page.address == "https://example.org/question/lumps-in-lips"
    assert experts(page) == [
        ("Zoë Ōta, MD, FACS", "Plastic Surgeon", "Stoke-on-Trent"),
        ("Dr. Łukasz Nowak", "Aesthetic Physician", "Kraków"),
    ]
    assert page.unread == ()


def test_what_an_odd_page_does_not_show_is_listed_with_its_line() -> None:
    page = read_page((PAGES / "odd.txt").read_bytes())
    assert page.address == "https://example.org/question/odd-page"
    assert [str(item) for item in page.unread] == [
        "line 9: answer 1 shows no specialty: 'credential not shown'",
        "line 13: answer 2 shows no name: expert is none",
        "line 13: answer 2 shows no place",
        "line 17: an answer without an end: no name, place or rating below it",
        "line 17: answer 3 shows no name: expert is none",
        "line 17: answer 3 shows no specialty: 'credential not shown'",
    ]
    assert page.answers[0].expert == "Dr. 王小明"


@pytest.mark.parametrize(
    "rating",
    ["5.0 out of 5 stars 66 reviews", "4.9 (120)", "Rated 4.8/5", "★★★★☆ 17 reviews", "12 ratings"],
)
def test_ratings_are_read_in_several_forms(rating: str) -> None:
    text = f"Lumps?\n\nI have lumps.\n\nDoctor Answers 1\n\nWait.\n\nA. Roe, MD\nLeeds Dermatologist\n{rating}\n"
    assert experts(read_page(text.encode())) == [("A. Roe, MD", "Dermatologist", "Leeds")]


@pytest.mark.parametrize(
    "raw", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"<html></html>", b"x" * 5_000_001]
)
def test_nothing_or_far_too_much_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="the page"):
        read_page(raw)


def test_a_long_page_is_read_to_its_end() -> None:
    page = read_page(FORM.replace(b"Get well soon!", b"Get well soon! " * 70_000))
    assert experts(page) == EXPERTS


def test_a_wrong_encoding_and_a_wrong_count_are_told() -> None:
    page = read_page(FORM.replace(b"Answers 5", b"Answers 6").replace(b"Sorry", b"D\xe9sol\xe9"))
    told = "\n".join(map(str, page.unread))
    assert "read as Windows-1252" in told
    assert "line 5: the page tells of 6 answers, 5 found" in told


def test_no_sentence_gets_into_a_field_and_the_draft_is_refused_until_written(
    small_knowledge: Path,
) -> None:
    reader = shared_engine().reader
    page = read_page(FORM)
    found = importing.recognise(page, reader)
    assert found.treatments == ("botulinum_toxin",)
    assert {"headache", "nausea", "flu_like", "limb_numbness"} <= set(found.symptoms)
    made = importing.draft(
        page, found, shared_engine().knowledge, reader,
        slug="ill", address="https://example.org/q", today=dt.date(2026, 11, 25),
    )  # fmt: skip
    content = yaml.load(made.text, yaml.BaseLoader)
    assert len(content["views"]) == 5
    assert all(view["says"] == view["stance"] == "" for view in content["views"])
    sentences = [s for answer in page.answers for s in answer.sentences] + list(page.question)
    shown = [content["title"], *(v for view in content["views"] for v in view.values())]
    assert not [s for s in sentences if any(s in text for text in shown)]
    assert "# suggestion, not checked: stance" in made.text
    assert "    # > A headache can follow, but neither a bad back nor a numb leg." in made.text

    text = made.text.replace("[botulinum_toxin]", "[lip_filler]")
    symptoms = f"[{', '.join(found.symptoms)}]"
    text = text.replace(symptoms, "[headache]")
    write(type(made)(made.place, text, made.cases), small_knowledge, None)
    refused = [str(fault) for fault in check(small_knowledge)[1]]
    assert (
        sum("'says' is empty; write in one or two sentences of your own" in f for f in refused) == 5
    )
    file = small_knowledge / made.place
    filled = text.replace("stance:\n", "stance: possible\n")
    own = filled.replace('says: ""', 'says: "Does not think so."')
    file.write_text(own, "utf-8")
    faults = check(small_knowledge)[1]
    assert {fault.severity for fault in faults} == {"warning"}
    assert "a sentence of the page stands here as a remark" in str(faults[0])
    copied = "A headache can follow, but neither a bad back nor a numb leg."
    file.write_text(filled.replace('says: ""', f'says: "{copied}"'), "utf-8")
    assert any("copied from the page" in str(fault) for fault in check(small_knowledge)[1])
