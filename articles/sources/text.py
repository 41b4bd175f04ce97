"""A page copied as text in, a draft without the page's furniture out. Pure.

    kicker, headline, standfirst, picture, byline, dates | paragraphs, cards among them | furniture

No rule knows a site: a line is told by its place, its length, how it ends, and whether it was there
before. A few labels ("Updated on", "5 min read", "Read also") are known in a dozen languages. What
is doubtful stays in the body.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from articles.model import Draft, Refusal
from articles.sources import bylines, dates, jsonl, languages

#: A copied page is shorter than this by far; what is longer is no page.
TEXT_MAX = 2_000_000
#: A paragraph that shows where an article ends is so long, or has this share of the usual length.
LONG_CHARS, LONG_SHARE = 140, 0.6
#: A headline has so many words and characters; fewer are a label, more a paragraph.
HEADLINE_WORDS, HEADLINE_CHARS = range(4, 31), 125
#: Shorter than this, a sentence is a notice of the site ("No stories found.").
SENTENCE_WORDS = 4
#: A label ("Related Stories", "Share", "World") has no more words.
LABEL_WORDS = 4

_STOP = re.compile(r"[.!?…。！？؟۔][\"'”“’‘»«)\]]*$")
_PATH = re.compile(r"[^>›»/|]{1,30}(?:\s[>›»/|]\s[^>›»/|]{1,30})+")  # Home > World > Asia
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}/?\S*", re.I)
_MINUTES = re.compile(
    r"(?:[^\W\d]+\W*){0,4}\b\d{1,3}\s*[-–]?\s*"
    r"(?:min(?:\.|s|ut[a-z]*)?|dk|dakika\w*|мин\w*|דק\w*|دقيقة|دقائق|分钟?|分鐘|분)(?:\W*[^\W\d]+){0,3}\W*",
    re.I,
)
#: Before the headlines of other articles.
_ALSO = re.compile(
    r"(?:(?:also )?read (?:also|more|next|on)|also read|see also|more (?:on|from|about|in)\b.{0,30}"
    r"|related\b.{0,20}|you (?:may|might) also like|lesen sie (?:auch|mehr)|mehr zum thema"
    r"|mehr dazu|auch interessant|(?:à )?lire aussi|à lire|sur le même sujet|voir aussi"
    r"|leer? también|también te puede interesar|te puede interesar|noticias relacionadas"
    r"|leggi anche|leia também|lees ook|läs också|ilgili haberler|czytaj też|читайте также"
    r"|اقرأ أيضا?ً?|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|相关阅读|関連記事)\s*[:：]?\s*",
    re.I,
)
_AD = re.compile(
    r"(?:advertisement|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|reklam|إعلان|广告)\W*",
    re.I,
)
_RIGHTS = re.compile(
    r"©|\(c\) \d{4}|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|جميع الحقوق محفوظة",
    re.I,
)
_CREDIT_WORD = (
    r"(?:photos?(?: by)?|photograph|pictures?|images?|credit|source|foto|bild|quelle|crédito?"
    r"|crédit photo|fotografía|fotoğraf|zdjęcie|źródło|фото|تصوير|الصورة|صورة)"
)
_CREDIT = re.compile(
    rf"\s*[|(\[–—-]?\s*\b{_CREDIT_WORD}\s*[:：]\s*|\s*[|(–—-]?\s*©\s*(?:\d{{4}}\s+)?", re.I
)
_CREDIT_LABEL = re.compile(rf"^\W*(?:{_CREDIT_WORD}\b|©)\s*[:：]?\s*(?:by\s+)?", re.I)
#: Endings that make "word.ending" an address or a file rather than a sentence and a scrap.
_ENDINGS = re.compile(
    r"[a-z]{1,2}|com|org|net|edu|gov|mil|int|info|biz|news|blog|app|dev|online|site|press|media|live"
    r"|pdf|html?|jpe?g|png|gif|txt|docx?|xlsx?|csv|json|xml|zip|exe|mp[34]"
)
_SCRAP = re.compile(r"(?<=[^\W\d_]{3})([.!?…][\"'”’»)]?)([^\W\d_]{1,12})$")


@dataclass
class _Page:
    """What was found so far."""

    title: str = ""
    section: str = ""
    standfirst: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    published: str = ""
    updated: str = ""
    authors: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


def read(data: bytes, *, url: str = "", published: str = "") -> Draft | Refusal:
    """The article of a copied page; `published` stands in where the copy says no date."""
    if len(data) > TEXT_MAX:
        return Refusal(where="", reason=f"larger than {TEXT_MAX:,} bytes; a page's text is shorter")
    lines = _lines(_decoded(data))
    if not any(lines):
        return Refusal(where="", reason="there is no text in it; copy the page again")
    page = _page(lines)
    published_at = page.published or published or page.updated
    return Draft(
        source_key=url or jsonl.key_of(page.title),
        url=url,
        title=page.title,
        section=page.section,
        standfirst=page.standfirst,
        body_text="\n\n".join(page.body),
        authors=tuple(page.authors),
        language=languages.guess(" ".join((page.title, page.standfirst, *page.body))),
        published_at=published_at,
        updated_at=page.updated,
        image_alt=page.alt,
        image_caption=page.caption,
        image_credit=page.credit,
        related=tuple(dict.fromkeys(page.related)),
    )


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what older editors still write


def _lines(text: str) -> list[str]:
    """Trimmed lines, "" for blank ones; hard-wrapped paragraphs are put on one line each."""
    lines = [" ".join(line.split()) for line in re.split(r"\r\n|[\n\r\u2028\x0b\x0c]", text)]
    blocks = "\n".join(lines).split("\n\n")
    return [line for block in blocks for line in (*_unwrapped(block.split("\n")), "")]


def _unwrapped(block: list[str]) -> list[str]:
    """One paragraph for a block in which no line had room for the word that begins the next."""
    width = max(map(len, block))
    wrapped = len(block) > 2 and all(
        len(line) + len(following.split()[0]) >= width
        for line, following in pairwise(block)
        if line and following
    )
    return [" ".join(block)] if wrapped and 45 <= width <= 100 else block


def _page(lines: Sequence[str]) -> _Page:
    page = _Page()
    begin, end = _bounds(lines)
    _read_header(page, lines[:begin])
    _read_body(page, lines[begin:end])
    _read_tail(page, lines[end:])
    page.body = _without_scrap(page.body)
    return page


# --- what a line is ----------------------------------------------------------------------------


def _is_prose(line: str) -> bool:
    ends = bool(_STOP.search(_SCRAP.sub(r"\1", line)))
    return len(line) > HEADLINE_CHARS or (ends and len(line.split()) >= SENTENCE_WORDS)


def _is_headline(line: str) -> bool:
    words = len(line.split()) if " " in line else len(line) // 3  # Chinese, Japanese
    return (
        words in HEADLINE_WORDS
        and len(line) <= HEADLINE_CHARS
        and not line.endswith((".", "。", ":", "："))
        and not (_RIGHTS.search(line) or _DOMAIN.fullmatch(line) or _PATH.fullmatch(line))
        and not _is_meta(line)
    )


def _is_label(line: str) -> bool:
    return len(line.split()) <= LABEL_WORDS and len(line) <= 40


def _is_meta(line: str) -> bool:
    """Whether a line tells when and by whom, or how long it takes to read."""
    return bool(
        dates.labelled(line)
        or dates.alone(line)
        or bylines.begins_as_byline(line)
        or _is_minutes(line)
    )


def _is_minutes(line: str) -> bool:
    return len(line) <= 40 and bool(_MINUTES.fullmatch(line))


# --- where the article is ----------------------------------------------------------------------


def _bounds(lines: Sequence[str]) -> tuple[int, int]:
    """Where the paragraphs begin and end."""
    prose = [at for at, line in enumerate(lines) if _is_prose(line) and not _RIGHTS.search(line)]
    if not prose:  # a headline and a few words: all after the first line is body
        first = next(at for at, line in enumerate(lines) if line)
        return first + 1, len(lines)
    long_chars = min(LONG_CHARS, LONG_SHARE * median(len(lines[at]) for at in prose))
    long = [at for at in prose if len(lines[at]) >= long_chars]
    begin = _begin(lines, prose)
    end = max(long[-1], begin) + 1
    while end < len(lines) and (
        not lines[end] or end in prose
    ):  # "He did not say when." belongs to it
        end += 1
    return begin, end


def _begin(lines: Sequence[str], prose: Sequence[int]) -> int:
    """The first paragraph after the last of the lines that say who and when.

    One sentence between headline and byline is the standfirst, though it ends in a full stop.
    """
    filled = [at for at, line in enumerate(lines) if line]
    first = prose[0]
    if first == filled[0] and len(prose) > 1:  # a headline that ends like a sentence
        first = prose[1]
    later = [at for at in prose if at > first]
    if later:
        between = [at for at in filled if first < at < later[0]]
        if between and len(between) <= 8 and any(_is_meta(lines[at]) for at in between):
            return later[0]
    return first


# --- its parts ---------------------------------------------------------------------------------


def _read_header(page: _Page, lines: Sequence[str]) -> None:
    filled = [at for at, line in enumerate(lines) if line]
    at = next((at for at in filled if _is_headline(lines[at])), filled[0] if filled else 0)
    page.title = lines[at] if lines else ""
    page.section = _kicker(lines, at)
    rest = [line for line in lines[at + 1 :] if line]
    n = 0
    while n < len(rest):
        line, following = rest[n], rest[n + 1] if n + 1 < len(rest) else ""
        n += 1
        if _read_when_and_who(page, line) or line == page.title:
            continue
        if _is_pair(line, following):
            page.alt, (page.caption, page.credit) = line, credited(following, line)
            n += 1
        elif _CREDIT.search(line) and not page.credit:
            page.caption, page.credit = credited(line)
        elif not page.standfirst and (_is_headline(line) or _is_prose(line)):
            page.standfirst = line
        elif not page.caption and _is_headline(line):
            page.caption, page.credit = credited(line)


def _kicker(lines: Sequence[str], title_at: int) -> str:
    """The label that stands alone before the headline; several are the site's menu."""
    before = list(lines[:title_at])
    while before and not before[-1]:
        before.pop()
    alone = len(before) == 1 or (len(before) > 1 and not before[-2])
    return before[-1] if alone and _is_label(before[-1]) and not _is_meta(before[-1]) else ""


