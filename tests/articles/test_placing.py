"""Whose word places an article, and what a change of the table or of an editor's mind moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from articles import decisions, intake, placing
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Accepted, Store

TABLE = RegionTable.load()
TakeIn = Callable[..., None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "store.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    yield store
    store.close()


@pytest.fixture
def take_in(store: Store, site: Site, now: datetime) -> TakeIn:
    """Save a draft for each set of fields and take them in."""

    def run(*several: dict[str, Any], table: RegionTable = TABLE) -> None:
        store.save(draft(**fields) for fields in several)
        intake.take_in(store, table, site, now)

    return run


def draft(key: str = "1", **fields: Any) -> Draft:
    return Draft(
        **{
            "source": "test",
            "source_key": key,
            "title": "Damascus reopens its river port",
            "body_text": "The port of the Syrian capital opened again.",
            "published_at": "2026-11-22T05:00:00Z",
        }
        | fields
    )


def present(store: Store, number: int = 1) -> Accepted:
    accepted = store.accepted(number)
    assert accepted is not None
    return accepted


def test_an_editors_word_wins_and_the_feeds_follow(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})
    before, (seq, _) = present(store).article, store.changed_regions(0)

    placing.decide(store, TABLE, site, 1, ["LB", "sahel"], now + timedelta(hours=1))

    after = present(store).article
    assert after.regions[0] == "lebanon"
    assert "sahel" in after.regions
    assert "syria" not in after.regions
    assert {"syria", "lebanon", "sahel"} <= set(store.changed_regions(seq)[1])
    assert store.region_articles("syria", limit=5) == ()
    assert [p.origin for p in store.placements(1)] == ["editor", "editor"]
    assert (after.id, after.updated_at, after.revision) == (
        before.id,
        before.updated_at,
        before.revision,
    )


def test_an_editors_word_outlives_new_words_and_a_second_import(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})
    placing.decide(store, TABLE, site, 1, ["LB"], now)

    take_in({"title": "Damascus reopens its port, corrected"})

    assert present(store).article.regions[0] == "lebanon"


def test_a_later_word_of_the_content_system_wins(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({"regions": ("SY",)})
    placing.decide(store, TABLE, site, 1, ["LB"], now)
    take_in({"title": "Damascus reopens", "regions": ("SY",)})
    assert present(store).article.regions[0] == "lebanon"

    take_in({"regions": ("TR",)})

    assert present(store).article.regions[0] == "turkey"


def test_an_editor_can_say_that_an_article_is_nowhere_and_take_it_back(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})

    placing.decide(store, TABLE, site, 1, [], now)
    nowhere = present(store).article.regions
    placing.decide(store, TABLE, site, 1, None, now)

    assert nowhere == ()
    assert present(store).article.regions[0] == "syria"
    assert decisions.kept(store) == ()


def test_a_decision_is_kept_with_the_words_it_was_made_on(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})
    placing.decide(store, TABLE, site, 1, ["LB"], now)
    take_in({"title": "Something else", "body_text": "Nothing of it is left."})

    (kept,) = decisions.kept(store)

    assert kept.article.title == "Damascus reopens its river port"
    assert (kept.codes, kept.proposed, kept.decided_at) == (("LB",), ("SY",), now)


def test_an_article_that_was_deleted_cannot_be_placed(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})
    store.db.execute("DELETE FROM articles")

    with pytest.raises(placing.UnknownArticleError, match="article 1 is not in the store"):
        placing.decide(store, TABLE, site, 1, ["LB"], now)
    assert decisions.kept(store) == ()


# --- the queue


def test_what_nobody_is_sure_of_waits_until_an_editor_speaks(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    nowhere = {"title": "On solitude", "body_text": "It is quiet in here."}
    take_in({"key": "1"}, {"key": "2", **nowhere}, {"key": "3", **nowhere, "regions": ("FR",)})

    waiting = decisions.waiting(store, below=placing.SURE)
    placing.decide(store, TABLE, site, 2, [], now)

    assert [(each.number, each.proposed) for each in waiting] == [(2, ())]
    assert decisions.waiting(store, below=placing.SURE) == ()
    assert store.counts().without_region == 0


def test_a_doubtful_proposal_waits_with_its_score(
    store: Store, take_in: TakeIn, now: datetime
) -> None:
    take_in({})

    (waiting,) = decisions.waiting(store, below=1.0)

    ((code, score),) = waiting.proposed
    assert code == "SY"
    assert 0.5 < score < 1


# --- a change of the table


def test_a_new_region_of_the_operator_fills_from_what_is_there(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({"key": "1"}, {"key": "2", "regions": ("LB",)})
    placing.retag(store, TABLE, site, now)
    before = present(store).article

    moved, left = placing.retag(store, RegionTable.load(own={"ours": ["SY", "LB"]}), site, now)

    assert (moved, left) == (2, 0)
    assert {a.number for a in store.region_articles("ours", limit=5)} == {1, 2}
    after = present(store).article
    assert (after.id, after.updated_at) == (before.id, before.updated_at)
    assert store.placements(2)[0].origin == "editor"


def test_a_new_meaning_of_a_word_moves_proposals_and_no_editors_choice(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    told = {"title": "Rojava votes", "body_text": "Rojava voted on Sunday."}
    take_in({"key": "1", **told}, {"key": "2", **told})
    placing.decide(store, TABLE, site, 2, ["IQ"], now)

    placing.retag_all(store, RegionTable.load(words={"Rojava": "SY"}), site, now)

    assert present(store, 1).article.regions[0] == "syria"
    assert present(store, 2).article.regions[0] == "iraq"


def test_the_same_table_is_gone_through_once(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({})
    placing.retag_all(store, TABLE, site, now)
    store.db.execute("UPDATE accepted SET regions = '[]'")  # would be mended by another look

    assert placing.retag(store, RegionTable.load(), site, now) == (0, 0)
    assert present(store).article.regions == ()


def test_a_long_look_goes_on_where_the_last_sweep_ended(
    store: Store,
    take_in: TakeIn,
    site: Site,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_in(*({"key": str(n), "url": f"https://news.example.org/{n}"} for n in range(5)))
    monkeypatch.setattr(placing, "RETAG_BATCH", 2)
    monkeypatch.setattr(placing, "RETAG_SWEEP", 2)
    table = RegionTable.load(own={"ours": ["SY"]})

    sweeps = [placing.retag(store, table, site, now) for _ in range(4)]

    assert sweeps == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert len(store.region_articles("ours", limit=9)) == 5


def test_another_home_country_is_another_table(
    store: Store, take_in: TakeIn, site: Site, now: datetime
) -> None:
    take_in({"title": "Council votes on parking", "body_text": "Fees rise in May."})
    at_home = Site(name=site.name, url=site.url, public_url=site.public_url, home="NL")

    placing.retag_all(store, TABLE, at_home, now)

    assert present(store).article.regions[0] == "netherlands"
