"""What an editor says of stories holds when articles come; what was mailed is not taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from articles import grouping, intake, storybook
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Store
from articles.storybook import StoryError

TABLE = RegionTable.load()
TITLES = {
    1: "Truce between Israel and Syria holds in the south",
    2: "Israel and Syria: the truce in the south is holding",
    3: "Wheat harvest is the smallest in decades",
    4: "Second airport: the island has voted",
}


@pytest.fixture
def store(tmp_path: Path, site: Site, now: datetime) -> Iterator[Store]:
    store = Store.open(tmp_path / "store.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    write(store, TITLES, now)
    intake.take_in(store, TABLE, site, now)
    yield store
    store.close()


def write(store: Store, titles: dict[int, str], now: datetime) -> None:
    store.save(
        Draft(
            source="test",
            source_key=str(number),
            url=f"https://news.example.org/a/{number}",
            title=title,
            published_at=(now - timedelta(hours=30 - number)).isoformat(),
        )
        for number, title in titles.items()
    )


def stories(store: Store) -> dict[int, int | None]:
    return {number: article.story for number, article in store.articles(range(1, 100)).items()}


def test_two_stories_that_an_editor_merged_stay_one_and_the_old_number_leads_there(
    store: Store, site: Site, now: datetime
) -> None:
    before = stories(store)
    assert len(set(before.values())) == 3

    storybook.merge(store, before[3], before[4], now)
    write(store, {5: "Island votes again on its second airport"}, now)
    intake.take_in(store, TABLE, site, now)

    after = stories(store)
    assert after[3] == after[4] == after[5] == before[3]
    assert storybook.current(store, before[4]) == before[3]
    assert storybook.story(store, before[4]).id == before[3]
    assert storybook.aliases(store) == {before[4]: before[3]}


def test_articles_that_an_editor_took_apart_stay_apart(
    store: Store, site: Site, now: datetime
) -> None:
    before = stories(store)
    assert before[1] == before[2]

    made = storybook.split(store, before[1], {2}, (), now)
    write(store, {5: "Truce in southern Syria: Israel sees it hold"}, now)
    intake.take_in(store, TABLE, site, now)

    after = stories(store)
    assert (after[1], after[2]) == (before[1], made.id)
    assert after[5] in (after[1], after[2])


def test_an_article_that_was_mailed_is_not_split_off(store: Store, now: datetime) -> None:
    before = stories(store)

    with pytest.raises(StoryError, match="article 2 was mailed in story"):
        storybook.split(store, before[1], {2}, {2}, now)
    with pytest.raises(StoryError, match="merge the two"):
        storybook.pin(store, 2, before[3], {2}, now)
    assert stories(store) == before


def test_a_pinned_article_stays_where_the_editor_put_it(
    store: Store, site: Site, now: datetime
) -> None:
    before = stories(store)

    storybook.pin(store, 2, before[3], (), now)
    write(store, {5: "Truce in southern Syria: Israel sees it hold"}, now)
    intake.take_in(store, TABLE, site, now)

    after = stories(store)
    assert after[2] == after[3] == before[3]
    assert after[5] == after[1] == before[1]


def test_what_cannot_be_is_said_in_words(store: Store, now: datetime) -> None:
    before = stories(store)

    with pytest.raises(StoryError, match="no story 99"):
        storybook.merge(store, before[1], 99, now)
    with pytest.raises(StoryError, match="one story already"):
        storybook.merge(store, before[1], before[1], now)
    with pytest.raises(StoryError, match="is not in story"):
        storybook.split(store, before[1], {3}, (), now)
    with pytest.raises(StoryError, match="no article would be left"):
        storybook.split(store, before[1], {1, 2}, (), now)


def test_live_stories_are_those_that_something_joined_lately(store: Store, now: datetime) -> None:
    before = stories(store)

    found = storybook.live(store, now - timedelta(hours=26, minutes=30))

    assert [story.id for story in found] == sorted({before[4]})
    assert [story.id for story in storybook.live(store, now - timedelta(days=3))] == sorted(
        set(before.values())
    )


def test_an_article_known_for_a_day_does_not_change_its_story_by_itself(
    store: Store, site: Site, now: datetime
) -> None:
    before = stories(store)
    later = now + timedelta(days=2)

    named = (TITLES[3], TITLES[4])
    store.save([Draft(source="test", source_key="9", title="Harvest and vote", related=named)])
    intake.take_in(store, TABLE, site, later)

    after = stories(store)
    assert {number: after[number] for number in before} == before


def test_where_much_is_live_a_new_article_joins_as_it_comes_and_is_looked_at_before_the_digest(
    store: Store, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "WINDOW_SMALL", 1)
    monkeypatch.setattr(grouping, "SHARE_NEW", 1.0)
    write(store, {5: "Truce in southern Syria: Israel sees it hold"}, now)
    write(store, {6: "Ferry takes a new captain"}, now)

    intake.take_in(store, TABLE, site, now)
    streamed = stories(store)
    grouping.repair(store, now)

    assert streamed[5] == streamed[1]
    assert streamed[6] not in {streamed[number] for number in range(1, 6)}
    assert stories(store) == streamed
    assert store.cursor(grouping.JOB) == 0


def test_a_desk_that_runs_finds_the_stories_that_one_started_anew_finds(
    store: Store, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "WINDOW_SMALL", 1)
    monkeypatch.setattr(grouping, "SHARE_NEW", 1.0)
    anew = store.copy()
    come = (
        {5: "Truce in southern Syria: Israel sees it hold"},
        {6: "Ferry takes a new captain"},
        {6: "Wheat: no harvest was ever smaller in decades", 7: "Ferry has a captain again"},
        {8: "A new captain for the ferry", 9: "The smallest wheat harvest in decades"},
    )

    found, remembered = [], []
    for desk in (store, anew):
        for titles in come:
            if desk is anew:
                grouping.LAST.clear()  # what a process remembers
            write(desk, titles, now)
            intake.take_in(desk, TABLE, site, now)
            remembered += grouping.LAST
        found.append(stories(desk))
    anew.close()

    assert found[0] == found[1]
    assert len({found[0][number] for number in (1, 3, 7)}) == 3
    first, second, third, fourth = remembered[:4]
    assert first is second
    assert second is not third  # an article had been corrected
    assert third is fourth
