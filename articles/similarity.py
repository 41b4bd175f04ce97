"""Bags of terms in, sparse unit vectors and their cosines out. Pure; numpy only."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

#: Entries looked at in one step: bounds the memory that a block of rows takes to some tens of MB.
ENTRIES_MAX = 1_000_000

#: Inverse document frequencies are counted as if so many other articles had been seen: in a
#: collection of four articles no word is rare. Where it is known which terms are usual in articles
#: at large, it is trusted as so many of them would be.
ARTICLES_BEFORE = 50
ARTICLES_KNOWN = 500

#: Rows sorted at a time, for the same reason.
ROWS_PACKED = 1_000

#: Terms in more than this share of rows (and in 64) are multiplied densely: long postings are slow.
COMMON_SHARE = 1 / 30


@dataclass(frozen=True, eq=False)
class Vectors:
    """Sparse rows of unit length, or empty; row i holds terms[starts[i]:starts[i + 1]]."""

    starts: Longs
    terms: Ints
    weights: Floats
    vocabulary: int

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def part(self, first: int, last: int) -> Vectors:
        """Some of the rows."""
        entries = slice(int(self.starts[first]), int(self.starts[last]))
        starts = self.starts[first : last + 1] - self.starts[first]
        return Vectors(starts, self.terms[entries], self.weights[entries], self.vocabulary)

    @cached_property
    def owners(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.count, dtype=np.int32), np.diff(self.starts))

    def cosines(self, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
        """The cosines of rows[0]..rows[1]-1 with columns[0]..columns[1]-1."""
        found = np.empty((rows[1] - rows[0], columns[1] - columns[0]), np.float32)
        at = rows[0]
        while at < rows[1]:
            fits = int(np.searchsorted(self._cost, self._cost[at] + ENTRIES_MAX, side="right")) - 1
            until = min(max(fits, at + 1), rows[1])
            found[at - rows[0] : until - rows[0]] = self._block(at, until, *columns)
            at = until
        return found

    def onward(self, first: int, last: int) -> Floats:
        """The cosines of rows first..last-1 with these and all later ones, each pair once: what is
        left of the diagonal is its mirror image."""
        found = np.empty((last - first, self.count - first), np.float32)
        at = first
        while at < last:
            fits = int(np.searchsorted(self._cost_onward, self._cost_onward[at] + ENTRIES_MAX)) - 1
            until = min(max(fits, at + 1), last)
            rows = found[at - first : until - first]
            rows[:, at - first :] = self._block_onward(at, until)
            at = until
        square = found[:, : last - first]
        square[:] = np.triu(square) + np.triu(square, 1).T
        return found

    def _block_onward(self, first: int, last: int) -> Floats:
        entries = np.arange(self.starts[first], self.starts[last])
        entries = entries[self._columns[self.terms[entries]] < 0]
        begin = self._places[entries]
        counts = self._postings.starts[self.terms[entries] + 1] - begin
        return self._products(entries, begin, counts, (first, last), (first, self.count))

    def _block(self, first: int, last: int, low: int, high: int) -> Floats:
        """`cosines`, by the postings of rare terms and one dense product for the common ones."""
        entries = np.arange(self.starts[first], self.starts[last])
        entries = entries[self._columns[self.terms[entries]] < 0]
        terms = self.terms[entries].astype(np.int64) * (self.count + 1)
        begin = np.searchsorted(self._posting_keys, terms + low)
        counts = np.searchsorted(self._posting_keys, terms + high) - begin
        return self._products(entries, begin, counts, (first, last), (low, high))

    def _products(
        self,
        entries: Longs,
        begin: Longs,
        counts: Longs,
        rows: tuple[int, int],
        columns: tuple[int, int],
    ) -> Floats:
        """The cosines of `rows` with `columns`, of whose `entries` each meets so many postings."""
        height, width = rows[1] - rows[0], columns[1] - columns[0]
        at = ranges(begin, counts)
        starts = (self.owners[entries] - rows[0]).astype(np.int64) * width - columns[0]
        cells = np.repeat(starts, counts) + self._postings.terms[at]
        products = np.repeat(self.weights[entries], counts) * self._postings.weights[at]
        block = np.bincount(cells, weights=products, minlength=height * width)
        found: Floats = block.astype(np.float32).reshape(height, width)
        if self._dense.shape[1]:
            found += self._dense[slice(*rows)] @ self._dense[slice(*columns)].T
        return found

    @cached_property
    def _places(self) -> Longs:
        """Where in `_postings` each entry is."""
        places = np.empty(len(self.terms), np.int64)
        places[np.argsort(self.terms, kind="stable")] = np.arange(len(self.terms))
        return places

    @cached_property
    def _cost_onward(self) -> Longs:
        """The posting entries that `onward` looks at for all rows before each row."""
        rest = self._postings.starts[self.terms + 1] - self._places
        rest[self._columns[self.terms] >= 0] = 0
        return np.concatenate(([0], np.cumsum(rest)))[self.starts].astype(np.int64)

    @cached_property
    def _cost(self) -> Longs:
        """The posting entries of all rows before each row."""
        rare = np.diff(self._postings.starts)[self.terms]
        rare[self._columns[self.terms] >= 0] = 0
        return np.concatenate(([0], np.cumsum(rare)))[self.starts].astype(np.int64)

    @cached_property
    def _postings(self) -> Vectors:
        """The rows of each term: the transpose."""
        order = np.argsort(self.terms, kind="stable")
        frequency = np.bincount(self.terms, minlength=self.vocabulary)
        starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)
        return Vectors(starts, self.owners[order], self.weights[order], self.count)

    @cached_property
    def _posting_keys(self) -> Longs:
        """(term, row) of each posting as one number, ascending."""
        return self._postings.owners.astype(np.int64) * (self.count + 1) + self._postings.terms

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


def tfidf(
    bags: Iterable[Mapping[str, int]], *, terms_max: int, usual: Mapping[str, float] | None = None
) -> Vectors:
    """Each bag (term -> count) as its `terms_max` weightiest terms, at unit length.

    `usual` says in what share of all articles a term is, where that is known.
    """
    ids = _Ids()
    # Arrays, filled as bags are read: as dictionaries a window of full texts takes ten times more.
    said, times, sizes = array("i"), array("f"), array("q")
    for bag in bags:
        said.extend(map(ids.__getitem__, bag))
        times.extend(bag.values())
        sizes.append(len(bag))
    terms, counts = np.frombuffer(said, np.int32), np.frombuffer(times, np.float32)
    count = len(sizes)
    owners = np.repeat(np.arange(count, dtype=np.int32), np.frombuffer(sizes, np.int64))
    frequency = np.bincount(terms, minlength=len(ids))
    before = ARTICLES_BEFORE if usual is None else ARTICLES_KNOWN
    expected = before * np.array([(usual or {}).get(term, 0.0) for term in ids])
    idf = np.log((count + before) / (frequency + expected + 0.5)).astype(np.float32)
    weights = np.log1p(counts) * np.maximum(idf[terms], 0)
    return packed(owners, terms, weights, count=count, vocabulary=len(ids), terms_max=terms_max)


class _Ids(dict[str, int]):
    """term -> number, given when it is first asked for."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


