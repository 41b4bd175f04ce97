"""The whole history of a feed: documents that are sealed, and never change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import feedparser
import pytest

from articles.model import Article
from feeds import archives, build
from feeds.archives import Pending

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]
FORMATS = pytest.mark.parametrize("ending", ["rss", "atom"])
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def history(desk: Desk, name: str, ending: str = "atom") -> list[Any]:
    """The feed and every document behind it, as a reader goes back through them."""
    found, path = [], f"{name}.{ending}"
    while path:
        parsed = feedparser.parse(desk.file(path))
        assert not parsed.bozo
        found.append(parsed)
        links = {link.rel: link.href for link in parsed.feed.links}
        path = links.get("prev-archive", "").removeprefix(f"{desk.site.public_url}feeds/")
    return found


def ids(documents: list[Any]) -> set[str]:
    return {entry.id for document in documents for entry in document.entries}


def sealed(desk: Desk) -> dict[str, bytes]:
    """What stands below the folders of archives."""
    return {name: content for name, content in desk.files().items() if name.count("/") == 2}


@pytest.fixture
def year(make_article: Make) -> tuple[Article, ...]:
    """Two articles a week for a year: more than a feed holds."""
    return tuple(
        make_article(f"Week {n / 2}", hours_ago=84 * n, regions=("syria",)) for n in range(104)
    )


@FORMATS
def test_a_new_subscriber_can_read_back_to_the_first_article(
    desk: Desk, year: tuple[Article, ...], ending: str
) -> None:
    desk.put(*year)
    desk.publish()

    documents = history(desk, "syria", ending)

    assert ids(documents) == {article.id for article in year}
    assert len(documents) == 13  # the feed, and the months before this one
    months = {entry.published[:7] for entry in history(desk, "syria")[5].entries}
    assert len(months) == 1


def test_each_archive_says_where_it_stands(desk: Desk, year: tuple[Article, ...]) -> None:
    desk.put(*year)
    desk.publish()

    feed, newest, *_, oldest = history(desk, "syria")

    folder = "https://news.example.org/feeds/syria"
    assert "fh_archive" not in feed.feed
    links = {link.rel: link.href for link in newest.feed.links}
    assert "fh_archive" in newest.feed
    assert newest.feed.id == feed.feed.id
    assert links["self"] == f"{folder}/2026-10.atom"
    assert links["current"] == f"{folder}.atom"
    assert "next-archive" not in links
    assert "prev-archive" not in {link.rel for link in oldest.feed.links}
    following = {link.rel: link.href for link in oldest.feed.links}["next-archive"]
    assert following == f"{folder}/2025-12.atom"


def test_a_feed_that_shows_all_it_has_needs_no_archive(desk: Desk, make_article: Make) -> None:
    desk.put(*(make_article(hours_ago=24 * 30 * n) for n in range(20)))

    desk.publish()

    assert sealed(desk) == {}
    assert b"prev-archive" not in desk.file("all.rss")


def test_what_is_sealed_never_changes(
    desk: Desk, year: tuple[Article, ...], make_article: Make
) -> None:
    desk.put(*year)
    desk.publish()
    before = sealed(desk)
    corrected = replace(
        year[90], title="Corrected", revision=2, updated_at=NOW, correction="It was Tuesday."
    )
    late = make_article("Written in late", hours_ago=24 * 200, regions=("syria",))
    desk.put(corrected, late, *(make_article(hours_ago=0.1 * n) for n in range(60)))

    for later in (NOW, NOW + timedelta(days=40), NOW + timedelta(days=80)):
        desk.publish(now=later, full=later > NOW)

    after = sealed(desk)
    assert {name: after[name] for name in before} == before
    assert len(after) > len(before)


def test_a_correction_of_an_archived_article_is_in_a_newer_document(
    desk: Desk, year: tuple[Article, ...]
) -> None:
    desk.put(*year)
    desk.publish()
    desk.put(replace(year[90], title="Corrected", revision=2, updated_at=NOW))

    desk.publish()

    titles = [
        entry.title
        for document in history(desk, "syria")
        for entry in document.entries
        if entry.id == year[90].id
    ]
    assert titles == ["Corrected", "Week 45.0"]


def test_an_article_written_in_late_is_found_too(
    desk: Desk, year: tuple[Article, ...], make_article: Make
) -> None:
    desk.put(*year)
    desk.publish()
    late = make_article(hours_ago=24 * 200, regions=("syria",))
    desk.put(late)

    desk.publish()

    assert ids(history(desk, "syria")) == {article.id for article in (*year, late)}


def test_a_withdrawn_article_is_taken_out_of_the_archives_too(
    desk: Desk, year: tuple[Article, ...]
) -> None:
    desk.put(*year)
    desk.publish()
    before = sealed(desk)
    desk.withdraw(replace(year[90], updated_at=NOW))

    desk.publish()

    changed = {name for name, content in sealed(desk).items() if before[name] != content}
    plain = {name for name in changed if not name.endswith((".gz", ".br"))}
    assert {name.split("/")[1] for name in plain} == {"all", "syria"}
    assert len(plain) == 6
    assert year[90].id not in ids(history(desk, "syria"))
    assert year[90].id.encode() in desk.file("syria.atom")  # its tombstone


def test_archives_lost_with_the_disk_are_made_again_as_they_were(
    desk: Desk, year: tuple[Article, ...]
) -> None:
    desk.put(*year)
    desk.publish()
    before = sealed(desk)
    desk.put(replace(year[90], title="Corrected", revision=2, updated_at=NOW))
    desk.publish()
    shutil.rmtree(desk.public.resolve())
    desk.public.unlink(missing_ok=True)

    desk.publish()

    after = sealed(desk)
    assert {name: after.get(name) for name in before} == before


def test_a_busy_month_is_sealed_in_parts_and_nothing_is_ever_missing(
    desk: Desk, make_article: Make
) -> None:
    everything: list[Article] = []
    for day in range(20):
        now = datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=day)
        some = [
            make_article(
                published_at=now - timedelta(minutes=n), body_html=f"<p>{'word ' * 2000}</p>"
            )
            for n in range(9)
        ]
        everything += some
        desk.put(*some)

        desk.publish(now=now)

        assert ids(history(desk, "all")) == {article.id for article in everything}
    sizes = [len(content) for name, content in sealed(desk).items() if name.endswith(".rss")]
    assert len(sizes) > 3
    assert max(sizes) <= build.FEED_BYTES_MAX


def test_a_month_is_sealed_a_day_after_its_end() -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    waiting = [Pending(1, datetime(2026, 9, 5, tzinfo=UTC))] + [
        Pending(n, datetime(2026, 11, 5, tzinfo=UTC)) for n in range(2, 5)
    ]

    early = archives.due(waiting, {2, 3, 4}, (), midnight + timedelta(hours=23))
    late = archives.due(waiting, {2, 3, 4}, (), midnight + timedelta(hours=25))

    assert [month for month, _ in early] == ["2026-09"]
    assert [month for month, _ in late] == ["2026-09", "2026-11"]
