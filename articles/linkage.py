"""Scored pairs in, groups out: average link over a sparse graph. Pure; numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Scores of pairs of 0..count-1, each pair once; a pair that is not named scores nothing."""

    count: int
    left: Longs
    right: Longs
    scores: Doubles


def average_link(pairs: Pairs, threshold: float) -> list[list[int]]:
    """Groups joined for as long as the mean score of all pairs between two of them is `threshold`.

    A nearest-neighbour chain: average link is reducible, so merging mutual nearest neighbours in
    any order gives the tree that merging best first would. Ties go to the smaller number.
    """
    forest = _Forest(pairs)
    waiting = set(range(pairs.count))
    for start in range(pairs.count):
        chain = [start] if start in waiting else []
        while chain:
            nearest, score = forest.nearest(chain[-1], chain[-2] if len(chain) > 1 else -1)
            if nearest < 0 or score < threshold:
                waiting.discard(chain.pop())  # nothing is near enough, nor will it be: it is done
            elif len(chain) > 1 and nearest == chain[-2]:
                right, left = chain.pop(), chain.pop()
                waiting.discard(max(left, right))
                kept = forest.merge(left, right)
                if not chain:
                    chain = [kept]
            else:
                chain.append(nearest)
    return forest.groups()


class _Forest:
    """Groups under way: each is known by its smallest member and holds its scores to the others."""

    def __init__(self, pairs: Pairs) -> None:
        self._group = np.arange(pairs.count)
        self._size = np.ones(pairs.count)
        both = np.concatenate([pairs.left, pairs.right])
        order = np.argsort(both, kind="stable")
        others = np.concatenate([pairs.right, pairs.left])[order]
        scores = np.concatenate([pairs.scores, pairs.scores])[order]
        cuts = np.searchsorted(both[order], np.arange(1, pairs.count))
        self._others = np.split(others, cuts) if pairs.count else []
        self._sums = np.split(scores, cuts) if pairs.count else []
        self._members: list[list[int]] = [[number] for number in range(pairs.count)]

    def nearest(self, group: int, preferred: int) -> tuple[int, float]:
        """The group of the highest mean score to `group`, and the score; -1 where there is none."""
        others, sums = self._settled(group)
        if not len(others):
            return -1, 0.0
        means = sums / (self._size[others] * self._size[group])
        best = means.max()
        near = others[means >= best - 1e-9]  # sums taken in another order differ in the last digits
        # A tie must go back along the chain, or the chain would run in a circle.
        return (preferred if preferred in near else int(near[0])), float(best)

    def merge(self, left: int, right: int) -> int:
        kept, gone = min(left, right), max(left, right)
        self._others[kept] = np.concatenate([self._others[kept], self._others[gone]])
        self._sums[kept] = np.concatenate([self._sums[kept], self._sums[gone]])
        self._others[gone], self._sums[gone] = self._others[gone][:0], self._sums[gone][:0]
        self._size[kept] += self._size[gone]
        self._group[self._members[gone]] = kept
        self._members[kept] += self._members[gone]
        self._members[gone] = []
        return kept

    def groups(self) -> list[list[int]]:
        return [sorted(members) for members in self._members if members]

    def _settled(self, group: int) -> tuple[Longs, Doubles]:
        """The scores of `group` by the groups that the others are in by now."""
        now = self._group[self._others[group]]
        others, inverse = np.unique(now, return_inverse=True)
        sums = np.bincount(inverse, weights=self._sums[group], minlength=len(others))
        outside = others != group
        self._others[group], self._sums[group] = others[outside], sums[outside]
        return self._others[group], self._sums[group]
