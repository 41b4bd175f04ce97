"""How a story is told: its lead, its days, and what was known before."""

from __future__ import annotations

from articles.model import Story
from articles.telling import SO_FAR_MAX, told


def test_a_story_is_told_by_days_with_what_was_known_before(make_article):
    first = make_article("Truce agreed", hours_ago=55, standfirst="Both sides signed at night.")
    second = make_article("Truce holds", hours_ago=30, standfirst="A first day without fire.")
    today = make_article("Truce monitors arrive", hours_ago=2, standfirst="Forty monitors came.")

    story = told(Story(id=3, articles=(today, first, second)))

    assert [articles for _, articles in story.timeline] == [(first,), (second,), (today,)]
    assert story.lead == today
    assert story.so_far == ("Both sides signed at night.", "A first day without fire.")
    assert "Truce" in story.label


def test_days_are_those_of_the_desks_zone(make_article):
    late = make_article("Late", hours_ago=8)  # 23:00 UTC on the day before
    early = make_article("Early", hours_ago=6)

    assert len(told(Story(id=1, articles=(late, early))).timeline) == 2
    assert len(told(Story(id=1, articles=(late, early)), "Asia/Tokyo").timeline) == 1


def test_of_a_long_story_the_beginning_and_the_last_days_are_told(make_article):
    days = [
        make_article(f"Day {n}", hours_ago=24 * (10 - n), standfirst=f"On day {n}.")
        for n in range(8)
    ]

    so_far = told(Story(id=1, articles=tuple(days))).so_far

    assert so_far == ("On day 0.", "On day 5.", "On day 6.")
    assert len(so_far) == SO_FAR_MAX


def test_a_story_of_one_day_has_nothing_before_it(make_article):
    assert told(Story(id=1, articles=(make_article(),))).so_far == ()