def _read_when_and_who(page: _Page, line: str) -> bool:
    if _is_minutes(line):
        return True
    if found := dates.labelled(line):
        kind, date = found
        setattr(page, kind, date or getattr(page, kind))
        return True
    if date := dates.alone(line):
        page.published = page.published or date
        return True
    if bylines.begins_as_byline(line):
        page.authors += bylines.names(line)
        return True
    return False


def _is_pair(alt: str, caption: str) -> bool:
    """A picture's alternative text is copied too: the same words stand there twice."""
    return len(alt.split()) > 2 and caption.startswith(alt)


def credited(line: str, alt: str = "") -> tuple[str, str]:
    """(caption, credit): what is more than the alternative text, or follows "Photo:", is credit."""
    if alt and line != alt:
        rest = line.removeprefix(alt)
        if not rest[0].isspace() and rest[0] not in ",;:":  # two elements of the page, glued
            return alt, without_credit_label(rest)
    if found := _CREDIT.search(line):
        return line[: found.start()].strip(), line[found.end() :].strip(" |/()[]")
    if found := re.search(r"(?<=[\d.)”»])(?=[^\W\d_a-zß-ÿ])", line):  # 2025Agency
        return line[: found.start()].strip(), line[found.start() :].strip()
    return line, ""


def without_credit_label(credit: str) -> str:
    """`Photo: Harbour Agency` is the credit of Harbour Agency."""
    return _CREDIT_LABEL.sub("", credit, count=1).strip(" |/()[]–—-")


