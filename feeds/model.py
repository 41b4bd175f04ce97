"""Feed, Entry, Category: what a feed says before it is RSS or Atom. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from articles.model import Image, Place

#: A bound of what the marks of an entry cost beside its words: element names, dates, white space.
#: Measured 1,550 bytes at most for one with a picture and a story.
ENTRY_MARKUP_BYTES = 2_000

#: The same for each category or author, which is an element of its own.
WORD_MARKUP_BYTES = 80


RSS_TYPE = "application/rss+xml"
ATOM_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"

#: Types of pictures, by how their address ends; Python's own table differs from machine to machine.
PICTURE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}

Kind = Literal["region", "section", "tag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A region or a tag an entry is filed under."""

    term: str
    label: str = ""  # for people; "" is the term itself
    scheme: str = ""  # the address that tells one kind from another; "" for tags
    kind: Kind = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An entry as every feed has it, in each format; kept from run to run (`feeds.entries`)."""

    size_bytes_max: int
    bodies: Mapping[str, bytes]  # by the module that writes the format


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as feeds carry it."""

    id: str
    title: str  # plain text
    summary: str  # plain text, never empty
    content_html: str  # the full text, picture and correction included, never empty
    published_at: datetime  # whole seconds
    updated_at: datetime
    url: str | None = None
    authors: tuple[str, ...] = ()
    language: str = ""  # "" is the feed's own
    categories: tuple[Category, ...] = ()
    image: Image | None = None
    place: Place | None = None  # a town really named in the text
    related: tuple[str, ...] = ()  # addresses of what the newsroom itself calls related
    story: str | None = None  # the address of its story's feed, without ending
    rendered: Rendered | None = None  # with it the words may be missing: they are in its bytes

    @property
    def size_bytes_max(self) -> int:
        """No rendering of this entry is longer than this."""
        if self.rendered:
            return self.rendered.size_bytes_max
        picture = self.image
        words = [self.id, self.title, self.url or "", self.content_html, ", ".join(self.authors)]
        words += [html.escape(self.summary), self.story or "", self.story or "", *self.related]
        if self.place:
            words += [self.place.name]
        if picture:
            words += [picture.url] * 3 + [picture.alt, picture.caption, picture.credit]
        words += self.authors  # JSON says them twice, together and each
        # And a region: among the tags, and with its slug.
        names = [f"{each.term}{each.label}{each.label}{each.scheme}" for each in self.categories]
        return (
            ENTRY_MARKUP_BYTES
            + sum(_escaped_bytes(text) for text in words + names)
            + WORD_MARKUP_BYTES * (len(self.categories) + len(self.authors) + len(self.related))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An article that was withdrawn: readers that know RFC 6721 take it away too."""

    id: str
    at: datetime  # whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A selection of articles, newest first, in whatever format."""

    name: str
    id: str
    title: str
    description: str
    language: str
    site_name: str
    site_url: str
    address: str  # on the web, without the ending that tells the format
    updated_at: datetime  # whole seconds
    entries: tuple[Entry, ...] = ()
    logo: str | None = None  # a picture's address
    hubs: tuple[str, ...] = ()  # whom readers ask to be told at once (WebSub)
    withdrawn: tuple[Tombstone, ...] = ()  # newest first
    previous: str | None = None  # RFC 5005: where older articles are; addresses without ending
    next: str | None = None  # in an archive: where newer ones are, if that was known
    current: str | None = None  # in an archive: the feed itself

    def url(self, ending: str) -> str:
        return f"{self.address}.{ending}"


def picture_type(image: Image) -> str | None:
    """The media type its address ends in; None where the address does not say."""
    return PICTURE_TYPES.get(urlsplit(image.url).path.rpartition(".")[2].lower())


def _escaped_bytes(text: str) -> int:
    """As XML or as JSON, whichever is longer: XML has "&amp;#92;" for a backslash in HTML."""
    return len(html.escape(text).encode()) + 8 * (text.count("\\") + text.count("\n"))
