"""Editors' decisions about regions in, the same and the queue for more out. SQL; touches SQLite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import msgspec

from articles.model import Article
from articles.store import Store, moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an editor said of one article, and all that is needed to judge the tagger by it."""

    number: int
    decided_at: datetime
    codes: tuple[str, ...]  # as RegionTable.resolve gives them; () is "in no region"
    row_regions: tuple[str, ...]  # what the content system's row said then
    proposed: tuple[str, ...]  # codes, as the tagger had it
    article: Article  # the words it was said about


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An article whose region nobody is sure of."""

    number: int
    title: str
    published_at: datetime
    proposed: tuple[tuple[str, float], ...]  # codes and scores, the likeliest first


def keep(store: Store, decision: Decision) -> None:
    """Note a decision; it replaces an earlier one about the same article."""
    store.db.execute(
        "INSERT OR REPLACE INTO region_decisions VALUES (?, ?, ?, ?, ?, ?)",
        (
            decision.number,
            stamp(decision.decided_at),
            json.dumps(decision.codes),
            json.dumps(decision.row_regions, ensure_ascii=False),
            json.dumps(decision.proposed),
            msgspec.json.encode(decision.article).decode(),
        ),
    )


def forget(store: Store, number: int) -> None:
    """Leave the article to its row and the tagger again."""
    store.db.execute("DELETE FROM region_decisions WHERE article_id = ?", (number,))


def of(store: Store, number: int) -> Decision | None:
    """The decision about an article, if there is one."""
    row = store.db.execute(f"{_SELECT} WHERE article_id = ?", (number,)).fetchone()
    return _decision(row) if row else None


def kept(store: Store) -> tuple[Decision, ...]:
    """Every decision, in the order they were made."""
    return tuple(map(_decision, store.db.execute(f"{_SELECT} ORDER BY decided_at, article_id")))


def waiting(store: Store, *, below: float) -> tuple[Waiting, ...]:
    """Live articles no editor placed whose best proposal scores less than `below`, newest first."""
    rows = store.db.execute(
        """
        SELECT a.article_id, a.document ->> 'title', a.published_at, p.code, p.score
        FROM accepted a LEFT JOIN placements p USING (article_id)
        WHERE a.state = 'live'
          AND NOT EXISTS (SELECT 1 FROM placements q WHERE q.article_id = a.article_id
                                                       AND q.score >= ?)
          AND a.article_id NOT IN (SELECT article_id FROM region_decisions)
        ORDER BY a.published_at DESC, a.article_id DESC, p.rank
        """,
        (below,),
    )
    return tuple(
        Waiting(
            number=number,
            title=title,
            published_at=moment(published_at),
            proposed=tuple((code, score) for *_, code, score in proposals if code),
        )
        for (number, title, published_at), proposals in groupby(rows, key=itemgetter(0, 1, 2))
    )


# With which table the proposals were made.


def tagging(store: Store) -> tuple[str, int | None]:
    """(the table's fingerprint, the article up to which all are still to be looked at or None)."""
    row = store.db.execute("SELECT fingerprint, next_article FROM tagging").fetchone()
    return (str(row[0]), row[1]) if row else ("", None)


def note_tagging(store: Store, fingerprint: str, next_article: int | None) -> None:
    store.db.execute("INSERT OR REPLACE INTO tagging VALUES (1, ?, ?)", (fingerprint, next_article))


def last_article(store: Store) -> int | None:
    """The greatest number in the store, None where it is empty."""
    (number,) = store.db.execute("SELECT max(article_id) FROM accepted").fetchone()
    return None if number is None else int(number)


def articles_down_from(store: Store, number: int, limit: int) -> tuple[int, ...]:
    """Articles that are not withdrawn, from `number` downwards: the newest mostly come first."""
    rows = store.db.execute(
        """
        SELECT article_id FROM accepted WHERE article_id <= ? AND state <> 'withdrawn'
        ORDER BY article_id DESC LIMIT ?
        """,
        (number, limit),
    )
    return tuple(int(row[0]) for row in rows)


_SELECT = (
    "SELECT article_id, decided_at, regions, row_regions, proposed, document FROM region_decisions"
)


def _decision(row: Sequence[str | int]) -> Decision:
    number, decided_at, codes, row_regions, proposed, document = row
    return Decision(
        number=int(number),
        decided_at=moment(str(decided_at)),
        codes=tuple(json.loads(str(codes))),
        row_regions=tuple(json.loads(str(row_regions))),
        proposed=tuple(json.loads(str(proposed))),
        article=msgspec.json.decode(str(document), type=Article),
    )
