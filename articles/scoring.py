"""Articles in, scored pairs out: how likely two of them tell the same event. Pure; numpy only.

Two articles are compared by their words (or the meanings of these, whatever the language) and by
the letters of their headlines; what a page calls related is believed. The rest is `neighbourhood`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from articles import frequencies, hints, similarity, vectors
from articles.fold import fold
from articles.linkage import Pairs
from articles.model import Article
from articles.neighbourhood import BACKGROUND_CAP, BACKGROUND_USUAL, CELLS_MAX, Neighbourhood
from articles.words import counted_terms, letter_runs

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Floats16 = npt.NDArray[np.float16]
Doubles = npt.NDArray[np.float64]

#: Of a body only the beginning is read: news says in its first paragraphs what it is about.
BODY_LETTERS_MAX = 2_500

#: The weightiest terms of an article, and runs of letters of its headline; more change no figure.
TERMS_MAX = 80
RUNS_MAX = 120

#: How much the letters of the headline count beside the words: half where there are no more terms
#: than the first of these, the second share where there are as many as the second.
SPELLED_TERMS = (30, 150)
SPELLED_SHARES = (0.5, 0.2)

#: How much of what a page calls related goes into likeness, before neighbours lend their words.
HINT_LIKENESS = 0.7

#: How many times a word of the headline counts, and one of the standfirst.
TITLE_WEIGHT = 3
STANDFIRST_WEIGHT = 2

#: So many articles at most are compared each with each, at two bytes a pair; more of them are cut
#: in two at the quietest moment, and a story across it is two.
SEGMENT_MAX = 7_500

#: Time is counted in the pace of the desk: some days, where so many articles come in PACE_SPAN_DAYS
#: or less. Where they take longer it is longer, and by more than they do: the stories of a busy
#: week fade in days, an archive of a few articles a month holds what belongs together over years.
PACE_ARTICLES = 60
PACE_DAYS_MIN = 5.0
PACE_SPAN_DAYS = 10.0
PACE_POWER = 1.5

#: Articles this many paces apart keep 2 % of their likeness: they are not compared at all.
PACES_MAX = 4.0

#: A background below this is taken for it: of five articles nothing can be said.
BACKGROUND_MIN = 0.006


@dataclass(frozen=True, eq=False)
class Scored:
    """Articles from the `first` on, as pairs worth a look (numbers count from it), and a factor for
    each: how much a score counts, the more the rarer such scores are around it."""

    first: int
    pairs: Pairs
    factors: Doubles


def scored(articles: Sequence[Article]) -> Iterator[Scored]:
    """The pairs of `articles`, which are in the order of time, by parts that time holds apart."""
    headlines = hints.headlines(articles)
    rows, usage = _vectors(articles, headlines)
    days = np.array([article.published_at.timestamp() / 86_400 for article in articles])
    languages, pace = _languages(articles), _pace(days)
    for first, last in _segments(days, pace):
        part = slice(first, last)
        believed = hints.related(articles[part])
        used = usage.part(first, last) if usage else None
        likeness = _likeness(rows.part(first, last), used, believed)
        pairs, noise = Neighbourhood(likeness, days[part], pace[part], languages[part]).pairs()
        del likeness  # as large as all else together, and of no use to who reads the pairs
        factors = _factors(noise, days[part], pace[part])
        yield Scored(first, _hinted(pairs, believed), factors)


def _likeness(
    rows: similarity.Vectors,
    used: vectors.Usage | None,
    believed: Mapping[tuple[int, int], float],
) -> Floats16:
    """How alike articles are, each to each."""
    count = rows.count
    table = np.empty((count, count), np.float16)
    step = max(1, CELLS_MAX // max(1, count))
    for first in range(0, count, step):
        last = min(first + step, count)
        block = rows.onward(first, last)
        if used:
            used.blend(block, (first, last), (first, count))
        table[first:last, first:] = block
        table[first:, first:last] = block.T
    for (one, other), score in believed.items():  # so that they borrow from each other as well
        table[one, other] = table[other, one] = max(table[one, other], HINT_LIKENESS * score)
    return table


def _vectors(
    articles: Sequence[Article], headlines: Sequence[str]
) -> tuple[similarity.Vectors, vectors.Usage | None]:
    """What articles say, and how they use words."""
    furniture = hints.furniture(articles, BODY_LETTERS_MAX)
    lengths = np.zeros(len(articles))

    def said() -> Iterator[Mapping[str, int]]:
        for number, (article, headline) in enumerate(zip(articles, headlines, strict=True)):
            bag = said_by(article, headline, furniture)
            lengths[number] = len(bag)
            yield bag

    words = similarity.tfidf(said(), terms_max=TERMS_MAX, usual=frequencies.usual())
    spelled = (letter_runs(fold(headline)) for headline in headlines)
    runs = similarity.tfidf(spelled, terms_max=RUNS_MAX)
    fullness = np.interp(np.log1p(lengths), np.log(SPELLED_TERMS), (0, 1))
    shares = np.interp(fullness, (0, 1), SPELLED_SHARES).astype(np.float32)
    used = vectors.usage(articles, headlines, np.maximum(1 - 2 * fullness, 0))
    return similarity.joined(words, runs, shares), used


def said_by(
    article: Article,
    headline: str,
    furniture: Collection[str] = frozenset(),
    letters: int = BODY_LETTERS_MAX,
) -> Mapping[str, int]:
    """How often an article says each term, its headline's and standfirst's counted more."""
    body = article.body_text[:letters]
    if furniture:
        body = "\n".join(line for line in body.split("\n") if line not in furniture)
    said = counted_terms(fold(body))
    for text, weight in ((article.standfirst, STANDFIRST_WEIGHT), (headline, TITLE_WEIGHT)):
        for term, times in counted_terms(fold(text)).items():
            said[term] = said.get(term, 0) + weight * times
    return said


def _segments(days: Doubles, pace: Doubles) -> Iterator[tuple[int, int]]:
    """Parts of the order that no likeness reaches across, none larger than `SEGMENT_MAX`."""
    reach = PACES_MAX * np.maximum(pace[1:], pace[:-1])
    cuts = np.flatnonzero(np.diff(days) > reach) + 1
    for first, last in pairwise([0, *cuts.tolist(), len(days)]):
        yield from _halved(first, last, days)


def _halved(first: int, last: int, days: Doubles) -> Iterator[tuple[int, int]]:
    if last - first <= SEGMENT_MAX:
        if last > first:
            yield first, last
        return
    quarter = (last - first) // 4
    gaps = np.diff(days[first + quarter : last - quarter])
    quietest = np.flatnonzero(gaps == gaps.max())
    cut = first + quarter + 1 + int(quietest[len(quietest) // 2])
    yield from _halved(first, cut, days)
    yield from _halved(cut, last, days)


def _languages(articles: Sequence[Article]) -> Longs:
    """A number for each article's language: `en-GB` is `en`, and none is one of its own."""
    numbers: dict[str, int] = {}
    tags = (article.language.partition("-")[0].casefold() for article in articles)
    return np.array([numbers.setdefault(tag, len(numbers)) for tag in tags], dtype=np.int64)


