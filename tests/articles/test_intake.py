"""From rows that anybody wrote to articles with revisions, regions and stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from articles import intake
from articles.intake import Intake
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Accepted, Store

TABLE = RegionTable.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "store.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    yield store
    store.close()


@pytest.fixture
def take_in(store: Store, site: Site, now: datetime) -> Callable[..., Intake]:
    return lambda at=now: intake.take_in(store, TABLE, site, at)


def draft(key: str = "1", **fields: Any) -> Draft:
    return Draft(
        **{
            "source": "test",
            "source_key": key,
            "url": f"https://news.example.org/a/{key}",
            "title": "Damascus reopens its river port",
            "body_html": "<p>The port of the Syrian capital opened again.</p>",
            "published_at": "2026-11-22T05:00:00Z",
        }
        | fields
    )


def present(store: Store, number: int = 1) -> Accepted:
    accepted = store.accepted(number)
    assert accepted is not None
    return accepted


def test_an_article_gets_an_id_regions_and_a_story(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft()])

    took = take_in()

    article = store.region_articles("syria", limit=5)[0]
    assert took == Intake(accepted=1)
    assert article.id == "tag:news.example.org,2026-11-01:article/1"
    assert article.regions[0] == "syria"
    assert "middle-east" in article.regions
    assert article.story is not None
    assert store.live_regions()["all"] == 1


def test_a_row_that_a_cms_writes_with_only_a_title_and_a_body_is_published(
    store: Store, take_in: Callable[..., Intake], now: datetime
) -> None:
    store.db.execute(
        "INSERT INTO articles (title, body_text) VALUES ('Fog at sea', 'No ship sailed.')"
    )

    take_in()

    article = present(store).article
    assert article.published_at == now
    assert article.body_html == "<p>No ship sailed.</p>"


def test_a_second_run_finds_nothing_to_do(store: Store, take_in: Callable[..., Intake]) -> None:
    store.save([draft()])
    take_in()
    seq, _ = store.changed_regions(0)

    assert store.save([draft()]) == ["same"]
    assert take_in() == Intake()
    assert store.changed_regions(0)[0] == seq


def test_new_words_move_updated_and_never_published(
    store: Store, take_in: Callable[..., Intake], now: datetime
) -> None:
    store.save([draft()])
    take_in()

    store.save([draft(title="Damascus reopens its port", published_at="2026-11-22T06:00:00Z")])
    took = take_in(now + timedelta(hours=1))

    article = present(store).article
    assert took == Intake(revised=1)
    assert article.revision == 2
    assert article.published_at == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert article.updated_at == now + timedelta(hours=1)
    assert store.db.execute("SELECT revision FROM revisions").fetchall() == [(1,)]


def test_other_regions_change_the_feeds_but_not_updated(
    store: Store, take_in: Callable[..., Intake], now: datetime
) -> None:
    store.save([draft()])
    take_in()
    before = present(store).article
    seq = store.changed_regions(0)[0]

    store.save([draft(regions=("Lebanon",))])
    take_in(now + timedelta(hours=1))

    after = present(store).article
    assert (after.revision, after.updated_at) == (before.revision, before.updated_at)
    assert after.regions[0] == "lebanon"
    assert "syria" not in store.live_regions()
    assert {"syria", "lebanon", "all"} <= set(store.changed_regions(seq)[1])


def test_the_editors_region_wins(store: Store, take_in: Callable[..., Intake]) -> None:
    store.save([draft(regions=("sahel", "no such place"))])

    take_in()

    assert present(store).article.regions == ("sahel",)
    assert [(p.code, p.origin) for p in store.placements(1)] == [("sahel", "editor")]


def test_an_embargoed_article_waits_for_its_minute(
    store: Store, take_in: Callable[..., Intake], now: datetime
) -> None:
    store.save([draft(published_at="2026-11-22T09:30:00Z")])

    assert take_in().held == 1
    assert store.live_regions() == {}
    assert take_in(now + timedelta(hours=2, minutes=29)) == Intake()
    assert take_in(now + timedelta(hours=2, minutes=30)).accepted == 1
    assert store.live_regions()["syria"] == 1


@pytest.mark.parametrize(
    "leave",
    [
        "UPDATE articles SET status = 'withdrawn'",
        "UPDATE articles SET status = 'draft'",
        "DELETE FROM articles",
    ],
)
def test_an_article_that_is_taken_back_leaves_every_feed(
    store: Store, take_in: Callable[..., Intake], leave: str
) -> None:
    store.save([draft()])
    take_in()

    store.db.execute(leave)

    assert take_in().withdrawn == 1
    assert store.live_regions() == {}
    assert present(store).state == "withdrawn"
    assert take_in() == Intake()


def test_a_withdrawn_article_can_return_as_itself(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft()])
    take_in()
    before = present(store).article
    store.db.execute("UPDATE articles SET status = 'withdrawn'")
    take_in()

    store.db.execute("UPDATE articles SET status = 'published'")
    take_in()

    after = present(store).article
    assert (after.id, after.published_at) == (before.id, before.published_at)
    assert store.live_regions()["all"] == 1


def test_one_bad_article_never_costs_a_good_one(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save(
        [draft("1"), draft("2", title=" \x00 "), draft("3", title="Aleppo mends its bridge")]
    )

    took = take_in()

    assert took.accepted == 2
    assert [refusal.where for refusal in took.refused] == ["article 2"]
    assert "title" in took.refused[0].reason
    assert [number for number, _ in store.refusals()] == [2]


def test_an_edit_that_cannot_be_published_leaves_the_last_good_words_standing(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft()])
    take_in()

    store.save([draft(title="")])
    take_in()
    assert present(store).article.title == "Damascus reopens its river port"

    store.save([draft()])
    take_in()
    assert store.refusals() == ()


def test_two_rows_at_one_address_are_one_article(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft("1"), draft("2", url="https://news.example.org/a/1")])

    took = take_in()

    assert took.accepted == 1
    assert "is that of article 1 already" in took.refused[0].reason


def test_an_id_survives_a_new_slug_and_a_new_host(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft()])
    take_in()
    before = present(store).article

    store.save([draft(url="https://elsewhere.example.org/renamed")])
    take_in()

    after = present(store).article
    assert after.url == "https://elsewhere.example.org/renamed"
    assert (after.id, after.updated_at) == (before.id, before.updated_at)


def test_nobody_can_move_an_id(store: Store) -> None:
    import sqlite3

    store.save([draft()])

    with pytest.raises(sqlite3.IntegrityError, match="uri never changes"):
        store.db.execute("UPDATE articles SET uri = 'tag:other'")


def test_a_story_keeps_its_id_when_more_of_it_arrives(
    store: Store, take_in: Callable[..., Intake], now: datetime
) -> None:
    words = "The Karun ferry at Ahvaz sank in the storm; forty passengers reached the bank."
    store.save([draft("1", title="Karun ferry sinks at Ahvaz", body_text=words, body_html="")])
    take_in()
    first = present(store).article.story
    store.save(
        [
            draft(
                "2",
                title="Ahvaz counts the passengers of the sunk Karun ferry",
                body_text=words + " The captain was heard on Sunday.",
                body_html="",
                published_at="2026-11-22T06:00:00Z",
            )
        ]
    )

    take_in(now + timedelta(hours=1))

    assert [a.story for a in store.region_articles("all", limit=5)] == [first, first]


def test_what_a_dead_run_left_is_continued(
    store: Store, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_ARTICLES", 2)
    store.save([draft(str(n)) for n in range(1, 6)])

    def stop(done: int, _total: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.take_in(store, TABLE, site, now, progress=stop)
    took = intake.take_in(store, TABLE, site, now)

    assert took.accepted == 3
    assert store.live_regions()["all"] == 5
    assert store.ungrouped_span() is None


def test_the_log_of_changes_does_not_grow_for_ever(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.save([draft(str(n)) for n in range(9)])

    take_in()

    assert store.db.execute("SELECT count(*) FROM article_changes").fetchone() == (0,)


def test_a_careless_cms_may_write_null_where_it_has_nothing(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.db.execute(
        """
        INSERT INTO articles (title, body_text, url, authors, status, published_at)
        VALUES ('Fog at sea', 'No ship sailed.', NULL, NULL, NULL, NULL)
        """
    )
    store.db.execute("INSERT INTO articles (body_text) VALUES ('No headline.')")

    took = take_in()

    assert took.accepted == 1
    assert [refusal.where for refusal in took.refused] == ["article 2"]


def test_a_careless_cms_may_write_plain_text_where_lists_belong(
    store: Store, take_in: Callable[..., Intake]
) -> None:
    store.db.execute(
        """
        INSERT INTO articles (title, body_text, authors, regions)
        VALUES ('T', 'B', 'Ines H', 'Syria')
        """
    )

    take_in()

    article = present(store).article
    assert (article.authors, article.regions[0]) == (("Ines H",), "syria")
