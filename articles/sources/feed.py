"""A feed's bytes in (RSS, Atom, RDF, JSON Feed, a JSON list), drafts out. Pure."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from time import struct_time
from typing import Any

import feedparser

from articles import markup
from articles.model import Draft, Refusal
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
    """The entries of an RSS, Atom or RDF feed, or of a WordPress export, in its order."""
    # Its own sanitising and resolving are left out: the border does both, and better.
    headers = {"content-location": url} if url else {}
    parsed = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    version = parsed.get("version", "")
    if not version and not parsed.entries:
        problem = parsed.get("bozo_exception")
        yield Refusal(
            where="", reason=f"not a feed newsdesk can read ({problem or 'no RSS or Atom in it'})"
        )
        return
    channel = parsed.feed
    source = url or _self(channel) or _text(channel, "link") or _text(channel, "title")
    for number, entry in enumerate(parsed.entries, 1):
        if _text(entry, "wp_post_type") in (
            "",
            "post",
            "page",
        ):  # others are its pictures and menus
            yield _entry(entry, source, _text(channel, "language"), version, f"entry {number}")


def _entry(
    entry: dict[str, Any], source: str, language: str, version: str, where: str
) -> Draft | Refusal:
    body, body_text, standfirst = _words(entry)
    title = _title(entry, atom=version.startswith("atom")) or _beginning(
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
        source_key=_text(entry, "id") or link or jsonl.key_of(title, published or updated),
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
        status="draft"
        if _text(entry, "wp_status") in ("draft", "pending", "private")
        else "published",
    )


def _text(values: dict[str, Any], name: str) -> str:
    """A field's text. `dict.get`, for feedparser's own falls back to other fields with warnings."""
    value = dict.get(values, name)
    return value.strip() if isinstance(value, str) else ""


def _list(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = dict.get(values, name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _self(channel: dict[str, Any]) -> str:
    links = _list(channel, "links")
    return next((_text(link, "href") for link in links if _text(link, "rel") == "self"), "")


def _title(entry: dict[str, Any], *, atom: bool) -> str:
    """The title as text. RSS does not say whether one is HTML; feedparser's guess is used."""
    detail = dict.get(entry, "title_detail") or {}
    title = _text(entry, "title")
    if "html" in _text(detail, "type"):
        return unescape(_MARKUP.sub("", title)).strip()
    if not atom and _ESCAPED.search(title):  # escaped twice
        return unescape(title).strip()
    return title


def plain(words: str) -> str:
    """HTML as one line of text; "" if it is too large for one."""
    try:
        return " ".join(markup.text_of(markup.html(words)).split())
    except markup.RefusedError:
        return ""


def _words(entry: dict[str, Any]) -> tuple[str, str, str]:
    """(HTML body, text body, standfirst)."""
    contents = [each for each in _list(entry, "content") if _text(each, "value")]
    summary = _text(entry, "summary")
    if contents:
        # Alternatives of one text: the HTML one, else the longest.
        content = max(contents, key=lambda c: ("html" in _text(c, "type"), len(_text(c, "value"))))
        value = _text(content, "value")
        standfirst = plain(summary) if summary != value else ""
        if len(standfirst) > STANDFIRST_CHARS * 2:
            standfirst = ""
        return (
            ("", value, standfirst)
            if _text(content, "type") == "text/plain"
            else (value, "", standfirst)
        )
    if len(summary) > STANDFIRST_CHARS or _BLOCKS.search(summary):
        return summary, "", ""
    return "", "", plain(summary)


def _beginning(words: str) -> str:
    words = plain(words[:5000])
    if len(words) <= TITLE_CHARS:
        return words
    return words[:TITLE_CHARS].rpartition(" ")[0].rstrip(" ,;:") + "…"


def _link(entry: dict[str, Any]) -> str:
    links = _list(entry, "links")
    alternate = [each for each in links if _text(each, "rel") in ("alternate", "")]
    html = [each for each in alternate if "html" in _text(each, "type")]
    found = next((href for each in html + alternate if (href := _text(each, "href"))), "")
    return found or _text(entry, "link")