def packed(
    owners: Ints, terms: Ints, weights: Floats, *, count: int, vocabulary: int, terms_max: int
) -> Vectors:
    """Rows of (row, term, weight) entries, rows ascending: the `terms_max` weightiest of each."""
    starts = np.searchsorted(owners, np.arange(count + 1))
    lengths = [np.zeros(1, np.int64)]
    kept: list[tuple[Ints, Floats]] = [(np.empty(0, np.int32), np.empty(0, np.float32))]
    for first in range(0, count, ROWS_PACKED):
        last = min(first + ROWS_PACKED, count)
        part = slice(int(starts[first]), int(starts[last]))
        rows = owners[part] - first
        length, heaviest, unit = _packed_part(
            rows, terms[part], weights[part], last - first, terms_max
        )
        lengths.append(length)
        kept.append((heaviest, unit))
    all_terms, all_weights = (np.concatenate(part) for part in zip(*kept, strict=True))
    return Vectors(np.concatenate(lengths).cumsum(), all_terms, all_weights, vocabulary)


def _packed_part(
    owners: Ints, terms: Ints, weights: Floats, count: int, terms_max: int
) -> tuple[Longs, Ints, Floats]:
    """(entries of each row, terms, unit weights) of some rows."""
    order = np.lexsort((terms, -weights, owners))
    owners, terms, weights = owners[order], terms[order], weights[order]
    starts = np.searchsorted(owners, np.arange(count))
    kept = (np.arange(len(owners)) - starts[owners] < terms_max) & (weights > 0)
    owners, terms, weights = owners[kept], terms[kept], weights[kept]
    squares = np.square(weights, dtype=np.float64)
    norms = np.sqrt(np.bincount(owners, weights=squares, minlength=count))
    unit = (weights / norms[owners]).astype(np.float32)
    return np.bincount(owners, minlength=count), terms.astype(np.int32), unit


def joined(one: Vectors, other: Vectors, shares: Floats) -> Vectors:
    """Rows whose cosine is the mean of the cosines of both, where a row has both.

    `shares` is the weight that `other` has in each row, 0..1.
    """
    lengths = np.stack([np.diff(one.starts), np.diff(other.starts)], axis=1)
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    has_both = (lengths > 0).all(axis=1)
    sizes = [np.where(has_both, np.sqrt(part), 1.0) for part in (1 - shares, shares)]
    terms, weights = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    for number, (vectors, offset) in enumerate(((one, 0), (other, one.vocabulary))):
        at = ranges(starts[number:-1:2], lengths[:, number])
        terms[at] = vectors.terms + np.int32(offset)
        weights[at] = vectors.weights * sizes[number][vectors.owners]
    return Vectors(starts[::2], terms, weights, one.vocabulary + other.vocabulary)


def ranges(starts: Longs, lengths: Longs) -> Longs:
    """starts[0], starts[0] + 1, ... (lengths[0] of them), starts[1], ...: slices end to end."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    laid: Longs = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)
    return laid
