"""The stream: each article finds its live story at once, and what is over is forgotten."""

from __future__ import annotations

from itertools import count

import pytest

from articles import stories


@pytest.fixture
def live():
    return stories.LiveStories(new_id=count(1).__next__)


def test_an_article_joins_the_live_story_that_it_tells(live, make_article):
    first = live.add(make_article("Ceasefire reached between Israel and Syria", hours_ago=30))
    other = live.add(make_article("Wheat harvest smallest in decades", hours_ago=20))
    again = live.add(make_article("Israel and Syria: ceasefire is holding", hours_ago=10))

    assert again == first
    assert other != first


def test_an_article_joins_the_story_of_a_page_that_it_names(live, make_article):
    first = live.add(make_article("Dam opens its gates", hours_ago=30))
    named = live.add(make_article("A quiet week", hours_ago=10, related=("Dam opens its gates",)))

    assert named == first


def test_a_story_that_nothing_joins_is_closed(live, make_article):
    first = live.add(make_article("Ceasefire reached in Syria", hours_ago=24 * 30))
    later = live.add(make_article("Ceasefire reached in Syria", hours_ago=1))

    assert later != first
    assert len(live) == 1


def test_what_is_remembered_depends_on_the_live_stories_not_on_the_archive(live, make_article):
    sizes = []
    for day in range(60, 0, -1):
        for number in range(3):
            live.add(make_article(f"Event {day}x{number} in town {number}", hours_ago=24 * day))
        sizes.append(len(live))

    assert max(sizes[30:]) <= max(sizes[:30])
