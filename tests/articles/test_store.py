"""The store by itself: what is written once stays, what is asked comes back in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from articles import database
from articles.model import Article, Draft, Placement, Span
from articles.store import Accepted, Store, moment, stamp

Make = Callable[..., Article]
DAMASCUS = Span("title", 0, 8, "Damascus", "capital")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "store.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    yield store
    store.close()


def accept(store: Store, article: Article, now: datetime, state: str = "live") -> None:
    with database.write(store.db):
        store.accept(
            Accepted(article=article, state=state, first_seen_at=now),  # type: ignore[arg-type]
            [Placement(code="SY", origin="tagger", score=0.8, evidence=(DAMASCUS,))],
            store.accepted(article.number),
            now,
        )


def test_a_desk_is_named_once(store: Store) -> None:
    store.name_desk("other.example.org", "2027-01-01")

    assert store.named_on() == "2026-11-01"


def test_a_draft_comes_back_as_it_was_written(store: Store) -> None:
    draft = Draft(
        title="Zoë\u2019s port",
        source="test",
        source_key="1",
        authors=("Ines Halvorsen", "Tomas Ødegaard"),
        tags=("ports & ships",),
        regions=("SY",),
        correction="It was nine, not ten.",
    )

    store.save([draft])

    assert store.draft(1) == ("tag:news.example.org,2026-11-01:article/1", draft)
    assert store.draft(2) is None


def test_drafts_without_a_key_are_always_new(store: Store) -> None:
    assert store.save([Draft(title="One"), Draft(title="One")]) == ["new", "new"]


def test_an_accepted_article_comes_back_whole(
    store: Store, make_article: Make, now: datetime
) -> None:
    article = make_article(regions=("syria", "middle-east"), tags=("ports",))

    accept(store, article, now)

    found = store.accepted(article.number)
    assert found is not None
    assert found.article == article
    assert store.placements(article.number)[0].evidence == (DAMASCUS,)


def test_the_newest_of_a_region_come_first_and_only_its_own(
    store: Store, make_article: Make, now: datetime
) -> None:
    for hours, region in ((3, "syria"), (1, "syria"), (2, "mali")):
        accept(store, make_article(f"{hours} hours", hours_ago=hours, regions=(region,)), now)

    titles = [article.title for article in store.region_articles("syria", limit=9)]

    assert titles == ["1 hours", "3 hours"]
    assert [a.title for a in store.region_articles("all", limit=2)] == ["1 hours", "2 hours"]
    live = {name: count for name, count in store.live_regions().items() if "_" not in name}
    assert live == {"all": 3, "mali": 1, "syria": 2}


def test_only_feeds_that_changed_are_named(store: Store, make_article: Make, now: datetime) -> None:
    accept(store, make_article(regions=("syria",)), now)
    seq, _ = store.changed_regions(0)

    accept(store, make_article(regions=("mali",)), now + timedelta(minutes=1))

    filed = ("author_ines_halvorsen", "language_en")
    assert store.changed_regions(seq) == (seq + 1, {"all", *filed, "mali"})
    assert store.regions_changed(["syria"])[1] == now


def test_held_and_withdrawn_articles_are_in_no_feed_and_no_digest(
    store: Store, make_article: Make, now: datetime
) -> None:
    for state in ("held", "withdrawn"):
        accept(store, make_article(regions=("syria",)), now, state)

    assert store.live_regions() == {}
    assert store.live_between(now - timedelta(days=9), now + timedelta(days=9)) == ()
    assert store.articles([1, 2]) == {}


def test_a_copy_in_memory_can_be_changed_without_harm(
    store: Store, make_article: Make, now: datetime
) -> None:
    accept(store, make_article(), now)

    copy = store.copy()
    accept(copy, make_article(), now)

    assert (store.counts().live, copy.counts().live) == (1, 2)
    copy.close()


def test_times_sort_as_text_and_come_back() -> None:
    winter = datetime(2026, 11, 22, 7, 0, 5, 999, tzinfo=UTC)

    assert stamp(winter) == "2026-11-22T07:00:05Z"
    assert moment(stamp(winter)) == winter.replace(microsecond=0)


def test_thousands_of_articles_are_asked_for_at_once(
    store: Store, make_article: Make, now: datetime
) -> None:
    accept(store, make_article(number=7), now)

    assert set(store.articles(range(50_000))) == {7}


def test_what_was_live_before_a_correction_is_kept(
    store: Store, make_article: Make, now: datetime
) -> None:
    accept(store, make_article("Ten ships", number=1), now)
    accept(store, make_article("Nine ships", number=1, revision=2), now)

    kept = store.db.execute("SELECT revision, document FROM revisions").fetchall()

    assert [(revision, json.loads(document)["title"]) for revision, document in kept] == [
        (1, "Ten ships")
    ]
