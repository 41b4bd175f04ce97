"""However much a newsroom edits, renames and moves: readers know each article again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import feedparser
import pytest

from articles.regions import RegionTable
from articles.store import Store

sys.path.append(str(Path(__file__).parent))
from edits import ARTICLES, Newsroom


@pytest.fixture
def newsroom(tmp_path: Path, table: RegionTable, now: datetime) -> Iterator[Newsroom]:
    store = Store.open(tmp_path / "store.db", create=True)
    newsroom = Newsroom(store, table, tmp_path / "public", now)
    newsroom.open()
    yield newsroom
    store.close()


def seen(newsroom: Newsroom, name: str) -> dict[str, str]:
    """Id and date of first publication of each entry, in a feed of either kind."""
    content = (newsroom.public / "feeds" / name).read_bytes()
    if name.endswith(".json"):
        items = json.loads(content)["items"]
        found = [(item["id"], item["date_published"]) for item in items]
    else:
        parsed = feedparser.parse(content)
        assert not parsed.bozo
        found = [(entry.id, str(entry.published_parsed[:6])) for entry in parsed.entries]
    assert len(dict(found)) == len(found), "an article stands there twice"
    return dict(found)


# benchmarks/identity.py makes a thousand, and shows them to feed readers with a memory.
@pytest.mark.slow
def test_after_a_hundred_edits_renames_and_moves_every_article_is_the_same_entry(
    newsroom: Newsroom,
) -> None:
    first = {name: seen(newsroom, name) for name in ("all.rss", "all.atom", "all.json")}

    for _ in newsroom.edits(100, together=25):
        for name, before in first.items():
            assert seen(newsroom, name) == before
        for name in ("syria.atom", "sahel.atom"):
            assert seen(newsroom, name).items() <= first["all.atom"].items()

    assert [len(found) for found in first.values()] == [ARTICLES] * 3
