"""The archive in, its pages, lists and Atom twins as names and bytes out. Reads SQLite, templates/.

    editions/2026-11-22/0a1b2c3d4e5f.html    an edition: the very HTML that was mailed
    editions/2026-11-22/0a1b2c3d4e5f.atom    its stories as a feed
    editions/index.html  index.atom          the last editions, newest first
    editions/2026-11.html                    those of a month
    editions/regions/syria.html  syria.atom  those of a region

An edition's page keeps what was sent. What its readers alone could use is left out, a way to the
others is added, and what was corrected since stands under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from articles.store import Store
from newsletter import languages, personal, twin
from newsletter.archive import Amendment, Archive, Archived, Due, by_region
from newsletter.edition import RegionNames
from newsletter.look import look
from newsletter.model import Newsletter
from newsletter.preflight import without_mine
from newsletter.text import href, plain
from newsletter.view import REGIONS_SHOWN_MAX
from newsletter.words import Words, direction, own_name

#: The folder of all this, below the public one.
FOLDER = "editions/"

#: The first list shows so many days; the others are in the months' lists.
INDEX_DAYS = 31

#: Editions in a region's list and in a feed: a hundred mornings, as many as a reader fetches.
LISTED_MAX, FEED_MAX = 100, 30

#: Where the mail's template wants to be corrected, once it is a page.
HERE = "<!--page-->"

File = tuple[str, bytes]


class Pages:
    """All pages that have to be written now; iterate, and when they stand, call `published`."""

    def __init__(
        self,
        store: Store,
        newsletter: Newsletter,
        table: RegionNames,
        now: datetime,
        *,
        full: bool = False,
    ) -> None:
        self.archive, self.newsletter, self.table = Archive(store), newsletter, table
        self.due: Due = self.archive.due(now, full=full)
        self.full = full

    def __iter__(self) -> Iterator[File]:
        if not self.due.editions:
            return
        listed = self.archive.listed()
        for each in self.due.editions:
            yield from self._edition(each, listed)
        if self.due.fresh:
            yield from self._lists(listed)

    def issues(self) -> tuple[dict[str, Any], ...]:
        """The last editions for everybody, newest first, as plain values; () when none is new."""
        if not self.due.fresh:
            return ()
        listed = self.archive.listed()
        whole = [each for each in listed if not each.follows] or listed
        return tuple(
            {
                "id": self.archive.uri(each),
                "title": each.subject,
                "url": self.newsletter.archive_url + each.page,
                "published_at": each.created_at,
                "summary": ", ".join(each.regions),
                "content_html": twin.headlines(self.archive.pieces(each.id)),
            }
            for each in whole[:FEED_MAX]
        )

    def published(self) -> None:
        """Note that all of them stand."""
        self.archive.published(self.due)

    def _edition(self, edition: Archived, listed: Sequence[Archived]) -> Iterator[File]:
        before = _before(edition, listed)
        page = edition_page(
            edition,
            self.archive.html(edition.id),
            self.newsletter,
            before=before,
            amendments=self.archive.amendments(edition.id),
        )
        yield FOLDER + edition.page, page.encode()
        feed = twin.of_edition(edition, self.archive.pieces(edition.id), self.newsletter)
        yield FOLDER + twin.twin_of(edition.page), feed

    def _lists(self, listed: Sequence[Archived]) -> Iterator[File]:
        say = languages.words(self.newsletter.language)
        regions = by_region(listed)
        new = {each.id for each in self.due.editions}
        months = sorted({f"{each.day:%Y-%m}" for each in listed}, reverse=True)
        named = sorted((_name(slug, self.table, say), slug) for slug in regions)
        last = _last_days(listed)
        yield from self._list("index", say.editions, last, say, months=months, regions=named)
        for month in months:
            some = [each for each in listed if f"{each.day:%Y-%m}" == month]
            if self.full or new & {each.id for each in some}:
                title = f"{say.editions}, {say.month(some[0].day)}"
                yield from self._list(month, title, some, say)
        for name, slug in named:
            if self.full or new & {each.id for each in regions[slug]}:
                title = f"{say.editions}: {name}"
                yield from self._list(f"regions/{slug}", title, regions[slug][:LISTED_MAX], say)

    def _list(
        self,
        name: str,
        title: str,
        editions: Sequence[Archived],
        say: Words,
        *,
        months: Sequence[str] = (),
        regions: Sequence[tuple[str, str]] = (),
    ) -> Iterator[File]:
        page = list_page(
            name,
            title,
            editions,
            self.newsletter,
            self.table,
            say=say,
            months=months,
            regions=regions,
        )
        yield f"{FOLDER}{name}.html", page.encode()
        some = [
            (self.archive.uri(each), each, self.archive.pieces(each.id))
            for each in editions[:FEED_MAX]
        ]
        address = self.newsletter.archive_url + ("" if name == "index" else f"{name}.html")
        whole = f"{self.newsletter.name}: {title}"
        yield f"{FOLDER}{name}.atom", twin.of_list(whole, address, some, self.newsletter)


def edition_page(
    edition: Archived,
    html: str,
    newsletter: Newsletter,
    *,
    before: Archived | None = None,
    amendments: Iterable[Amendment] = (),
) -> str:
    """The HTML that was mailed as a page: no reader's own words, ways to other editions."""
    say = languages.words(edition.language)
    from newsletter.render import printed  # Jinja2 and MJML: most publications have no new page

    page = without_mine(html)
    assert not personal.is_personal(page, edition.seal), "the preflight let a token through"
    names = {
        "look": look(newsletter, edition.language),
        "words": say,
        "direction": direction(say.language),
        "site_url": href(newsletter.site_url),
        "feeds_url": href(newsletter.feeds_url),
        "archive_url": href(newsletter.archive_url),
        "subscribe_url": href(newsletter.subscribe_url),
        "url": href(newsletter.archive_url + edition.page),
        "twin": href(newsletter.archive_url + twin.twin_of(edition.page)),
        "before": before and (href(newsletter.archive_url + before.page), say.long(before.day)),
        "amendments": [(each, say.long(each.at.date())) for each in amendments],
    }
    head, top, since, foot = (
        printed(f"pages/edition-{part}.html.j2", newsletter.templates, **names)
        for part in ("head", "top", "since", "foot")
    )
    if HERE in page:
        page = page.replace(HERE, since, 1)
    else:  # an operator's template has no such place
        foot = since + foot
    page = page.replace("</head>", f"{head}</head>", 1)
    begins = page.index(">", page.index("<body")) + 1
    ends = page.rindex("</body>")
    return page[:begins] + top + page[begins:ends] + foot + page[ends:]


