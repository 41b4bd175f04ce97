"""The store in, the page of all feeds out: names, latest headlines, how often they publish. SQLite.

What a look says better than a list is a plot of 28 days beside each name, on its own scale, with
the number under it and as its name for who does not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from articles.model import EVERYWHERE, Article, Site
from articles.regions import RegionError, RegionTable
from articles.store import Store
from feeds import catalog
from feeds.catalog import FOLDER, Listed
from feeds.formats import FORMATS
from newsdesk.web.listing_words import LISTING, ListingWords
from newsdesk.web.messages import Fields
from newsdesk.web.pages import Pages
from newsletter.text import href, plain
from newsletter.words import Words, primary

#: Four weeks: short enough to say "now", long enough for a region that is quiet.
DAYS = 28

#: One unit a bar and one between; the height of the plot.
BAR_PX, STEP_PX, HEIGHT_PX = 3, 4, 24

#: Fewer regions than this are seen at a look without an overview.
INDEX_ROWS_MIN = 9

#: Formats by their endings as people call them.
FORMAT_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}

#: An example of a combination that a newsroom of the world has.
EXAMPLE = "middle-east+caucasus-syria"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A feed in one format."""

    url: str
    label: str
    name: str  # for who hears it without its row
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One feed as the page shows it."""

    slug: str
    name: str
    title: str  # of the feed itself
    headline: str
    headline_url: str
    headline_lang: str  # "" is the page's own
    when: str
    when_iso: str
    links: tuple[Link, ...]
    plot: str  # an SVG path of DAYS bars
    plot_name: str
    count: str
    total: int  # articles in DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A region in the overview: its articles on one scale for all, in hundredths."""

    row: Row
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Makes the page of one publication."""

    site: Site
    table: RegionTable
    pages: Pages

    @property
    def fields(self) -> Fields:
        """What the page is allowed to do: its own style, and a form that asks us."""
        policy = (
            f"default-src 'none'; style-src '{self.pages.style_hash}'; form-action 'self';"
            " frame-ancestors 'none'; base-uri 'none'"
        )
        return ((b"Content-Security-Policy", policy.encode()),)

    def page(self, store: Store, now: datetime) -> str:
        """The page as HTML."""
        words = self.pages.words(self.site.language)
        say = LISTING.get(primary(words.language), LISTING["en"])
        live = {
            name: count
            for name, count in store.live_regions().items()
            if catalog.kind_of(name) is None
        }
        listed = catalog.feeds(live, (), self.site, self.table)
        rows = {each.name: self._row(store, each, words, say, now) for each in listed}
        paper, regions, countries = (
            [rows[each.name] for each in listed if each.group == group]
            for group in ("all", "region", "country")
        )
        names = [each.name for each in listed if each.group == "region"]
        return self.pages.feeds(
            list=say,
            paper=paper,
            regions=regions,
            index=overview(regions),
            countries=countries,
            countries_name=words.count(say.countries, len(countries)),
            opml=f"{self.site.public_url}feeds.opml",
            example=f"{self.site.public_url}{FOLDER}{_example(names)}.rss",
            snippet=_alternates(paper[0]),
            related=_RELATED,
            formats=tuple(FORMAT_NAMES.values()),
        )

    def _row(
        self, store: Store, feed: Listed, words: Words, say: ListingWords, now: datetime
    ) -> Row:
        zone = ZoneInfo(self.site.time_zone)
        today = now.astimezone(zone).date()
        name = self._name(feed, words.language, say)
        latest = next(iter(store.region_articles(feed.name, limit=1)), None)
        since = now - timedelta(days=DAYS)
        days = [at.astimezone(zone).date() for at in store.published_since(feed.name, since)]
        published = latest.published_at.astimezone(zone) if latest else None
        return Row(
            slug=feed.name,
            name=name,
            title=feed.title,
            headline=plain(latest.title) if latest else say.nothing_yet,
            headline_url=href(latest.url) if latest and latest.url else "",
            headline_lang=_lang(latest, words),
            when=_when(published, today, words, say) if published else "",
            when_iso=published.isoformat(timespec="minutes") if published else "",
            links=tuple(_link(feed, name, each.ending, each.media_type, say) for each in FORMATS),
            plot=bars([sum(each == today - timedelta(days=n) for each in days) for n in _BACK]),
            plot_name=words.count(say.plot, len(days)),
            count=words.count(say.in_days, len(days)),
            total=len(days),
        )

    def _name(self, feed: Listed, language: str, say: ListingWords) -> str:
        if feed.name == EVERYWHERE:
            return say.all_articles
        try:
            return plain(self.table.label(feed.name, language))
        except (RegionError, ValueError):
            return plain(feed.label)


_BACK = range(DAYS - 1, -1, -1)

#: For a page that nginx or Apache puts together; docs/stories.md has it for others.
_RELATED = """\
<section aria-labelledby="related">
<h2 id="related">Related stories</h2>
<!--#include virtual="/related/ID.html" -->
</section>"""


def overview(rows: Sequence[Row]) -> list[Bar]:
    """Where the articles lie, and the way to each region; nothing for a few, which a look takes."""
    if len(rows) < INDEX_ROWS_MIN:
        return []
    top = max([1, *(row.total for row in rows)])
    return [Bar(row=row, width=round(100 * row.total / top)) for row in rows]


def bars(counts: Sequence[int]) -> str:
    """A path of one bar for each count, the tallest as high as the plot."""
    top = max([*counts, 4])
    parts = []
    for n, count in enumerate(counts):
        if count:
            height = round(HEIGHT_PX * count / top, 1)
            parts.append(f"M{n * STEP_PX + 0.5} {HEIGHT_PX}v-{height:g}h{BAR_PX}v{height:g}z")
    return "".join(parts)


def _when(at: datetime, today: date, words: Words, say: ListingWords) -> str:
    if at.date() == today:
        return say.today.format(time=f"{at:%H:%M}")
    return say.yesterday if at.date() == today - timedelta(days=1) else words.short(at.date())


def _lang(article: Article | None, words: Words) -> str:
    if article is None or primary(article.language) in ("", primary(words.language)):
        return ""
    return article.language


def _link(feed: Listed, name: str, ending: str, media_type: str, say: ListingWords) -> Link:
    label = FORMAT_NAMES.get(ending, ending)
    return Link(
        url=feed.url(ending),
        label=label,
        name=say.as_format.format(name=name, format=label),
        media_type=media_type,
    )


def _example(names: Sequence[str]) -> str:
    """A combination of this newsroom's own regions."""
    if {"middle-east", "caucasus"} <= {*names} or len(names) < 2:
        return EXAMPLE
    return f"{names[0]}+{names[1]}"


def _alternates(row: Row) -> str:
    """The lines by which readers find a feed from a page (RSS Autodiscovery; Atom's likewise)."""
    title = row.title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return "\n".join(
        f'<link rel="alternate" type="{each.media_type}" title="{title}" href="{each.url}">'
        for each in row.links
    )
