"""An article and its desk in, what to read next out: its own story, then what is near. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from articles import hints, scoring, similarity
from articles.frequencies import usual
from articles.model import Article

#: A page has room for so many.
RELATED_MAX = 5

#: What is less near than this has nothing to do with the article, whatever region it is in.
NEAR_MIN = 0.06

#: Articles whose nearness to all is held at a time.
BLOCK = 200

#: What regions and section in common add to a nearness of 0..1: a little, they are wide.
REGIONS_SHARE = 0.15
SECTION_SHARE = 0.03


def related(article: Article, candidates: Iterable[Article]) -> tuple[Article, ...]:
    """Up to `RELATED_MAX` of `candidates` to read next, never `article` itself.

    Those of its own story come first, then what its page names, then near ones of its regions.
    """
    return choices([article, *candidates], {article.id})[article.id]


def choices(articles: Iterable[Article], of: Collection[str]) -> dict[str, tuple[Article, ...]]:
    """For each of `articles` whose id is in `of`, what others of them to read next."""
    every = sorted({a.id: a for a in articles}.values(), key=_age)
    vectors = similarity.tfidf(
        (scoring.said_by(a, a.title) for a in every), terms_max=scoring.TERMS_MAX, usual=usual()
    )
    named: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in hints.related(every):
        named[one].add(other)
        named[other].add(one)
    stories: defaultdict[int, set[int]] = defaultdict(set)
    for at, article in enumerate(every):
        if article.story is not None:
            stories[article.story].add(at)
    regions = [frozenset(article.regions) for article in every]
    return {
        every[at].id: _ranked(at, every, regions, nearness, stories, named[at])
        for first in range(0, len(every), BLOCK)
        for at, nearness in _rows(vectors, first, min(first + BLOCK, len(every)))
        if every[at].id in of
    }


def _rows(vectors: similarity.Vectors, first: int, last: int) -> Iterator[tuple[int, list[float]]]:
    """Each of some articles with its nearness to all."""
    block = vectors.cosines((first, last), (0, vectors.count))
    return ((first + at, row.tolist()) for at, row in enumerate(block))


def _ranked(
    at: int,
    every: Sequence[Article],
    regions: Sequence[frozenset[str]],
    nearness: Sequence[float],
    stories: Mapping[int, Collection[int]],
    named: Collection[int],
) -> tuple[Article, ...]:
    article, mine = every[at], regions[at]
    own = stories[article.story] if article.story is not None else ()
    # Of hundreds around it an article has something to do with a few.
    near = [number for number, near in enumerate(nearness) if near >= NEAR_MIN]
    ranked = []
    for number in {*own, *named, *near} - {at}:
        other, is_own, is_named = every[number], number in own, number in named
        both = mine & regions[number]
        # Articles without a region are about the world, and near whatever their words are near.
        if both or is_own or is_named or not mine or not regions[number]:
            share = len(both) / max(1, len(mine | regions[number]))
            is_section = bool(article.section) and article.section == other.section
            likeness = nearness[number] + REGIONS_SHARE * share + SECTION_SHARE * is_section
            ranked.append((is_own, is_named, round(likeness, 4), *_age(other), other))
    ranked.sort(key=lambda row: row[:-1], reverse=True)
    return tuple(row[-1] for row in ranked[:RELATED_MAX])


def _age(article: Article) -> tuple[datetime, str]:
    return article.published_at, article.id
