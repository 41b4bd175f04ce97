"""Editors' decisions and what was proposed in, how well the two agree out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from articles.regions import RegionTable

#: The best answer to give always is sought among so many of the commonest decisions.
CONSTANTS_MAX = 50

#: The codes of one article, the most important first.
Codes = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Figures from 0 to 1 over a number of articles."""

    f1: float  # of all codes of all articles together
    exact: float  # articles where nothing is missing and nothing too much
    primary: float  # articles whose first code is right, of those that have a region at all


def agreement(decided: Sequence[Codes], proposed: Sequence[Codes], table: RegionTable) -> Agreement:
    """How well `proposed` agrees with `decided`, article by article.

    The tagger proposes countries only: a set that an editor chose is met by any of its countries,
    and its other countries are no mistake beside it.
    """
    hits = misses = extras = exact = primary = 0
    for wanted, given in zip(decided, proposed, strict=True):
        met = [code for code in wanted if any(_meets(one, code, table) for one in given)]
        extra = [one for one in given if not any(_meets(one, code, table) for code in wanted)]
        hits += len(met)
        misses += len(wanted) - len(met)
        extras += len(extra)
        exact += len(met) == len(wanted) and not extra
        primary += bool(given) and given[0] not in extra
    placed = sum(map(bool, decided))
    return Agreement(
        f1=2 * hits / (2 * hits + misses + extras) if hits else 0.0,
        exact=exact / len(decided) if decided else 0.0,
        primary=primary / placed if placed else 0.0,
    )


def best_constant(decided: Sequence[Codes], table: RegionTable) -> tuple[Codes, Agreement]:
    """The one answer that agrees best with all decisions if it is given always, and how well."""
    common = Counter(map(tuple, decided)).most_common(CONSTANTS_MAX) or [((), 0)]
    scored = [(codes, agreement(decided, [codes] * len(decided), table)) for codes, _ in common]
    return max(scored, key=lambda pair: (pair[1].f1, pair[1].exact))


def _meets(given: str, wanted: str, table: RegionTable) -> bool:
    return given == wanted or wanted in table.sets_of(given)
