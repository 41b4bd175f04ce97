"""Feed, Entry, Category: what a feed says before it is RSS or Atom. Pure."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime

from articles.model import Image

#: A bound of what the marks of an entry cost beside its words: element names, dates, white space.
#: Measured 1,250 bytes at most for one with a picture.
ENTRY_MARKUP_BYTES = 1_600

#: The same for each category or author, which is an element of its own.
WORD_MARKUP_BYTES = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A region or a tag an entry is filed under."""

    term: str
    label: str = ""  # for people; "" is the term itself
    scheme: str = ""  # the address that tells regions from tags; "" for tags


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

    @property
    def size_bytes_max(self) -> int:
        """No rendering of this entry is longer than this."""
        picture = self.image
        words = [self.id, self.title, self.url or "", self.content_html, ", ".join(self.authors)]
        words += [html.escape(self.summary)]
        if picture:
            words += [picture.url, picture.url, picture.alt, picture.caption, picture.credit]
        names = [f"{each.term}{each.label}{each.scheme}" for each in self.categories]
        return (
            ENTRY_MARKUP_BYTES
            + sum(_escaped_bytes(text) for text in words + names)
            + WORD_MARKUP_BYTES * (len(self.categories) + len(self.authors))
        )


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
    rss_url: str
    atom_url: str
    updated_at: datetime  # whole seconds
    entries: tuple[Entry, ...] = ()


def _escaped_bytes(text: str) -> int:
    return len(html.escape(text).encode())
