"""A pasted page of questions and answers: the question, and who answered what.

An answer ends with a signature: name, then place and specialty, then a rating. Each of the three
may be missing. Whatever could not be read is listed with its line; nothing is guessed silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

MAX_BYTES = 5_000_000
NOT_SHOWN = "credential not shown"

_HEADER = re.compile(
    r"(?:(?:doctor|expert|physician|provider)s?'?s? )?(?:answers?|responses?)\s*[:(]?\s*(\d*)\)?:?"
    r"|(\d+) (?:(?:doctor|expert|physician|provider)s? )?(?:answers?|responses?)",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"(?:rat(?:ed|ing):?\s*)?(?:"
    r"\d(?:[.,]\d+)?\s*(?:out of|/|of|von|sur|de)\s*5\b.*"
    r"|[★☆⭐✩✭✮✯½\s]{3,}.*"
    r"|\d[.,]\d\s*[(|·•-]?\s*\d[\d.,]*\s*(?:reviews?|ratings?)?\)?"
    r"|\(?\d[\d.,]*\s+(?:reviews?|ratings?)\)?"
    r"|no (?:reviews?|ratings?)(?: yet)?"
    r")",
    re.IGNORECASE,
)
_HEADS = frozenset(
    "surgeon dermatologist physician doctor nurse practitioner ophthalmologist injector specialist "
    "dentist assistant otolaryngologist phlebologist gynecologist anesthesiologist aesthetician "
    "neurologist provider".split()
)
_MODIFIERS = frozenset(
    "facial plastic dermatologic dermatological oculoplastic oral maxillofacial cosmetic general "
    "emergency medicine family board certified board-certified registered aesthetic ent vein hair "
    "restoration reconstructive vascular internal pediatric ophthalmic head neck advanced practice "
    "nurse physician surgical medical master consultant oculofacial & and".split()
)
_OF_A_SPECIALTY = _HEADS | _MODIFIERS
_SUFFIX = re.compile(
    r",?\s(?:M\.?D|D\.?O|Ph\.?D|R\.?N|N\.?P|P\.?A(?:-C)?|FACS|FAAD|FRCS\w*|MBBS|MBChB|BSN|MSN|DDS|"
    r"DMD|FRACS|MRCS|BDS|Jr|Sr|I{2,3})\.?(?=$|[\s,(])"
)
_NAME_END = re.compile(r"[!?:;…]$|(?<!\bJr)(?<!\bSr)(?<!\.[A-Z])(?<!\b[A-Z])(?<!\bDr)\.$")
_NOISE = re.compile(
    r"(?:helpful|share|report|reply|save|follow|like|contact|book|read more|show more|see more|"
    r"view profile|was this (?:answer )?helpful\??|\d+ (?:people found this helpful|comments?)|"
    r"(?:answered|posted|updated|asked)\b.{0,40}|yes|no|\d+|advertisement|sponsored)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"educational purposes|substitute for (?:the )?(?:medical )?advice|patient/?-?doctor relation|"
    r"doctor/?-?patient relation|not (?:constitute|intended as) medical advice|call 911",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"')]+")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://\S+)")
_BLANK_AROUND = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "blockquote", "ul",
                 "ol", "table", "main")  # fmt: skip
_LINE_AROUND = ("div", "li", "tr", "dt", "dd", "footer", "header", "address")
_DROPPED = ("script", "style", "noscript", "svg", "form", "button", "nav", "template", "iframe")
_SENTENCE = re.compile(r"(?<=[.!?。！？])(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page that holds text."""

    number: int
    text: str
    begins: bool
    """The first of its paragraph."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """One answer. ``None`` and ``NOT_SHOWN`` where the page shows nothing."""

    line: int
    title: str
    sentences: tuple[str, ...]
    expert: str | None
    credential: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read, and where."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of questions and answers says."""

    title: str
    question: tuple[str, ...]
    """Its sentences."""
    answers: tuple[PageAnswer, ...]
    address: str | None
    unread: tuple[Unread, ...]


