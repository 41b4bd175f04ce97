"""Site, region names and this very code in, a mark of how feeds come out of them. Pure.

The store tells which articles changed, not that the publication was renamed, a region is called
differently, or an upgrade writes feeds another way. Each of these shows in a rendered sample.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from articles.model import Article, Image, Place, Site
from articles.regions import RegionTable
from feeds import build
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
        place=Place(name="Aleppo", country="SY", latitude=36.2, longitude=37.13),
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


def mark(site: Site, table: RegionTable) -> str:
    """Feeds made under the same mark need not be made again for anything but their articles."""
    feed = build.build("all", _SAMPLES, site, table, _AT)
    names = "\n".join(f"{region.slug} {region.name}" for region in table.regions)
    documents = (each.render(feed) for each in FORMATS)
    made = (repr(site).encode(), names.encode(), *documents)
    return hashlib.sha256(b"\0".join(made)).hexdigest()
