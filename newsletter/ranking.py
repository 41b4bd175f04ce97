"""A day's stories in, the same in the order they matter to one reader out. Pure.

Everything that speaks for a story is counted in hours of freshness, as in `stories.lead`: one told
by two articles stands where a single one would that came SIZE_HOURS later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import log2

from articles.model import Article

#: A story of twice as many new articles, in hours of freshness.
SIZE_HOURS = 12.0

#: A story wholly of the reader's regions against one that only touches them.
REGION_HOURS = 6.0

#: The countries of a region's slug; none for one that is no more.
Countries = Callable[[str], frozenset[str]]


def ranked(
    groups: Sequence[Sequence[Article]],
    regions: Collection[str],
    countries: Countries,
    pins: Collection[int] = frozenset(),
) -> list[Sequence[Article]]:
    """Stories (their new articles) with the editor's pins first, then by what speaks for them.

    `pins` are ids of stories. `regions` are the slugs a reader follows; none is all, and then no
    region speaks for a story.
    """
    wanted = frozenset(code for slug in regions for code in countries(slug))

    def key(group: Sequence[Article]) -> tuple[bool, float, int]:
        pinned = group[0].story in pins
        return (not pinned, -_hours(group, wanted, countries), min(each.number for each in group))

    return sorted(groups, key=key)


def _hours(group: Sequence[Article], wanted: frozenset[str], countries: Countries) -> float:
    freshest = max(each.published_at for each in group).timestamp() / 3600
    near = max(_share(each, wanted, countries) for each in group) if wanted else 0.0
    return freshest + SIZE_HOURS * log2(len(group)) + REGION_HOURS * near


def _share(article: Article, wanted: frozenset[str], countries: Countries) -> float:
    """How much of what an article is about lies in the wanted countries: 0 to 1."""
    every = [countries(slug) for slug in article.regions]
    alone = frozenset(code for each in every if len(each) == 1 for code in each)
    if alone:
        return len(alone & wanted) / len(alone)
    return float(any(each & wanted for each in every))
