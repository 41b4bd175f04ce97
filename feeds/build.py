"""Articles of a region in, a Feed out. Pure: no clock, no files, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from articles.model import EVERYWHERE, Article, Site
from articles.regions import RegionTable
from feeds import catalog, content
from feeds.catalog import Listed
from feeds.model import Category, Entry, Feed, Kind, Tombstone

#: Readers poll hourly at best; fifty articles is two slow weeks for a small newsroom.
FEED_ARTICLES = 50

#: Who reads once a week misses nothing of a busy newsroom either, as far as the file has room.
FEED_SPAN = timedelta(days=7)

#: What the file has room for, were every article a brief: more need not be read.
FEED_ARTICLES_MAX = 150

#: The date of a feed that never had an article: fixed, so that it is the same file each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

#: Readers that know tombstones poll at least every few weeks.
TOMBSTONES_MAX = 50

#: Every reader fetches the whole file, many times a day; 250 kB is fine, 1 MB a burden.
FEED_BYTES_MAX = 250_000

#: What a newsroom calls related is a handful; some pages list their whole archive.
RELATED_MAX = 10

_WEB = re.compile(r"https?://[^\s/]\S{0,1999}")

#: What the head of a feed takes of that at most: the site's words, and what was withdrawn.
HEAD_BYTES = 12_000


def build(
    name: str,
    articles: Sequence[Article],
    site: Site,
    table: RegionTable,
    changed_at: datetime,
    withdrawn: Sequence[Tombstone] = (),
) -> Feed:
    """The feed `name` of `articles`, which come newest first; see `of_entries`."""
    count = recent([article.published_at for article in articles])
    entries = [entry(article, site, table) for article in articles[:count]]
    return of_entries(catalog.listing(name, site, table), entries, site, changed_at, withdrawn)


def recent(published: Sequence[datetime]) -> int:
    """How many of these, newest first, a feed shows: FEED_ARTICLES, or all of its last FEED_SPAN.

    Counted from its newest article, so that the same articles are the same feed on any day.
    """
    within = sum(moment >= published[0] - FEED_SPAN for moment in published)
    return min(max(within, FEED_ARTICLES), FEED_ARTICLES_MAX, len(published))


def of_entries(
    listed: Listed,
    entries: Sequence[Entry],
    site: Site,
    changed_at: datetime,
    withdrawn: Sequence[Tombstone] = (),
) -> Feed:
    """The feed `listed` of as many entries from the front as stay under FEED_BYTES_MAX.

    In any format, but always the first. `changed_at` dates a feed that has no article.
    """
    shown = _fitting(entries)
    stones = tuple(withdrawn[:TOMBSTONES_MAX])
    moments = [each.updated_at for each in shown] + [stone.at for stone in stones]
    return Feed(
        name=listed.name,
        id=listed.address,
        title=listed.title,
        description=_description(listed, site),
        language=listed.language,
        site_name=site.name,
        site_url=site.url,
        address=listed.address,
        logo=site.logo,
        hubs=site.hubs,
        updated_at=max(moments, default=whole(changed_at)),
        entries=shown,
        withdrawn=stones,
    )


def entry(article: Article, site: Site, table: RegionTable) -> Entry:
    """One article as every feed carries it: the same in each, so that readers know it again."""
    return Entry(
        id=article.id,
        title=article.title,
        summary=content.summary(article),
        content_html=content.content_html(article, site),
        published_at=whole(article.published_at),
        updated_at=whole(article.updated_at),
        url=article.url or _place_in(site, article),
        authors=article.authors,
        language="" if article.language == site.language else article.language,
        categories=_categories(article, site, table),
        image=article.image,
        place=article.place,
        related=tuple(word for word in article.related if _WEB.fullmatch(word))[:RELATED_MAX],
        story=None if article.story is None else catalog.address(f"story_{article.story}", site),
    )


def _description(listed: Listed, site: Site) -> str:
    """Put together without words of our own, which would have to be in the newsroom's language."""
    if listed.name == EVERYWHERE:
        return site.description or site.name
    return f"{listed.label}. {site.description}" if site.description else listed.title


def _categories(article: Article, site: Site, table: RegionTable) -> tuple[Category, ...]:
    def filed(kind: Kind, term: str, label: str = "") -> Category:
        return Category(term=term, label=label, scheme=f"{site.public_url}{kind}s/", kind=kind)

    return (
        *(filed("region", slug, catalog.label(slug, table)) for slug in article.regions),
        *(filed("section", name) for name in (article.section,) if name),
        *(filed("tag", tag) for tag in article.tags),
    )


def _place_in(site: Site, article: Article) -> str:
    """An address of its own for an article without a page: readers tell articles by it.

    A query, as some readers drop a fragment.
    """
    number = article.id.rpartition(":")[2].removeprefix("article/")
    return f"{site.url}?article={quote(number, safe='')}"


def _fitting(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """As many from the front as the file has room for, and always one."""
    room = FEED_BYTES_MAX - HEAD_BYTES
    for count, each in enumerate(entries):
        room -= each.size_bytes_max
        if room < 0 and count > 0:
            return tuple(entries[:count])
    return tuple(entries)


def whole(moment: datetime) -> datetime:
    """To the second, in UTC: RSS has no more, and both formats say the same."""
    return moment.astimezone(UTC).replace(microsecond=0)
