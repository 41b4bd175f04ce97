"""Site, region names and this very code in, marks of how feeds come out of them. Pure.

The store tells which articles changed, not that the publication was renamed, a region is called
differently, or an upgrade writes feeds another way. Each of these shows in a rendered sample.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from articles.model import Article, Image, Site
from articles.regions import RegionTable
from feeds import build
from feeds.catalog import Listed
from feeds.formats import FORMATS

_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

#: Two articles which between them have everything a feed can show.
_SAMPLES = (
    Article(
        id="tag:example.org,2026:probe/1",
        title="A & B",
        published_at=_AT,
        updated_at=_AT,
        url="https://example.org/1",
        standfirst="One < two.",
        body_html="<p>Text.</p>",
        body_text="Text.",
        authors=("A. Writer", "B. Writer"),
        tags=("tag",),
        image=Image(url="https://example.org/1.jpg", alt="alt", caption="caption", credit="credit"),
        correction="Three, not two.",
    ),
    Article(
        id="tag:example.org,2026:probe/2",
        title="C",
        published_at=_AT,
        updated_at=_AT,
        language="ar",
        body_text="Words. " * 100,
        image=Image(url="https://example.org/picture"),
        correction="Four.",
    ),
)


def marks(listed: Iterable[Listed], site: Site, table: RegionTable) -> frozenset[str]:
    """One mark for the program and the site, one for each region's name.

    Feeds made under these marks are still right as long as all of them still hold. New regions add
    theirs, and change nothing for the feeds of others.
    """
    feed = build.build("all", _SAMPLES, site, table, _AT)
    documents = (each.render(feed, None) for each in FORMATS)
    made = hashlib.sha256(b"\0".join((repr(site).encode(), *documents)))
    return frozenset({made.hexdigest(), *(f"{each.name} {each.title}" for each in listed)})