def _pace(days: Doubles) -> Doubles:
    """For each moment (in order), the days in which a likeness falls to a third."""
    if not len(days):
        return days
    at = np.arange(len(days))
    after = days[np.minimum(at + PACE_ARTICLES // 2, len(days) - 1)]
    span = after - days[np.maximum(at - PACE_ARTICLES // 2, 0)]  # of `PACE_ARTICLES` around it
    thin: Doubles = np.maximum(span / PACE_SPAN_DAYS, 1.0) ** PACE_POWER
    return PACE_DAYS_MIN * thin


def _factors(background: Doubles, days: Doubles, pace: Doubles) -> Doubles:
    """How much a score counts: the more, the less alike all that was published around it is."""
    logs = np.log(np.clip(background, BACKGROUND_MIN, BACKGROUND_CAP))
    usual = BACKGROUND_USUAL / np.exp(_smoothed(logs, days, pace, PACE_ARTICLES // 2))
    return np.asarray(np.sqrt(usual))


def _smoothed(values: Doubles, days: Doubles, pace: Doubles, around: int) -> Doubles:
    """The mean of `values` within a pace of each moment, and of `around` on each side at least."""
    at = np.arange(len(values))
    low = np.minimum(np.searchsorted(days, days - pace), np.maximum(at - around, 0))
    high = np.maximum(
        np.searchsorted(days, days + pace, side="right"), np.minimum(at + around, len(values))
    )
    total = np.concatenate(([0.0], np.cumsum(values)))
    smooth: Doubles = (total[high] - total[low]) / np.maximum(high - low, 1)
    return smooth


def _hinted(pairs: Pairs, believed: Mapping[tuple[int, int], float]) -> Pairs:
    """The pairs, those that a page calls related scored as it is believed, or higher."""
    if not believed:
        return pairs
    named = np.array(list(believed), dtype=np.int64)
    keys = np.concatenate(
        [
            pairs.left.astype(np.int64) * pairs.count + pairs.right,
            named[:, 0] * pairs.count + named[:, 1],
        ]
    )
    scores = np.concatenate([pairs.scores, np.fromiter(believed.values(), np.float32)])
    order = np.lexsort((-scores, keys))
    kept = order[np.concatenate([[True], np.diff(keys[order]) > 0])]
    left, right = np.divmod(keys[kept], pairs.count)
    return Pairs(pairs.count, left.astype(np.int32), right.astype(np.int32), scores[kept])
