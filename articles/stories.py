"""Articles in, stories out: which of them tell the same event, and how to show one. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import log

from articles import hints, linkage, scoring, similarity
from articles.fold import fold
from articles.live import LIVE_DAYS, LiveStories
from articles.model import Article
from articles.reconciliation import Reconciled, reconcile
from articles.words import counted_terms, words

__all__ = [
    "LIVE_DAYS",
    "LiveStories",
    "Reconciled",
    "Why",
    "explain",
    "group",
    "label",
    "lead",
    "reconcile",
]

#: Groups are joined while their link is at least this; fitted by benchmarks/fit_stories.py.
LINK_MIN = 0.48

#: How little the first members of a group say of how wide it is; see `coherent_link`.
DOUBT = 2.0


def group(articles: Sequence[Article]) -> tuple[tuple[str, ...], ...]:
    """The ids of `articles`, those of one story together.

    Each article is in one group; members and groups are in order of time, the earliest first. The
    order of the input is of no account, and the same articles give the same groups.
    """
    ordered = sorted(articles, key=_age)
    groups = [
        tuple(part.first + at for at in members)
        for part in scoring.scored(ordered)
        for members in linkage.coherent_link(
            part.pairs, LINK_MIN, doubt=DOUBT, factors=part.factors
        )
    ]
    return tuple(tuple(ordered[at].id for at in members) for members in sorted(groups))


def _age(article: Article) -> tuple[datetime, str]:
    return article.published_at, article.id


# ------------------------------------------------------------------------------------ the lead

#: What speaks for an article as the lead, in hours of freshness: a flash of two lines does not push
#: the full report aside, but the morning's report gives way to the evening's.
PICTURE_HOURS = 8.0
TEXT_HOURS = 8.0
STANDFIRST_HOURS = 2.0

#: A body of this many words is complete: more of them make no better lead.
COMPLETE_WORDS = 300

#: Bodies whose words stay counted: a day's planning asks of the same articles for each edition.
BODIES_MAX = 1024


def lead(articles: Sequence[Article]) -> Article:
    """The article of a story to show large: new, complete, with a picture."""
    newest = max(article.published_at for article in articles)
    return max(articles, key=lambda article: (_merit(article, newest), *_age(article)))


def _merit(article: Article, newest: datetime) -> float:
    age_hours = (newest - article.published_at).total_seconds() / 3600
    complete = min(1.0, _words(article.body_text) / COMPLETE_WORDS)
    picture = PICTURE_HOURS * (article.image is not None)
    return picture + TEXT_HOURS * complete + STANDFIRST_HOURS * bool(article.standfirst) - age_hours


@lru_cache(maxsize=BODIES_MAX)
def _words(text: str) -> int:
    return len(text.split())


# ------------------------------------------------------------------------------------ why

#: So many shared terms tell a reader enough.
SHARED_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why two articles are in one story, or not."""

    together: bool
    score: (
        float  # how alike they are, 0..1, after neighbours and time; a page's own word counts 0.9
    )
    link: float  # the score against the background of their days; of groups, at least `needed`
    needed: float
    days_apart: float
    named: bool  # one's page names the other as related
    shared: tuple[str, ...]  # words and meanings ("=ceasefire") of both, the most telling first


def explain(one: Article, other: Article, among: Iterable[Article] = ()) -> Why:
    """Why `group` puts two articles together or not, when `among` are the articles around them.

    Two that are together at a low link met through others of the story.
    """
    articles = {article.id: article for article in (*among, one, other)}
    ordered = sorted(articles.values(), key=_age)
    score, link = _link(ordered, one.id, other.id)
    return Why(
        together=any({one.id, other.id} <= set(members) for members in group(ordered)),
        score=score,
        link=link,
        needed=LINK_MIN,
        days_apart=abs((one.published_at - other.published_at).total_seconds()) / 86_400,
        named=bool(hints.related([one, other])),
        shared=_shared(one, other, ordered),
    )


def _link(ordered: Sequence[Article], one: str, other: str) -> tuple[float, float]:
    """(score, link) of two articles."""
    place = {article.id: at for at, article in enumerate(ordered)}
    left, right = sorted((place[one], place[other]))
    for part in scoring.scored(ordered):
        pairs = part.pairs
        found = (pairs.left == left - part.first) & (pairs.right == right - part.first)
        for score in pairs.scores[found].tolist():
            factors = part.factors[[left - part.first, right - part.first]]
            return score, score * float(factors.prod())
    return 0.0, 0.0


def _shared(one: Article, other: Article, among: Sequence[Article]) -> tuple[str, ...]:
    said = [scoring.said_by(article, article.title) for article in (one, other)]
    frequency = Counter(term for a in among for term in scoring.said_by(a, a.title))
    weight = {
        term: log((len(among) + similarity.ARTICLES_BEFORE) / frequency[term])
        * min(said[0][term], said[1][term])
        for term in said[0]
        if term in said[1]
    }
    return tuple(sorted(weight, key=lambda term: (-weight[term], term))[:SHARED_MAX])


# ------------------------------------------------------------------------------------ the label

#: A label of more words is a headline.
LABEL_WORDS = 3


def label(articles: Sequence[Article], among: Iterable[Article] = ()) -> str:
    """A few words that the headlines of a story share, as "Syria, ceasefire, Israel".

    What headlines of other stories (`among`) say as well tells less.
    """
    inside, forms = _headline_terms(articles)
    everywhere, _ = _headline_terms({a.id: a for a in (*among, *articles)}.values())
    usual = sum(everywhere.values()) + similarity.ARTICLES_BEFORE
    weight = {term: times * log(usual / everywhere[term]) for term, times in inside.items()}
    best = sorted(weight, key=lambda term: (-weight[term], term))[:LABEL_WORDS]
    return ", ".join(min(forms[term], key=lambda form: (-forms[term][form], form)) for term in best)


def _headline_terms(articles: Iterable[Article]) -> tuple[Counter[str], Mapping[str, Counter[str]]]:
    """In how many headlines each term is, and how it is written there."""
    counted: Counter[str] = Counter()
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        counted.update(counted_terms(fold(article.title)).keys())
        for written in article.title.split():
            parts = words(fold(written))
            for term in counted_terms(parts[0]) if len(parts) == 1 else ():
                forms[term][written.strip(".,:;!?\"'“”‘’«»()[]").removesuffix("’s")] += 1
    return Counter({term: counted[term] for term in forms}), forms
