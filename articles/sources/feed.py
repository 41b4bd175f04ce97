"""A feed's bytes in (RSS, Atom, RDF, JSON Feed, a JSON list), drafts out. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from time import struct_time
from typing import Any

import feedparser

from articles import markup
from articles.model import Draft, Refusal
from articles.plain import text_of as text_of_html
from articles.sources import bylines, jsonl

#: A description that stands alone is the article itself from this length on, else a standfirst.
STANDFIRST_CHARS = 600
#: An entry without a title is named by how it begins.
TITLE_CHARS = 100

_BLOCKS = re.compile(
    r"<(p|div|ul|ol|table|blockquote|h[1-6])\b.*<(p|div|li|tr|h[1-6])\b", re.I | re.S
)
_MARKUP = re.compile(r"</?[a-z][^<>]*>", re.I)
_ESCAPED = re.compile(r"&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});", re.I)


def read(data: bytes, *, url: str = "") -> Iterator[Draft | Refusal]:
    """The entries of an RSS, Atom or RDF feed, in its order."""
    # Its own sanitising and resolving are left out: the border does both, and better.
    headers = {"content-location": url} if url else {}
    try:
        parsed = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its fallback for broken XML trips over some of it (fuzzed)
        yield Refusal(where="", reason=f"too broken to be read as a feed ({error!r})")
        return
    version = parsed.get("version", "")
    if not version and not parsed.entries:
        problem = parsed.get("bozo_exception")
        yield Refusal(
            where="", reason=f"not a feed newsdesk can read ({problem or 'no RSS or Atom in it'})"
        )
        return
    channel = parsed.feed
    source = url or _self(channel) or text_of(channel, "link") or text_of(channel, "title")
    for number, entry in enumerate(parsed.entries, 1):
        yield _entry(entry, source, text_of(channel, "language"), version, f"entry {number}")


def _entry(
    entry: dict[str, Any], source: str, language: str, version: str, where: str
) -> Draft | Refusal:
    body, body_text, standfirst = _words(entry)
    title = _title(entry, atom=version.startswith("atom")) or beginning(
        standfirst or body_text or body
    )
    if not title:
        return Refusal(
            where=where, reason="an entry without a title or a text; it needs one of them"
        )
    link = _link(entry)
    image = _image(entry)
    published, updated = _time(entry, "published"), _time(entry, "updated")
    return Draft(
        source=source,
        source_key=text_of(entry, "id") or link or jsonl.key_of(title, published or updated),
        url=link,
        title=title,
        standfirst=standfirst,
        body_html=body,
        body_text=body_text,
        authors=_authors(entry),
        language=_language(entry) or language,
        published_at=published or updated,
        updated_at=updated,
        tags=_tags(entry),
        image_url=image,
        image_credit=_credit(entry) if image else "",
    )


def text_of(values: dict[str, Any], name: str) -> str:
    """A field's text. `dict.get`, for feedparser's own falls back to other fields with warnings."""
    value = dict.get(values, name)
    return value.strip() if isinstance(value, str) else ""


def list_of(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = dict.get(values, name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _self(channel: dict[str, Any]) -> str:
    links = list_of(channel, "links")
    return next((text_of(link, "href") for link in links if text_of(link, "rel") == "self"), "")


def _title(entry: dict[str, Any], *, atom: bool) -> str:
    """The title as text. RSS does not say whether one is HTML; feedparser's guess is used."""
    detail = dict.get(entry, "title_detail") or {}
    title = text_of(entry, "title")
    if "html" in text_of(detail, "type"):
        return unescape(_MARKUP.sub("", title)).strip()
    if not atom and _ESCAPED.search(title):  # escaped twice
        return unescape(title).strip()
    return title


def plain(words: str) -> str:
    """HTML as one line of text; "" if it is too large for one."""
    try:
        return " ".join(text_of_html(markup.html(words)).split())
    except markup.RefusedError:
        return ""


def _words(entry: dict[str, Any]) -> tuple[str, str, str]:
    """(HTML body, text body, standfirst)."""
    contents = [each for each in list_of(entry, "content") if text_of(each, "value")]
    summary = text_of(entry, "summary")
    if contents:
        # Alternatives of one text: the HTML one, else the longest.
        content = max(
            contents, key=lambda c: ("html" in text_of(c, "type"), len(text_of(c, "value")))
        )
        value = text_of(content, "value")
        standfirst = plain(summary) if summary != value else ""
        if len(standfirst) > STANDFIRST_CHARS * 2:
            standfirst = ""
        return (
            ("", value, standfirst)
            if text_of(content, "type") == "text/plain"
            else (value, "", standfirst)
        )
    if len(summary) > STANDFIRST_CHARS or _BLOCKS.search(summary):
        return summary, "", ""
    return "", "", plain(summary)


def beginning(words: str) -> str:
    words = plain(words[:5000])
    if len(words) <= TITLE_CHARS:
        return words
    return words[:TITLE_CHARS].rpartition(" ")[0].rstrip(" ,;:") + "…"


def _link(entry: dict[str, Any]) -> str:
    links = list_of(entry, "links")
    alternate = [each for each in links if text_of(each, "rel") in ("alternate", "")]
    html = [each for each in alternate if "html" in text_of(each, "type")]
    found = next((href for each in html + alternate if (href := text_of(each, "href"))), "")
    return found or text_of(entry, "link")


def _image(entry: dict[str, Any]) -> str:
    for name in ("media_content", "links", "enclosures", "media_thumbnail"):
        for each in list_of(entry, name):
            address = text_of(each, "url") or text_of(each, "href")
            kind = f"{text_of(each, 'medium')} {text_of(each, 'type')}"
            if address and ("image" in kind or name == "media_thumbnail"):
                return address
    image = dict.get(entry, "image")
    return text_of(image, "href") if isinstance(image, dict) else ""


def _credit(entry: dict[str, Any]) -> str:
    return next(
        (credit for each in list_of(entry, "media_credit") if (credit := text_of(each, "content"))),
        "",
    )


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    found = [text_of(each, "name") for each in list_of(entry, "authors")] or [
        text_of(entry, "author")
    ]
    return tuple(name for byline in found for name in bylines.names(unescape(byline)))


def _language(entry: dict[str, Any]) -> str:
    details = [*list_of(entry, "content"), dict.get(entry, "title_detail")]
    return next(
        (tag for each in details if isinstance(each, dict) and (tag := text_of(each, "language"))),
        "",
    )


def _tags(entry: dict[str, Any]) -> tuple[str, ...]:
    found = (text_of(each, "label") or text_of(each, "term") for each in list_of(entry, "tags"))
    return tuple(unescape(tag) for tag in found if tag)


def _time(entry: dict[str, Any], name: str) -> str:
    parsed = dict.get(entry, f"{name}_parsed")
    if isinstance(parsed, struct_time) and parsed.tm_year > 999:
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])
    return text_of(entry, name)
