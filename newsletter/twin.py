"""An edition, or the list of them, in, the bytes of its Atom feed out (RFC 4287). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from xml.etree import ElementTree as ET

from newsletter.archive import Archived, Piece
from newsletter.model import Newsletter
from newsletter.text import href

NAMESPACE = "http://www.w3.org/2005/Atom"

#: The date of a list without editions: fixed, so that it is the same file each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: str
    title: str
    url: str
    updated_at: str
    published_at: str
    summary: str
    content: str = ""  # HTML


def of_edition(edition: Archived, pieces: Iterable[Piece], newsletter: Newsletter) -> bytes:
    """The stories of an edition as a feed, in their order."""
    entries = [
        Entry(
            id=each.id,
            title=each.title,
            url=href(each.url),
            updated_at=each.updated_at,
            published_at=each.published_at,
            summary=each.standfirst,
        )
        for each in pieces
    ]
    page = newsletter.archive_url + edition.page
    return _feed(
        newsletter,
        title=f"{newsletter.name}, {edition.day}",
        page=page,
        language=edition.language,
        updated_at=edition.created_at,
        entries=entries,
    )


def of_list(
    title: str,
    page: str,
    editions: Sequence[tuple[str, Archived, Sequence[Piece]]],
    newsletter: Newsletter,
) -> bytes:
    """Editions as a feed, newest first, each with its id and its headlines.

    `page` is the list's address.
    """
    entries = [
        Entry(
            id=uri,
            title=edition.subject,
            url=newsletter.archive_url + edition.page,
            updated_at=_stamp(edition.created_at),
            published_at=_stamp(edition.created_at),
            summary=", ".join(edition.regions),
            content=headlines(pieces),
        )
        for uri, edition, pieces in editions
    ]
    last = max((edition.created_at for _, edition, _ in editions), default=NEVER)
    return _feed(
        newsletter,
        title=title,
        page=page,
        language=newsletter.language,
        updated_at=last,
        entries=entries,
    )


def twin_of(page: str) -> str:
    """The address of a page's feed."""
    return page.removesuffix("index.html").removesuffix(".html") + (
        "index.atom" if page.endswith(("index.html", "/")) else ".atom"
    )


def _feed(
    newsletter: Newsletter,
    *,
    title: str,
    page: str,
    language: str,
    updated_at: datetime,
    entries: Iterable[Entry],
) -> bytes:
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    _text(feed, "id", page)
    _text(feed, "title", title)
    _text(feed, "updated", _stamp(updated_at))
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=twin_of(page))
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    _text(ET.SubElement(feed, "author"), "name", newsletter.name)
    for each in entries:
        _entry(feed, each)
    ET.indent(feed)
    text = str(ET.tostring(feed, "unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _entry(feed: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(feed, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    if entry.url:
        ET.SubElement(element, "link", rel="alternate", type="text/html", href=entry.url)
    _text(element, "published", entry.published_at)
    _text(element, "updated", entry.updated_at)
    if entry.summary:
        _text(element, "summary", entry.summary)
    if entry.content:
        ET.SubElement(element, "content", type="html").text = entry.content
    elif not entry.url:
        # RFC 4287, 4.1.2: an entry without an alternate link has content.
        _text(element, "content", entry.summary or entry.title)


def headlines(pieces: Iterable[Piece]) -> str:
    """What an edition told, as a list of links."""
    lines = (
        f'<li><a href="{escape(href(each.url))}">{escape(each.title)}</a></li>'
        if each.url
        else f"<li>{escape(each.title)}</li>"
        for each in pieces
    )
    return f"<ul>{''.join(lines)}</ul>"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
