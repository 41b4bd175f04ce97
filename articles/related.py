"""An article and its desk in, what to read next out: its own story, then what is near. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from articles import hints, scoring, similarity
from articles.frequencies import usual
from articles.model import Article

#: A page has room for so many.
RELATED_MAX = 5

#: What is less near than this has nothing to do with the article, whatever region it is in.
NEAR_MIN = 0.06

#: What regions and section in common add to a nearness of 0..1: a little, they are wide.
REGIONS_SHARE = 0.15
SECTION_SHARE = 0.03


def related(article: Article, candidates: Iterable[Article]) -> tuple[Article, ...]:
    """Up to `RELATED_MAX` of `candidates` to read next, never `article` itself.

    Those of its own story come first and what its page names, then near ones that share a region.
    """
    others = sorted({a.id: a for a in candidates if a.id != article.id}.values(), key=_age)
    everyone = [article, *others]
    vectors = similarity.tfidf(
        (scoring.said_by(a, a.title) for a in everyone),
        terms_max=scoring.TERMS_MAX,
        usual=usual(),
    )
    nearness = vectors.cosines((0, 1), (0, len(everyone)))[0].tolist()
    named = {at for pair in hints.related(everyone) if 0 in pair for at in pair}
    ranked = []
    for at, other in enumerate(others, start=1):
        is_own = article.story is not None and other.story == article.story
        near = nearness[at] + _common(article, other)
        if is_own or at in named or (nearness[at] >= NEAR_MIN and _may_meet(article, other)):
            ranked.append((is_own, at in named, near, *_age(other), other))
    ranked.sort(key=lambda row: row[:-1], reverse=True)
    return tuple(row[-1] for row in ranked[:RELATED_MAX])


def _common(one: Article, other: Article) -> float:
    union = {*one.regions, *other.regions}
    both = {*one.regions} & {*other.regions}
    is_section = bool(one.section) and one.section == other.section
    return REGIONS_SHARE * len(both) / max(1, len(union)) + SECTION_SHARE * is_section


def _may_meet(one: Article, other: Article) -> bool:
    """Articles without a region are about the world, and near whatever their words are near."""
    return not one.regions or not other.regions or bool({*one.regions} & {*other.regions})


def _age(article: Article) -> tuple[datetime, str]:
    return article.published_at, article.id
