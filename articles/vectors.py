"""English headlines in, how alike their words are used at large out. Reads its vectors once.

The extra `vectors` (wordllama) brings 16 MB of static word vectors: "shares" and "stocks" are used
alike, so two headlines can be alike that share no word. Without the extra nothing is said here.
Other languages it finds alike for being foreign, and of a full text the words themselves say more:
so it is asked about short English articles alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from articles.model import Article

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

#: What of an article is read: a headline and a paragraph; what has more is not asked about.
LETTERS_MAX = 500

#: A cosine counts from so many standard deviations above the usual of both, and is full at these:
#: headlines of one trade are all somewhat alike.
DEVIATIONS = (2.0, 6.0)

#: Few headlines do not tell what is usual: as if so many others had been seen, of this mean and
#: deviation, and no deviation is smaller than that.
HEADLINES_BEFORE = 100
MEAN_BEFORE = 0.05
DEVIATION_BEFORE = 0.1
DEVIATION_MIN = 0.05

#: The share of this likeness where there is only a headline.
SHARE = 0.2

#: Headlines embedded at a time: bounds the memory.
BATCH = 1_000


@dataclass(frozen=True, eq=False)
class Usage:
    """Unit rows; the mean and the deviation of each one's cosines; how far each is believed."""

    rows: Floats
    means: Floats
    deviations: Floats
    trust: Floats  # 0..1

    def part(self, first: int, last: int) -> Usage:
        """Some of the articles; what is usual stays what it is among all."""
        at = slice(first, last)
        return Usage(self.rows[at], self.means[at], self.deviations[at], self.trust[at])

    def blend(self, likeness: Floats, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Give `likeness`, of `rows` with `columns`, its share of how alike words are used."""
        one, other = slice(*rows), slice(*columns)
        share = np.float32(SHARE) * self.trust[one, None] * self.trust[None, other]
        if not share.any():
            return
        used = self.rows[one] @ self.rows[other].T
        used -= (self.means[one, None] + self.means[None, other]) / 2
        used /= np.sqrt(self.deviations[one, None] * self.deviations[None, other])
        used = (used - np.float32(DEVIATIONS[0])) / np.float32(DEVIATIONS[1] - DEVIATIONS[0])
        likeness += share * (np.clip(used, 0, 1) - likeness)


def usage(
    articles: Sequence[Article], headlines: Sequence[str], shortness: Doubles
) -> Usage | None:
    """How `articles` use words, if the extra is there; `shortness` is 1 for a headline alone, 0 for
    a full text."""
    english = np.array([_is_english(article) for article in articles], dtype=bool)
    trust = np.where(english, shortness, 0).astype(np.float32)
    asked = np.flatnonzero(trust)
    model = _model() if len(asked) > 1 else None
    if model is None:
        return None
    texts = [f"{headlines[at]}. {articles[at].body_text}"[:LETTERS_MAX] for at in asked.tolist()]
    parts = [model.embed(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    return _usage(np.concatenate(parts), asked, trust)


def _usage(embedded: Floats, asked: npt.NDArray[np.int64], trust: Floats) -> Usage:
    known = embedded / np.maximum(np.linalg.norm(embedded, axis=1, keepdims=True), 1e-6)
    others = len(known) - 1 + HEADLINES_BEFORE
    mean = (known @ known.sum(axis=0) - 1 + HEADLINES_BEFORE * MEAN_BEFORE) / others
    # The mean square of a row's cosines, without a table of each with each.
    squares = np.einsum("ij,ij->i", known @ (known.T @ known), known) - 1
    before = HEADLINES_BEFORE * (DEVIATION_BEFORE**2 + MEAN_BEFORE**2)
    deviation = np.sqrt(np.maximum((squares + before) / others - mean**2, DEVIATION_MIN**2))
    rows = np.zeros((len(trust), known.shape[1]), np.float32)
    means, deviations = np.zeros_like(trust), np.ones_like(trust)
    rows[asked], means[asked], deviations[asked] = known, mean, deviation
    return Usage(rows, means, deviations, trust)


def _is_english(article: Article) -> bool:
    language = article.language.partition("-")[0].casefold()
    return language == "en" or (not language and article.title.isascii())


@cache
def _model() -> Any:
    """wordllama with the vectors of its own wheel, if it is installed. Nothing is downloaded."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        import wordllama
    except ImportError:
        return None
    finally:  # it sets the program's logging up, which is not a library's to do
        root.handlers[:] = handlers
        root.setLevel(level)
    # Its wheel has the tokenizer in a folder where load() looks only if told that it is a cache.
    home = Path(str(wordllama.__file__)).parent
    return wordllama.WordLlama.load(cache_dir=home, disable_download=True)