def _read_body(page: _Page, lines: Sequence[str]) -> None:
    seen = {page.title, page.alt, page.caption, page.standfirst} - {""}
    card = False  # the line before was the picture or the label of another article
    for n, line in enumerate(lines):
        if not line:
            continue
        following = next(filter(None, lines[n + 1 :]), "")
        also = _ALSO.match(line)
        if line in seen or _is_pair(line, following):
            seen.add(line)
            card = True
        elif also and (also.end() == len(line) or _is_headline(line[also.end() :])):
            page.related += [line[also.end() :]] if also.end() < len(line) else []
            card = also.end() == len(line)
        elif card and not _is_prose(line):
            page.related += [line] if _is_headline(line) else []
            card = not also and bool(lines[n + 1]) if n + 1 < len(lines) else False
        elif not _is_furniture(line):
            page.body.append(line)
            card = False


def _is_furniture(line: str) -> bool:
    return bool(
        _AD.fullmatch(line)
        or _is_minutes(line)
        or _DOMAIN.fullmatch(line)
        or (_CREDIT.match(line) and not _is_prose(line))
        or dates.labelled(line)
    )


def _read_tail(page: _Page, lines: Sequence[str]) -> None:
    """After the last paragraph: only the headlines of other articles are kept."""
    seen = {page.title, page.alt, page.caption} - {""}
    card = listed = False
    filled = [line for line in lines if line]
    for n, line in enumerate(filled):
        pair = line in seen or _is_pair(line, filled[n + 1] if n + 1 < len(filled) else "")
        also = _ALSO.match(line)
        if also and also.end() == len(line):
            listed = True
        elif pair:
            card = True
        elif _is_headline(line) and (card or listed or _in_run(filled, n)):
            page.related.append(line)
            card = False
        elif _is_label(line) and not _is_meta(line):
            listed = card = False
        if not page.authors and bylines.begins_as_byline(line):
            page.authors += bylines.names(line)


def _in_run(lines: Sequence[str], at: int) -> bool:
    """Three headlines one after the other are a list of articles."""
    first = at
    while first and _is_headline(lines[first - 1]):
        first -= 1
    run = lines[first : first + 3]
    return len(run) == 3 and all(map(_is_headline, run))


def _without_scrap(body: list[str]) -> list[str]:
    """The last sentence without the beginning of the next element, which copying glued to it."""
    found = _SCRAP.search(body[-1]) if body else None
    if found and found[2].islower() and not _ENDINGS.fullmatch(found[2]):
        return [*body[:-1], body[-1][: found.end(1)]]
    return body
