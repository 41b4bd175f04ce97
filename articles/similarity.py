"""Bags of terms in, sparse unit vectors and their cosines out. Pure; numpy only."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

#: Posting entries looked at in one step: bounds the memory of `cosines` to some tens of megabytes.
POSTINGS_MAX = 1_000_000

#: Cells of one block of cosines, for the same reason.
CELLS_MAX = 2_000_000

#: Inverse document frequencies are counted as if this many other articles had been seen: in a
#: collection of four articles no word is rare.
ARTICLES_BEFORE = 50

#: Terms in more than this share of articles (and in 64) are multiplied densely: postings that
#: long are slow.
COMMON_SHARE = 1 / 40


@dataclass(frozen=True, eq=False)
class Vectors:
    """`count` sparse rows of unit length (or empty); row i holds terms[starts[i]:starts[i + 1]]."""

    starts: Longs
    terms: Ints
    weights: Floats
    vocabulary: int

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def owners(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.count, dtype=np.int32), np.diff(self.starts))

    def cosines(self) -> Iterator[tuple[int, Floats]]:
        """(first row, its and the following rows' cosines with every row), in blocks."""
        step = max(1, CELLS_MAX // max(1, self.count))
        for first in range(0, self.count, step):
            yield first, self.cosines_of(first, min(first + step, self.count))

    def cosines_of(self, first: int, last: int) -> Floats:
        """The cosines of rows first..last-1 with every row."""
        found = np.empty((last - first, self.count), np.float32)
        cost = self._cost
        at = first
        while at < last:
            fits = int(np.searchsorted(cost, cost[at] + POSTINGS_MAX, side="right")) - 1
            until = min(max(fits, at + 1), last)
            found[at - first : until - first] = self._block(at, until)
            at = until
        return found

    @cached_property
    def _cost(self) -> Longs:
        """The posting entries of all rows before each row."""
        return np.concatenate(([0], np.cumsum(self._rare)))[self.starts].astype(np.int64)

    @cached_property
    def _rare(self) -> Longs:
        """For each entry, how many rows hold its term; 0 for common terms, which `_dense` holds."""
        rare = np.diff(self._postings.starts)[self.terms]
        rare[self._columns[self.terms] >= 0] = 0
        return rare

    @cached_property
    def _postings(self) -> Vectors:
        """The rows of each term: the transpose."""
        order = np.argsort(self.terms, kind="stable")
        frequency = np.bincount(self.terms, minlength=self.vocabulary)
        starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)
        return Vectors(starts, self.owners[order], self.weights[order], self.count)

    @cached_property
    def _columns(self) -> Ints:
        """Each common term's column in `_dense`; -1 for a rare one."""
        frequency = np.bincount(self.terms, minlength=self.vocabulary)
        is_common = frequency > max(64, self.count * COMMON_SHARE)
        columns = np.full(self.vocabulary, -1, np.int32)
        columns[is_common] = np.arange(is_common.sum())
        return columns

    @cached_property
    def _dense(self) -> Floats:
        table = np.zeros((self.count, int(self._columns.max(initial=-1)) + 1), np.float32)
        column = self._columns[self.terms]
        held = column >= 0
        table[self.owners[held], column[held]] = self.weights[held]
        return table

    def _block(self, first: int, last: int) -> Floats:
        part = slice(int(self.starts[first]), int(self.starts[last]))
        counts = self._rare[part]
        at = ranges(self._postings.starts[self.terms[part]], counts)
        cells = np.repeat((self.owners[part] - first).astype(np.int64) * self.count, counts)
        cells += self._postings.terms[at]
        products = np.repeat(self.weights[part], counts) * self._postings.weights[at]
        rows = last - first
        block = np.bincount(cells, weights=products, minlength=rows * self.count)
        found: Floats = block.astype(np.float32).reshape(rows, self.count)
        if self._dense.shape[1]:
            found += self._dense[first:last] @ self._dense.T
        return found


def vectors(bags: Iterable[Mapping[str, float]], *, terms_max: int) -> Vectors:
    """TF-IDF of each bag (term -> count), its `terms_max` weightiest terms, at unit length."""
    ids: dict[str, int] = {}
    # Arrays grow as bags are read: full texts held as dictionaries would take ten times as much.
    said, times, sizes = array("i"), array("f"), array("q")
    for bag in bags:
        said.extend([ids.setdefault(term, len(ids)) for term in bag])
        times.extend(bag.values())
        sizes.append(len(bag))
    terms = np.frombuffer(said, np.int32)
    counts = np.frombuffer(times, np.float32)
    count = len(sizes)
    owners = np.repeat(np.arange(count, dtype=np.int64), np.frombuffer(sizes, np.int64))
    frequency = np.bincount(terms, minlength=len(ids))
    idf = np.log((count + ARTICLES_BEFORE) / (frequency + 0.5)).astype(np.float32)
    weights = np.log1p(counts) * np.maximum(idf[terms], 0)
    return packed(owners, terms, weights, count=count, vocabulary=len(ids), terms_max=terms_max)


def packed(
    owners: Longs, terms: Ints, weights: Floats, *, count: int, vocabulary: int, terms_max: int
) -> Vectors:
    """Rows of (row, term, weight) entries: the `terms_max` weightiest of each, at unit length."""
    order = np.lexsort((terms, -weights, owners))
    owners, terms, weights = owners[order], terms[order], weights[order]
    starts = np.searchsorted(owners, np.arange(count + 1))
    rank = np.arange(len(owners)) - starts[owners]
    kept = (rank < terms_max) & (weights > 0)
    owners, terms, weights = owners[kept], terms[kept], weights[kept]
    starts = np.searchsorted(owners, np.arange(count + 1)).astype(np.int64)
    norms = np.sqrt(
        np.bincount(owners, weights=np.square(weights, dtype=np.float64), minlength=count)
    )
    unit = (weights / norms[owners]).astype(np.float32)
    return Vectors(starts, terms.astype(np.int32), unit, vocabulary)


def expanded(rows: Vectors, neighbours: Vectors, *, share: float, terms_max: int) -> Vectors:
    """Each row plus `share` of the weighted mean of its neighbours' rows."""
    pieces = []
    for first in range(0, rows.count, 1_000):
        last = min(first + 1_000, rows.count)
        pieces.append(_expanded_block(rows, neighbours, first, last, share, terms_max))
    starts = np.concatenate([[0], *(np.diff(piece.starts) for piece in pieces)]).cumsum()
    return Vectors(
        starts.astype(np.int64),
        np.concatenate([piece.terms for piece in pieces]) if pieces else rows.terms,
        np.concatenate([piece.weights for piece in pieces]) if pieces else rows.weights,
        rows.vocabulary,
    )


def _expanded_block(
    rows: Vectors, neighbours: Vectors, first: int, last: int, share: float, terms_max: int
) -> Vectors:
    near = slice(int(neighbours.starts[first]), int(neighbours.starts[last]))
    total = np.bincount(
        neighbours.owners[near] - first, weights=neighbours.weights[near], minlength=last - first
    )
    owners = neighbours.owners[near] - first
    factor = share * neighbours.weights[near] / np.maximum(total[owners], 1e-9)
    who = np.concatenate([np.arange(first, last), neighbours.terms[near]])
    into = np.concatenate([np.arange(last - first), owners])
    by = np.concatenate([np.ones(last - first), factor])
    lengths = np.diff(rows.starts)[who]
    at = ranges(rows.starts[who], lengths)
    keys = np.repeat(into.astype(np.int64), lengths) * rows.vocabulary + rows.terms[at]
    values = np.repeat(by, lengths) * rows.weights[at]
    unique, inverse = np.unique(keys, return_inverse=True)
    summed = np.bincount(inverse, weights=values, minlength=len(unique)).astype(np.float32)
    return packed(
        unique // max(1, rows.vocabulary),
        (unique % max(1, rows.vocabulary)).astype(np.int32),
        summed,
        count=last - first,
        vocabulary=rows.vocabulary,
        terms_max=terms_max,
    )


def ranges(starts: Longs, lengths: Longs) -> Longs:
    """starts[0], starts[0] + 1, ... (lengths[0] of them), then starts[1], ...: slices in a row."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    laid: Longs = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)
    return laid
