"""Articles of a region in, a Feed out. Pure: no clock, no files, no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from articles.model import EVERYWHERE, Article, Site
from articles.regions import RegionTable
from feeds import catalog, content
from feeds.model import Category, Entry, Feed

#: Readers poll hourly at best; fifty articles is two slow weeks for a small newsroom.
FEED_ARTICLES_MAX = 50

#: Every reader fetches the whole file, many times a day; 250 kB is fine, 1 MB a burden.
FEED_BYTES_MAX = 250_000

#: What the head of a feed takes of that at most, with the site's words in it.
HEAD_BYTES = 4_000


def build(
    name: str, articles: Sequence[Article], site: Site, table: RegionTable, changed_at: datetime
) -> Feed:
    """The feed `name` ("all" or a region's slug) of `articles`, in the order they come.

    At most FEED_ARTICLES_MAX of them, and as many from the front as stay under FEED_BYTES_MAX in
    any format, but always the first. `changed_at` dates a feed that has no article.
    """
    entries = [entry(article, site, table) for article in articles[:FEED_ARTICLES_MAX]]
    return of_entries(name, entries, site, table, changed_at)


def of_entries(
    name: str, entries: Sequence[Entry], site: Site, table: RegionTable, changed_at: datetime
) -> Feed:
    """`build` with entries made before: an article is the same entry in all its feeds."""
    listed = catalog.listing(name, site, table)
    shown = _fitting(entries[:FEED_ARTICLES_MAX])
    return Feed(
        name=name,
        id=listed.address,
        title=listed.title,
        description=_description(listed, site),
        language=site.language,
        site_name=site.name,
        site_url=site.url,
        address=listed.address,
        logo=site.logo,
        hub=site.hub,
        updated_at=max((each.updated_at for each in shown), default=_whole(changed_at)),
        entries=shown,
    )


def entry(article: Article, site: Site, table: RegionTable) -> Entry:
    """One article as every feed carries it: the same in each, so that readers know it again."""
    return Entry(
        id=article.id,
        title=article.title,
        summary=content.summary(article),
        content_html=content.content_html(article, site),
        published_at=_whole(article.published_at),
        updated_at=_whole(article.updated_at),
        url=article.url,
        authors=article.authors,
        language="" if article.language == site.language else article.language,
        categories=_categories(article, site, table),
        image=article.image,
    )


def _description(listed: catalog.Listed, site: Site) -> str:
    """Put together without words of our own, which would have to be in the newsroom's language."""
    if listed.name == EVERYWHERE:
        return site.description or site.name
    return f"{listed.label}. {site.description}" if site.description else listed.title


def _categories(article: Article, site: Site, table: RegionTable) -> tuple[Category, ...]:
    scheme = f"{site.public_url}regions/"
    regions = [
        Category(
            term=slug, label=catalog.listing(slug, site, table).label, scheme=scheme, kind="region"
        )
        for slug in article.regions
    ]
    return (*regions, *(Category(term=tag) for tag in article.tags))


def _fitting(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """As many from the front as the file has room for, and always one."""
    room = FEED_BYTES_MAX - HEAD_BYTES
    for count, each in enumerate(entries):
        room -= each.size_bytes_max
        if room < 0 and count > 0:
            return tuple(entries[:count])
    return tuple(entries)


def _whole(moment: datetime) -> datetime:
    """To the second, in UTC: RSS has no more, and both formats say the same."""
    return moment.astimezone(UTC).replace(microsecond=0)
