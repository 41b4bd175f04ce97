"""How alike articles are in, the pairs worth a look out: by neighbours, time and background. Pure.

Each article borrows the words of its nearest neighbours first, so that two who say the same
differently meet through a third. Time fades a likeness, and what all articles around have in common
is background.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from articles.linkage import Pairs

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Floats16 = npt.NDArray[np.float16]
Doubles = npt.NDArray[np.float64]

#: An article borrows from so many neighbours at most, if they are at least so near.
NEIGHBOURS = 20
NEIGHBOUR_MIN = 0.03
#: Two alone in a small collection are nearest to each other, and that says little: neighbours lend
#: as if others had been published that were so near (squared), the fewer the more there are.
STRANGERS = 1.0

#: Articles in another language are never among the nearest, as all near them share their words: so
#: each borrows of so many in every other language as well, if they are at least so near: all
#: together this share of what its own lend. What all articles have in common makes some near in any
#: case, so they lend as if others were so near (squared).
FOREIGN_NEIGHBOURS = 2
FOREIGN_SHARE = 0.6
FOREIGN_MIN = 0.1
FOREIGN_STRANGERS = 0.02

#: What a neighbour lends less of is not worth the work.
SHARE_MIN = 0.02

#: The background of a time is the mean score of its pairs; what is above this is a story, not that.
BACKGROUND_CAP = 0.05
#: Among many languages little is alike: that of an article's own counts this much at least.
LANGUAGE_SHARE = 0.5
#: And a story told in many languages is less alike in itself: where all but a few articles around
#: are in others, the background counts for so much less.
FOREIGN_QUIET = 0.2
#: Less time than this is no company at all.
FADE_MIN = 1e-6
#: The background at which scores are taken as they are.
BACKGROUND_USUAL = 0.02
#: A small collection's background counts as if so many usual articles were in it.
BACKGROUND_ARTICLES = 60

#: Pairs below this score are as good as unrelated, and an article keeps so many of the others.
SCORE_MIN = 0.025
PARTNERS_MAX = 400

#: Cells of a block of scores: bounds its memory to some 10 MB.
CELLS_MAX = 750_000


class Neighbourhood:
    """Articles that are compared each with each."""

    def __init__(self, likeness: Floats16, days: Doubles, pace: Doubles, languages: Longs) -> None:
        self._likeness = likeness
        self._languages = languages
        self._days = days.astype(np.float32)
        self._pace = pace.astype(np.float32)
        self._count = len(days)
        self._step = max(1, CELLS_MAX // max(1, self._count))
        self._near, self._shares = self._neighbours()
        self._norms = self._lengths()

    def pairs(self) -> tuple[Pairs, Doubles]:
        """The pairs worth keeping, and how loud the background is around each article."""
        kept: list[tuple[Longs, Longs, Floats]] = []
        noise = np.zeros(self._count)
        for first, last in self._blocks():
            score = self._expanded(first, last)
            fade = self._fade(first, last)
            fade[np.arange(last - first), np.arange(first, last)] = 0  # none is its own company
            quiet = np.minimum(score, BACKGROUND_CAP) * fade
            alike = self._languages[first:last, None] == self._languages
            own = fade * alike
            noise[first:last] = np.maximum(
                _mean(quiet, fade), LANGUAGE_SHARE * _mean(quiet * alike, own)
            )
            foreign = 1 - own.sum(axis=1) / np.maximum(fade.sum(axis=1), FADE_MIN)
            noise[first:last] *= 1 - FOREIGN_QUIET * foreign
            score *= fade
            kept.append(_partners(np.triu(score[:, first:], 1), first))
        left, right, value = (np.concatenate(part) for part in zip(*kept, strict=True))
        pairs = Pairs(self._count, left.astype(np.int32), right.astype(np.int32), value)
        return pairs, noise

    def _blocks(self) -> Iterator[tuple[int, int]]:
        for first in range(0, self._count, self._step):
            yield first, min(first + self._step, self._count)

    def _fade(self, first: int, last: int) -> Floats:
        """What time leaves of a likeness: a third, if a pace lies between."""
        apart = np.abs(self._days[first:last, None] - self._days)
        faded: Floats = np.exp(-apart / np.maximum(self._pace[first:last, None], self._pace))
        return faded

    def _neighbours(self) -> tuple[Longs, Floats]:
        """The articles nearest to each, and what each lends: the square of its nearness, of one."""
        width = min(NEIGHBOURS, self._count)
        near = np.zeros((self._count, width), np.int64)
        nearness = np.zeros((self._count, width), np.float32)
        company = np.zeros((self._count, 1), np.float32)
        for first, last in self._blocks():
            fade = self._fade(first, last)
            company[first:last] = fade.sum(axis=1, keepdims=True)
            score = self._likeness[first:last] * fade
            score[np.arange(last - first), np.arange(first, last)] = 0
            top = np.sort(np.argpartition(-score, width - 1, axis=1)[:, :width], axis=1)
            near[first:last] = top
            nearness[first:last] = np.take_along_axis(score, top, axis=1)
        nearness[nearness < NEIGHBOUR_MIN] = 0
        shares = np.square(nearness)
        alone = STRANGERS / company
        shares /= shares.sum(axis=1, keepdims=True) + alone
        if (self._languages != self._languages[0]).any():
            foreign, lent = self._foreign(alone)
            near, shares = np.hstack([near, foreign]), np.hstack([shares, lent])
        order = np.argsort(-shares, axis=1, kind="stable")
        return np.take_along_axis(near, order, 1), np.take_along_axis(shares, order, 1)

    def _foreign(self, alone: Floats) -> tuple[Longs, Floats]:
        """The nearest articles in each other language, and what these lend, in the same way."""
        parts = [np.flatnonzero(self._languages == one) for one in np.unique(self._languages)]
        widths = [min(FOREIGN_NEIGHBOURS, len(part)) for part in parts]
        near = np.zeros((self._count, sum(widths)), np.int64)
        nearness = np.zeros(near.shape, np.float32)
        for first, last in self._blocks():
            score = self._likeness[first:last] * self._fade(first, last)
            score[self._languages[first:last, None] == self._languages] = 0
            at = 0
            for part, width in zip(parts, widths, strict=True):
                theirs = score[:, part]
                top = np.sort(np.argpartition(-theirs, width - 1, axis=1)[:, :width], axis=1)
                near[first:last, at : at + width] = part[top]
                nearness[first:last, at : at + width] = np.take_along_axis(theirs, top, axis=1)
                at += width
        nearness[nearness < FOREIGN_MIN] = 0
        shares = np.square(nearness)
        shares *= FOREIGN_SHARE / (shares.sum(axis=1, keepdims=True) + FOREIGN_STRANGERS + alone)
        return near, shares

    def _lengths(self) -> Floats:
        """The length of each article's vector after it borrowed."""
        members = np.concatenate([np.arange(self._count)[:, None], self._near], axis=1)
        shares = np.concatenate([np.ones((self._count, 1), np.float32), self._shares], axis=1)
        squares = np.zeros(self._count, np.float32)
        for one in range(members.shape[1]):
            for other in range(members.shape[1]):
                lent = shares[:, one] * shares[:, other]
                squares += lent * self._likeness[members[:, one], members[:, other]]
        return np.sqrt(np.maximum(squares, 1e-6))

    def _expanded(self, first: int, last: int) -> Floats:
        """The likenesses of a block of articles to all, both sides with their neighbours' words."""
        rows = self._likeness[first:last].astype(np.float32)
        for near, share in zip(self._near[first:last].T, self._shares[first:last].T, strict=True):
            lent = np.flatnonzero(share > SHARE_MIN)
            rows[lent] += share[lent, None] * self._likeness[near[lent]]
        # Column by column is row by row of the transpose, and rows lie together in memory.
        lines = np.ascontiguousarray(rows.T)
        score = lines.copy()
        for near, share in zip(self._near.T, self._shares.T, strict=True):
            lent = np.flatnonzero(share > SHARE_MIN)
            score[lent] += lines[near[lent]] * share[lent, None]
        score /= self._norms[:, None]
        score /= self._norms[first:last]
        return np.ascontiguousarray(score.T)


def _mean(scores: Floats, weights: Floats) -> Doubles:
    """The mean of each row, as if some usual scores were in it."""
    total = scores.sum(axis=1) + np.float32(BACKGROUND_USUAL * BACKGROUND_ARTICLES)
    mean: Doubles = total / (weights.sum(axis=1) + BACKGROUND_ARTICLES)
    return mean


def _partners(score: Floats, first: int) -> tuple[Longs, Longs, Floats]:
    """The pairs of a block that are worth keeping, as (left, right, score)."""
    worth = score >= SCORE_MIN
    for row in np.flatnonzero(worth.sum(axis=1) > PARTNERS_MAX):
        least = np.partition(score[row], -PARTNERS_MAX)[-PARTNERS_MAX]
        worth[row] &= score[row] >= least
        surplus = np.flatnonzero(worth[row])[PARTNERS_MAX:]  # ties: the nearest in time stay
        worth[row, surplus] = False
    left, right = np.nonzero(worth)
    return left + first, right + first, score[left, right]