def list_page(
    name: str,
    title: str,
    editions: Iterable[Archived],
    newsletter: Newsletter,
    table: RegionNames,
    *,
    say: Words,
    months: Sequence[str] = (),
    regions: Sequence[tuple[str, str]] = (),
) -> str:
    """A list of editions by day; `months` and `regions` are ways to other lists."""
    from newsletter.render import printed

    return printed(
        "pages/editions.html.j2",
        newsletter.templates,
        look=look(newsletter, say.language),
        words=say,
        lang=say.language,
        direction=direction(say.language),
        title=title,
        name=plain(newsletter.name),
        site_url=href(newsletter.site_url),
        feeds_url=href(newsletter.feeds_url),
        archive_url=href(newsletter.archive_url),
        subscribe_url=href(newsletter.subscribe_url),
        is_index=name == "index",
        postal_address=plain(newsletter.postal_address),
        twin=href(f"{newsletter.archive_url}{name}.atom"),
        days=[
            (say.long(day), [_row(each, newsletter, table, say) for each in some])
            for day, some in groupby(editions, key=lambda each: each.day)
        ],
        months=[
            (say.month(date.fromisoformat(f"{month}-01")), f"{newsletter.archive_url}{month}.html")
            for month in months
        ],
        regions=[
            (label, f"{newsletter.archive_url}regions/{slug}.html") for label, slug in regions
        ],
    )


def _row(
    edition: Archived, newsletter: Newsletter, table: RegionNames, say: Words
) -> dict[str, str]:
    """What a list says of an edition, in the list's language; the subject is as it was."""
    names = [_name(slug, table, say) for slug in edition.follows]
    if len(names) > REGIONS_SHOWN_MAX:
        names[REGIONS_SHOWN_MAX:] = [say.count(say.more_regions, len(names) - REGIONS_SHOWN_MAX)]
    facts = [say.count(say.stories, edition.stories)] if edition.stories else []
    if edition.language != say.language:
        facts.append(own_name(edition.language))
    return {
        "url": href(newsletter.archive_url + edition.page),
        "subject": edition.subject,
        "regions": say.comma.join(names) or say.everywhere,
        "facts": " · ".join(facts),
    }


def _name(slug: str, table: RegionNames, say: Words) -> str:
    try:
        return table.label(slug, say.language)
    except ValueError:  # an operator's own that is no more
        return slug


def _before(edition: Archived, listed: Iterable[Archived]) -> Archived | None:
    """The edition of the same regions on an earlier day."""
    same = (edition.language, edition.follows)
    return next(
        (e for e in listed if e.day < edition.day and (e.language, e.follows) == same), None
    )


def _last_days(listed: Sequence[Archived]) -> list[Archived]:
    """The editions of the last INDEX_DAYS with any."""
    since = listed[0].day - timedelta(days=INDEX_DAYS) if listed else date.min
    return [each for each in listed if each.day > since]
