"""Scored pairs in, groups out: best-first coherent link over a sparse graph. Pure; numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

#: Two links that differ by less are equal: sums taken in another order differ in the last digits.
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Pairs:
    """Scores (0..1) of pairs of 0..count-1, left < right, each pair once; others score nothing."""

    count: int
    left: Ints
    right: Ints
    scores: Floats


def coherent_link(
    pairs: Pairs, threshold: float, *, doubt: float = 0.0, factors: Doubles | None = None
) -> list[list[int]]:
    """Groups, joined best first for as long as the best link is `threshold` or more.

    The link of two groups is the mean score of all pairs between them, divided by how alike the
    members of each are among themselves. So the halves of a wide story meet as those of a narrow
    one do. How wide a group is, two or three articles say badly: it is counted as if `doubt` more
    were in it that are all the same. With 0 the link is the cosine of two centroids; the greater
    the doubt, the nearer it is to the average link.
    `factors` scale the links of each member; a group's is the geometric mean of its members'.
    Ties go to the smaller number.
    """
    forest = _Forest(pairs, doubt, np.ones(pairs.count) if factors is None else factors)
    waiting = [(-forest.nearest(one)[1], one) for one in range(pairs.count)]
    heapify(waiting)
    while waiting:
        claimed, one = heappop(waiting)
        if not forest.alive(one):
            continue
        if -claimed < threshold:
            break
        other, link = forest.nearest(one)
        if link < -claimed - TIE:  # what it was nearest to has gone elsewhere since
            heappush(waiting, (-link, one))
            continue
        for touched, reached in forest.merge(one, other, threshold):
            heappush(waiting, (-reached, touched))
    return forest.groups()


class _Forest:
    """Groups under way: each is known by its smallest member and holds its scores to the others."""

    def __init__(self, pairs: Pairs, doubt: float, factors: Doubles) -> None:
        self._doubt = doubt
        self._group = np.arange(pairs.count)
        self._size = np.ones(pairs.count)
        self._likeness = np.ones(pairs.count)  # mean score among all of a group, itself included
        self._logs = np.log(factors)
        self._weight = factors.copy()  # what the mean score to another group is multiplied by
        both = np.concatenate([pairs.left, pairs.right])
        order = np.argsort(both, kind="stable")
        others = np.concatenate([pairs.right, pairs.left])[order]
        scores = np.concatenate([pairs.scores, pairs.scores])[order]
        starts = np.searchsorted(both[order], np.arange(pairs.count + 1)).tolist()
        self._others = [others[a:b] for a, b in pairwise(starts)]
        self._sums = [scores[a:b] for a, b in pairwise(starts)]
        self._members: list[list[int]] = [[number] for number in range(pairs.count)]
        self._merges = np.zeros(pairs.count, np.int64)  # how often each group has taken one in
        self._best = np.zeros(pairs.count)  # the link of each to what was nearest when last seen,
        self._nearest = np.full(pairs.count, -1)  # that group,
        self._seen = np.full(pairs.count, -1)  # and its number of merges then

    def alive(self, group: int) -> bool:
        return bool(self._members[group])

    def nearest(self, group: int) -> tuple[int, float]:
        """The group of the best link to `group`, and that link; -1 where there is none."""
        known = self._nearest[group]
        if known < 0 or self._merges[known] != self._seen[group] or not self._members[known]:
            others, links = self._links(group)
            best = links.max(initial=0.0)
            known = int(others[links >= best - TIE][0]) if len(others) else -1
            self._remember(group, known, best)
        return int(known), float(self._best[group])

    def _remember(self, group: int | Longs, nearest: int, link: float | Doubles) -> None:
        self._best[group], self._nearest[group] = link, nearest
        self._seen[group] = self._merges[nearest] if nearest >= 0 else -1

    def merge(self, one: int, other: int, threshold: float) -> list[tuple[int, float]]:
        """The groups whose best link this may have raised, with that link; the merged one first."""
        kept, gone = min(one, other), max(one, other)
        between = self._between(kept, gone)
        size = self._size[kept] + self._size[gone]
        whole = self._likeness[kept] * self._size[kept] ** 2
        whole += self._likeness[gone] * self._size[gone] ** 2 + 2 * between
        self._likeness[kept], self._size[kept] = whole / size**2, size
        self._logs[kept] += self._logs[gone]
        wide = (1 - self._likeness[kept]) * size / (size + self._doubt)
        self._weight[kept] = np.exp(self._logs[kept] / size) / np.sqrt(1 - wide)
        self._others[kept] = np.concatenate([self._others[kept], self._others[gone]])
        self._sums[kept] = np.concatenate([self._sums[kept], self._sums[gone]])
        self._others[gone], self._sums[gone] = self._others[gone][:0], self._sums[gone][:0]
        self._group[self._members[gone]] = kept
        self._members[kept] += self._members[gone]
        self._members[gone] = []
        self._merges[kept] += 1
        self._nearest[kept] = -1
        best = self.nearest(kept)[1]
        others, links = self._links(kept)
        raised = (links > self._best[others] + TIE) & (links >= threshold)
        self._remember(others[raised], kept, links[raised])
        touched = zip(others[raised].tolist(), links[raised].tolist(), strict=True)
        return [(kept, best), *touched]

    def groups(self) -> list[list[int]]:
        return [sorted(members) for members in self._members if members]

    def _links(self, group: int) -> tuple[Longs, Doubles]:
        """The groups that share scores with `group`, ascending, and the links to them."""
        others, sums = self._settled(group)
        links = sums / (self._size[others] * self._size[group])
        links *= self._weight[others] * self._weight[group]
        return others, links

    def _between(self, one: int, other: int) -> float:
        others, sums = self._settled(one)
        return float(sums[others == other].sum())

    def _settled(self, group: int) -> tuple[Longs, Doubles]:
        """The summed scores of `group` by the groups that the others are in by now."""
        now = self._group[self._others[group]]
        others, inverse = np.unique(now, return_inverse=True)
        sums = np.bincount(inverse, weights=self._sums[group], minlength=len(others))
        outside = others != group
        self._others[group], self._sums[group] = others[outside], sums[outside]
        return others[outside], sums[outside]