def read_page(raw: bytes, *, html: bool = False) -> Page:
    """Read a page as it was pasted or saved.

    Raises:
        ValueError: there is nothing to read, or far too much; the text says so.
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"the page has {len(raw):,} bytes; paste the answers alone")
    unread: list[Unread] = []
    if html or raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        lines, address = _html_lines(raw)
    else:
        text, problem = _decoded(raw)
        unread += [Unread(1, problem)] if problem else []
        lines, address = _text_lines(text), None
    only = [line for line in lines if _ADDRESS.fullmatch(line.text)]
    address = address or (only[0].text if only else None)
    lines = [line for line in lines if line not in only]
    if not lines:
        raise ValueError("the page is empty: there is no text in it")
    return _page(lines, address, unread)


def _page(lines: list[Line], address: str | None, unread: list[Unread]) -> Page:
    told = None
    at = next((i for i, line in enumerate(lines) if i and _HEADER.fullmatch(line.text)), None)
    if at is None:
        second = next((i for i, line in enumerate(lines) if i > 1 and line.begins), len(lines))
        head, rest = lines[:second], lines[second:]
        unread.append(
            Unread(
                lines[0].number,
                "no line like 'Doctor Answers 5': the first two paragraphs count as the question",
            )
        )
    else:
        head, rest = lines[:at], lines[at + 1 :]
        match = _HEADER.fullmatch(lines[at].text)
        told = int(next((g for g in (match.groups() if match else ()) if g), 0)) or None
    answers = list(_answers(rest, unread))
    if not answers:
        unread.append(Unread(head[-1].number, "no answer was found"))
    elif told is not None and told != len(answers):
        unread.append(
            Unread(lines[at or 0].number, f"the page tells of {told} answers, {len(answers)} found")
        )
    for number, answer in enumerate(answers, 1):
        unread += _gaps(number, answer)
    body = [line.text for line in head[1:] if not _NOISE.fullmatch(line.text)]
    return Page(
        head[0].text,
        _sentences(body),
        tuple(answers),
        address,
        tuple(sorted(unread, key=lambda item: item.line)),
    )


def _gaps(number: int, answer: PageAnswer) -> Iterator[Unread]:
    if answer.expert is None:
        yield Unread(answer.line, f"answer {number} shows no name: expert is none")
    if answer.credential == NOT_SHOWN:
        yield Unread(answer.line, f"answer {number} shows no specialty: '{NOT_SHOWN}'")
    elif answer.place is None:
        yield Unread(answer.line, f"answer {number} shows no place")
    if not answer.sentences:
        yield Unread(answer.line, f"answer {number} has a signature and no text")


def _answers(lines: list[Line], unread: list[Unread]) -> Iterator[PageAnswer]:
    body: list[Line] = []
    at = 0
    while at < len(lines):
        end, expert, credential, place = _signature(lines, at)
        if end == at:
            if not _NOISE.fullmatch(lines[at].text):
                body.append(lines[at])
            at += 1
            continue
        yield _answer(body, lines[at], expert, credential, place)
        body, at = [], end
    closing = next((i for i, line in enumerate(body) if _DISCLAIMER.search(line.text)), None)
    rest = body if closing is None else body[:closing]
    if sum(len(line.text.split()) for line in rest) >= 6:
        unread.append(
            Unread(rest[0].number, "an answer without an end: no name, place or rating below it")
        )
        yield _answer(rest, rest[0], None, NOT_SHOWN, None)
    elif rest:
        unread.append(Unread(rest[0].number, f"not used: '{rest[0].text[:60]}'"))


def _answer(
    body: list[Line], signature: Line, expert: str | None, credential: str, place: str | None
) -> PageAnswer:
    own = [line for line in body if not _DISCLAIMER.search(line.text)]
    title, texts = "", own
    if len(own) > 1 and len(own[0].text) <= 120 and not own[0].text.endswith((".", "!", ",")):
        title, texts = own[0].text, own[1:]
    return PageAnswer(
        (own[0] if own else signature).number,
        title,
        _sentences([line.text for line in texts]),
        expert,
        credential,
        place,
    )


def _signature(lines: list[Line], at: int) -> tuple[int, str | None, str, str | None]:
    """Where the signature that begins here ends; ``at`` itself if none begins here."""
    end, expert, found = at, None, None
    first = lines[at]
    after = lines[at + 1] if at + 1 < len(lines) else None
    strong = _SUFFIX.search(first.text) is not None and _may_be_name(first.text)
    follows = after is not None and (_specialty(after.text) or _is_rating(after.text))
    weak = follows and after is not None and not after.begins and _may_be_name(first.text)
    if (strong or weak) and not _specialty(first.text) and not _is_rating(first.text):
        if not (follows or (after is not None and after.begins) or after is None):
            return at, None, NOT_SHOWN, None
        expert, end = first.text, at + 1
    if end < len(lines) and (found := _specialty(lines[end].text)):
        end += 1
    while end < len(lines) and _is_rating(lines[end].text):
        end += 1
    credential, place = found or (NOT_SHOWN, None)
    return end, expert, credential, place


def _is_rating(text: str) -> bool:
    return len(text) <= 80 and _RATING.fullmatch(text) is not None


def _may_be_name(text: str) -> bool:
    words = text.split()
    return (
        len(words) <= 9
        and len(text) <= 90
        and not any(char.isdigit() for char in text)
        and (_NAME_END.search(text) is None or _SUFFIX.search(text) is not None)
        and text[:1].isalpha()
        and not text[:1].islower()
    )


def _specialty(text: str) -> tuple[str, str | None] | None:
    """Credential and place of a line such as 'Las Vegas Dermatologist'."""
    words = text.split()
    if not words or len(words) > 12 or len(text) > 100 or text[0].islower():
        return None
    bare = [word.strip(",.;:()|·•-–").lower() for word in words]
    last = next((i for i in range(len(bare) - 1, -1, -1) if bare[i] in _HEADS), None)
    if last is None:
        return None
    first = last
    while (
        first > 0 and bare[first - 1] in _MODIFIERS | _HEADS and not words[first - 1].endswith(",")
    ):
        first -= 1
    while bare[first] in ("&", "and"):
        first += 1
    before = _trimmed(" ".join(words[:first]))
    after = _trimmed(re.sub(r"^\W*(?:in|at|of)\b", "", " ".join(words[last + 1 :])))
    if any(word[0].islower() and word not in _PARTICLES for word in (before + " " + after).split()):
        return None
    credential = " ".join(words[first : last + 1]).strip(",;:()|·•-– ")
    if credential[0].islower():
        return None
    return credential, before or after or None


_PARTICLES = frozenset(
    "de la le les del of the and upon on da do dos di y am an der bei al el".split()
)


def _trimmed(text: str) -> str:
    return text.strip(" ,;:()|·•-–")


def _sentences(texts: list[str]) -> tuple[str, ...]:
    return tuple(part for text in texts for part in _SENTENCE.split(text) if part.strip())


def _decoded(raw: bytes) -> tuple[str, str | None]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), None
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return raw.decode("cp1252", "replace"), (
            f"not UTF-8 (from line {line}): read as Windows-1252; look at letters with accents"
        )


def _text_lines(text: str) -> list[Line]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return list(_lines(enumerate(text.split("\n"), 1)))


def _lines(rows: Iterator[tuple[int, str]] | enumerate[str]) -> Iterator[Line]:
    begins = True
    for number, row in rows:
        clean = " ".join("".join(filter(_shown, row)).split())
        if clean:
            yield Line(number, clean, begins)
        begins = not clean


def _shown(char: str) -> bool:
    """Whether a character may stand in a knowledge file: no control, no surrogate, no mark."""
    if char == "\t":
        return True
    return unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn") and char not in _MARKS


_MARKS = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad"


def _html_lines(raw: bytes) -> tuple[list[Line], str | None]:
    """The visible lines of a saved page with the line of their tag, and the page's address."""
    soup = BeautifulSoup(raw, "html.parser")
    address = _html_address(soup)
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    for text in soup.find_all(string=True):
        if isinstance(text, Comment) or type(text) is not NavigableString:
            text.extract()
        elif text.strip():
            line = next((t.sourceline for t in text.parents if t.sourceline), 1)
            text.replace_with(f"\x02{line}\x03{' '.join(text.split())} ")
        else:
            text.replace_with(" ")
    for tag in soup.find_all((*_BLANK_AROUND, *_LINE_AROUND, "br")):
        around = "\n" if tag.name in _BLANK_AROUND else "\x04"
        tag.insert_before(around)
        tag.insert_after("" if tag.name == "br" else around)
    body = soup.body or soup
    rows = []
    content = re.sub("[\x04\n ]+", _break, body.get_text())
    for row in content.split("\n"):
        number = re.search("\x02(\\d+)\x03", row)
        rows.append((int(number[1]) if number else 1, re.sub("\x02\\d+\x03", "", row)))
    return list(_lines(iter(rows))), address


def _break(between: re.Match[str]) -> str:
    """Blocks within blocks are one break: a blank line if any of them is a paragraph."""
    return "\n\n" if "\n" in between[0] else "\n" if "\x04" in between[0] else " "


def _html_address(soup: BeautifulSoup) -> str | None:
    for name, attributes, key in (
        ("link", {"rel": "canonical"}, "href"),
        ("meta", {"property": "og:url"}, "content"),
    ):
        tag = soup.find(name, attrs=dict(attributes))
        value = tag.get(key) if isinstance(tag, Tag) else None
        if isinstance(value, str) and _ADDRESS.fullmatch(value):
            return value
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        if found := _SAVED_FROM.search(comment):
            return found[1]
    return None
