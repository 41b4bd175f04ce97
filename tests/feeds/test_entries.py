"""Entries are made once for each version of an article, and never used for another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from articles.model import Article
from feeds import build, entries
from feeds.formats import FORMATS

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of articles whose entries were made, not taken from what is kept."""
    numbers: list[int] = []
    entry = build.entry

    def counted(article: Article, *arguments: object) -> object:
        numbers.append(article.number)
        return entry(article, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(build, "entry", counted)
    return numbers


def marked(numbers: list[int]) -> list[int]:
    """Without the samples of `probe`, which have no number."""
    return [number for number in numbers if number]


def test_an_article_in_many_feeds_is_made_once(
    desk: Desk, make_article: Make, made: list[int]
) -> None:
    desk.put(make_article(regions=("syria", "lebanon", "middle-east"), number=7))

    desk.publish()

    assert marked(made) == [7]


def test_what_was_made_in_one_run_is_taken_in_the_next(
    desk: Desk, make_article: Make, made: list[int]
) -> None:
    desk.put(make_article("Old", regions=("syria",), number=1))
    desk.publish()
    desk.put(make_article("New", regions=("syria",), number=2))

    desk.publish()

    assert marked(made) == [1, 2]
    assert b"Old" in desk.file("syria.rss")


@pytest.mark.parametrize(
    "change",
    [{"title": "Mended"}, {"tags": ("grain",)}, {"regions": ("syria", "iraq")}, {"revision": 2}],
    ids=str,
)
def test_an_article_that_changed_is_made_again(
    change: dict[str, object], desk: Desk, make_article: Make, made: list[int]
) -> None:
    article = make_article(regions=("syria",), number=1)
    desk.put(article)
    desk.publish()
    desk.put(replace(article, **change))

    desk.publish()

    assert marked(made) == [1, 1]


def test_an_article_that_joins_another_story_is_made_again(
    desk: Desk, make_article: Make, made: list[int]
) -> None:
    desk.put(make_article(regions=("syria",), number=1))
    desk.publish()
    story = desk.store.new_story(desk.now)
    desk.store.assign_stories([(story, 1)])
    desk.put(make_article(regions=("syria",), number=2))

    desk.publish()

    assert sorted(marked(made)) == [1, 1, 2]


def test_under_another_name_of_the_site_all_are_made_again(
    desk: Desk, make_article: Make, made: list[int]
) -> None:
    desk.put(make_article(number=1))
    desk.publish()
    desk.site = replace(desk.site, public_url="https://feeds.example.org/")

    desk.publish()

    assert marked(made) == [1, 1]


def test_a_store_restored_from_a_backup_takes_nothing_of_what_came_after(
    desk: Desk, make_article: Make
) -> None:
    article = make_article("First", regions=("syria",), number=1)
    desk.put(article)
    desk.publish()
    backup = sqlite3.connect(":memory:")
    assert desk.store.db.conn is not None
    desk.store.db.conn.backup(backup)
    desk.put(replace(article, title="Second"))
    desk.publish()
    backup.backup(desk.store.db.conn)
    backup.close()
    desk.put(replace(article, title="Third"))

    desk.publish()

    assert b"Third" in desk.file("syria.rss")
    assert b"Second" not in desk.file("syria.rss")


@pytest.mark.parametrize("harm", ["deleted", "garbage", "another program's"])
def test_the_file_of_kept_entries_can_be_lost_at_any_time(
    desk: Desk, make_article: Make, harm: str
) -> None:
    article = make_article("Old", regions=("syria",), number=1)
    desk.put(article)
    desk.publish()
    before = desk.files()
    path = desk.store_path.with_name(entries.FILE)
    path.unlink()
    if harm == "garbage":
        path.write_bytes(b"no database, whatever it is called" * 99)
    elif harm == "another program's":
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE entries (of, another, kind)")
        other.close()

    published = desk.publish(full=True)

    assert published.written == ()
    assert desk.files() == before


def test_what_is_kept_does_not_grow_for_ever(
    desk: Desk, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "KEPT_MAX", 5)
    monkeypatch.setattr(entries, "IN_HAND_MAX", 3)
    for n in range(1, 13):
        desk.put(make_article(f"Article {n}", regions=("syria",), number=n, hours_ago=50 - n))
        desk.publish()

    kept = sqlite3.connect(desk.store_path.with_name(entries.FILE))
    (count,) = kept.execute("SELECT count(*) FROM entries").fetchone()
    kept.close()
    assert count <= 5
    assert desk.file("syria.rss").count(b"<item>") == 12


def test_kept_entries_give_the_bytes_that_the_format_alone_gives(
    desk: Desk, make_article: Make
) -> None:
    articles = [
        make_article(f"Part {n}", regions=("syria",), number=n, hours_ago=9 - n) for n in (1, 2, 3)
    ]
    desk.put(*articles)
    desk.publish()
    desk.put(make_article("New", regions=("iraq",), number=9))
    desk.publish()
    newest_first = articles[::-1]

    feed = build.build("syria", newest_first, desk.site, desk.table, desk.now)

    for each in FORMATS:
        assert desk.file(f"syria.{each.ending}") == each.render(feed)