def _image(entry: dict[str, Any]) -> str:
    for name in ("media_content", "links", "enclosures", "media_thumbnail"):
        for each in _list(entry, name):
            address = _text(each, "url") or _text(each, "href")
            kind = f"{_text(each, 'medium')} {_text(each, 'type')}"
            if address and ("image" in kind or name == "media_thumbnail"):
                return address
    image = dict.get(entry, "image")
    return _text(image, "href") if isinstance(image, dict) else ""


def _credit(entry: dict[str, Any]) -> str:
    return next(
        (credit for each in _list(entry, "media_credit") if (credit := _text(each, "content"))), ""
    )


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    found = [_text(each, "name") for each in _list(entry, "authors")] or [_text(entry, "author")]
    return tuple(name for byline in found for name in bylines.names(unescape(byline)))


def _language(entry: dict[str, Any]) -> str:
    details = [*_list(entry, "content"), dict.get(entry, "title_detail")]
    return next(
        (tag for each in details if isinstance(each, dict) and (tag := _text(each, "language"))), ""
    )


def _tags(entry: dict[str, Any]) -> tuple[str, ...]:
    found = (_text(each, "label") or _text(each, "term") for each in _list(entry, "tags"))
    return tuple(unescape(tag) for tag in found if tag)


def _time(entry: dict[str, Any], name: str) -> str:
    parsed = dict.get(entry, f"{name}_parsed")
    if isinstance(parsed, struct_time) and parsed.tm_year > 999:
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])
    return _text(entry, name)


def read_json(data: bytes, *, url: str = "") -> Iterator[Draft | Refusal]:
    """The items of a JSON Feed, or the articles of a JSON list of our own fields."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        yield Refusal(where="", reason=f"not UTF-8 at byte {error.start + 1}; save it as UTF-8")
        return
    except (ValueError, RecursionError) as error:
        yield Refusal(where="", reason=f"not JSON ({error})")
        return
    if isinstance(document, dict) and isinstance(document.get("items"), list):
        source = url or next(
            filter(None, (_text(document, n) for n in ("feed_url", "home_page_url", "title"))), ""
        )
        for number, item in enumerate(document["items"], 1):
            yield _item(item, source, _text(document, "language"), f"entry {number}")
        return
    if isinstance(document, dict):
        document = document.get("articles", [document])
    if not isinstance(document, list):
        yield Refusal(where="", reason="neither a JSON Feed nor a list of articles")
        return
    for number, fields in enumerate(document, 1):
        yield jsonl.read_fields(fields, f"entry {number}")


def _item(item: object, source: str, language: str, where: str) -> Draft | Refusal:
    if not isinstance(item, dict):
        return Refusal(where=where, reason="not an object; an item is one")
    html, text = _text(item, "content_html"), _text(item, "content_text")
    standfirst = _text(item, "summary")
    title = _text(item, "title") or _beginning(standfirst or text or html)
    if not title:
        return Refusal(
            where=where, reason="an item without a title or a text; it needs one of them"
        )
    link = _text(item, "url") or _text(item, "external_url")
    published = _text(item, "date_published")
    number = item.get("id")
    key = str(number) if isinstance(number, int | float) else _text(item, "id")
    authors = [
        *_list(item, "authors"),
        *([item["author"]] if isinstance(item.get("author"), dict) else []),
    ]
    return Draft(
        source=source,
        source_key=key or link or jsonl.key_of(title, published),
        url=link,
        title=title,
        standfirst=standfirst,
        body_html=html,
        body_text="" if html else text,
        authors=tuple(dict.fromkeys(name for each in authors if (name := _text(each, "name")))),
        language=_text(item, "language") or language,
        published_at=published,
        updated_at=_text(item, "date_modified"),
        tags=tuple(tag for tag in item.get("tags") or () if isinstance(tag, str)),
        image_url=_text(item, "image") or _text(item, "banner_image"),
    )
