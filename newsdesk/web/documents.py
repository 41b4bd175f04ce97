"""What kinds of document readers poll, and one version of one of them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from feeds.delta import Known
from newsdesk.web.messages import Answer
from newsdesk.web.negotiation import Coding

#: Readers and caches ask again after a quarter of an hour. While we are down, for a day, what they
#: have is better than nothing (RFC 5861).
FRESH = b"public, max-age=900, stale-while-revalidate=900, stale-if-error=86400"

#: A month that is over does not change.
IMMUTABLE = b"public, max-age=31536000, immutable"

#: What comes behind a document's tag in the ETag of each coding: strong ETags differ by their bytes
#: (RFC 9110, 8.8.3.3).
SUFFIX: dict[Coding, bytes] = {"identity": b"", "gzip": b"-gz", "br": b"-br"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A format as HTTP names it."""

    media_type: bytes
    in_browser: bytes = b""  # where browsers need another to show it as a page
    compressed: bool = True


#: By the ending of the name. Browsers show `text/xml` with its style sheet, and what is named as a
#: feed as source or as a download (measured in Chromium).
KINDS = {
    "rss": Kind(b"application/rss+xml; charset=utf-8", b"text/xml; charset=utf-8"),
    "atom": Kind(b"application/atom+xml; charset=utf-8", b"text/xml; charset=utf-8"),
    "json": Kind(b"application/feed+json; charset=utf-8", b"application/json; charset=utf-8"),
    "data": Kind(b"application/json; charset=utf-8"),  # JSON that is no feed
    "opml": Kind(b"text/x-opml; charset=utf-8"),
    "css": Kind(b"text/css; charset=utf-8"),
    "html": Kind(b"text/html; charset=utf-8"),
    "svg": Kind(b"image/svg+xml"),
    "png": Kind(b"image/png", compressed=False),
    "ico": Kind(b"image/x-icon", compressed=False),
    "jpg": Kind(b"image/jpeg", compressed=False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document. Its bytes are read when an answer needs them."""

    ending: str  # a key of KINDS
    tag: bytes  # of the content, whatever its coding
    modified_at: int  # seconds since 1970
    body: Callable[[Coding], bytes]
    known: Known | None = None  # what its readers may have had; None where there are no entries
    cache_control: bytes = FRESH
    more: tuple[tuple[bytes, bytes], ...] = ()  # fields of this document alone
    #: Answers without a body, made once: most polls get one of them.
    unchanged: dict[bytes, Answer] = field(default_factory=dict, compare=False, repr=False)
    #: What came since a version, by its tag and coding: most readers had the same one.
    parts: dict[tuple[bytes, Coding], bytes] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def kind(self) -> Kind:
        return KINDS[self.ending]

    @property
    def last_modified(self) -> bytes:
        return formatdate(self.modified_at, usegmt=True).encode()

    def etag(self, coding: Coding) -> bytes:
        return b'"%s%s"' % (self.tag, SUFFIX[coding])
