"""From the store to feeds of every kind: what is filed where, told apart, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import feedparser

from articles import database, shelves
from articles.model import Article
from feeds.catalog import Choice

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]


def titles(desk: Desk, name: str) -> list[str]:
    parsed = feedparser.parse(desk.file(f"{name}.rss"))
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


def group(desk: Desk, *articles: Article) -> int:
    """Put these into one story, as the intake does."""
    with database.write(desk.store.db):
        story = desk.store.new_story(desk.now)
        desk.store.assign_stories((story, article.number) for article in articles)
    return story


def test_sections_authors_tags_and_languages_have_feeds(desk: Desk, make_article: Make) -> None:
    desk.put(
        make_article("One", section="World", tags=("Grain",), hours_ago=2),
        make_article("Two", section="Sport", language="ar", authors=("T. Ødegaard",), hours_ago=1),
    )

    desk.publish("section", "author", "tag", "language")

    assert titles(desk, "section_world") == ["One"]
    assert titles(desk, "tag_grain") == ["One"]
    assert titles(desk, "author_t_odegaard") == ["Two"]
    assert titles(desk, "language_ar") == ["Two"]
    assert b"<language>ar</language>" in desk.file("language_ar.rss")
    assert "The Meridian: World" in desk.file("section_world.rss").decode()


def test_a_combination_holds_what_its_name_says_and_follows_its_parts(
    desk: Desk, make_article: Make
) -> None:
    choice = Choice(combinations=("middle-east+france-syria",), kinds=())
    desk.put(
        make_article("Beirut", regions=("lebanon", "middle-east"), hours_ago=3),
        make_article("Aleppo", regions=("syria", "middle-east"), hours_ago=2),
    )
    desk.publish(choice=choice)
    assert titles(desk, "france+middle-east-syria") == ["Beirut"]

    desk.put(make_article("Lyon", regions=("france",), hours_ago=1))
    desk.publish(choice=choice)

    assert titles(desk, "france+middle-east-syria") == ["Lyon", "Beirut"]


def test_a_story_has_a_feed_from_its_second_article_on_and_both_lead_to_it(
    desk: Desk, make_article: Make
) -> None:
    first, second = make_article("First", hours_ago=2), make_article("Second", hours_ago=1)
    desk.put(first)
    story = group(desk, first)
    desk.publish()
    assert f"story_{story}.atom" not in desk.file("all.atom").decode()

    desk.put(second)
    with database.write(desk.store.db):
        desk.store.assign_stories([(story, second.number)])
    desk.publish()

    assert titles(desk, f"story_{story}") == ["Second", "First"]
    assert desk.file("all.atom").decode().count(f"feeds/story_{story}.atom") == 2


def test_an_article_that_changes_its_story_changes_its_feed(desk: Desk, make_article: Make) -> None:
    one, two, three = (make_article(f"N{n}", hours_ago=n) for n in (1, 2, 3))
    desk.put(one, two, three)
    old = group(desk, one, two, three)
    desk.publish()

    new = group(desk, one)
    desk.publish()

    assert titles(desk, f"story_{old}") == ["N2", "N3"]
    assert shelves.has_feed(desk.store, old)
    assert not shelves.has_feed(desk.store, new)


def test_a_withdrawn_article_leaves_a_tombstone_in_the_feeds_it_was_in(
    desk: Desk, make_article: Make
) -> None:
    gone = make_article(regions=("syria",))
    desk.put(gone, make_article(regions=("syria",)), make_article(regions=("france",)))
    desk.publish()
    desk.withdraw(gone)

    desk.publish()

    stone = f'deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="{gone.id}"'
    assert stone in desk.file("syria.atom").decode()
    assert stone in desk.file("all.atom").decode()
    assert gone.id not in desk.file("france.atom").decode()
    assert gone.id not in desk.file("syria.rss").decode()
