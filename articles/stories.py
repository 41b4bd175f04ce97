"""Articles in, stories out: which of them tell the same event, and which to show large. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from articles import linkage, similarity, words
from articles.model import Article

Doubles = npt.NDArray[np.float64]

#: A story that no article has joined for this many days is closed: news moves on within a week, and
#: the digest regroups every article of the window on each run.
LIVE_DAYS = 7

#: Of a body only the beginning is read: news says in its first paragraphs what it is about.
BODY_LETTERS_MAX = 4_000

#: The weightiest terms of an article; more of them slow the work and change no figure.
TERMS_MAX = 80

#: How many times a word of the headline counts, and one of the standfirst.
TITLE_WEIGHT = 3
STANDFIRST_WEIGHT = 2

#: Pairs below this score are as good as unrelated: leaving them out keeps memory small.
SCORE_MIN = 0.04

#: Groups are joined while the mean score of their pairs is at least this.
SCORE_JOINED = 0.20

#: Articles that lend their words to one that is near them.
NEIGHBOURS = 10
NEIGHBOUR_SHARE = 1.0
NEIGHBOUR_MIN = 0.08
EXPANDED_TERMS_MAX = 160

#: Time is counted in the desk's own pace: the days in which this many articles come, but at least
#: some days. So stories of a busy week fade in days, those of a thin archive in months.
PACE_ARTICLES = 60
PACE_DAYS_MIN = 10.0

#: A page that names another as related is believed nearly as its own text would be, ...
HINT_SCORE = 0.9
#: ... two that it names side by side half as much, ...
SIBLING_SCORE = 0.45
#: ... but what more pages than these name, and more than this share of all, is a "most read" box.
HINTED_BY_MAX = 6
HINTED_SHARE_MAX = 0.05

#: A paragraph on this many pages whose headlines have nothing in common is furniture of the site.
FURNITURE_PAGES = 3


def group(articles: Sequence[Article]) -> tuple[tuple[str, ...], ...]:
    """The ids of `articles`, those of one story together; the input's order is of no account."""
    ordered = sorted(articles, key=_age)
    groups = linkage.average_link(_pairs(ordered), SCORE_JOINED)
    return tuple(tuple(ordered[at].id for at in members) for members in groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What became of stories in one run."""

    stories: Mapping[str, int]  # article id -> story id, for every article of the groups
    aliases: Mapping[int, int]  # story that was merged away -> the one that took it in
    created: tuple[int, ...] = ()  # ids that are new


def reconcile(
    groups: Iterable[Sequence[str]],
    previous: Mapping[str, int],
    *,
    new_id: Callable[[], int],
    told: Collection[str] = (),
) -> Reconciled:
    """The groups with the ids they had in the last run.

    `previous` says which story each article was in. A group takes the story that most of its
    members came from (the smaller id of two), each story goes to one group only; a group without
    one gets a `new_id()`, in the order of the groups. An article in `told` was mailed and stays in
    its story. A story none of whose articles is left where they were is an alias of where most of
    them went.
    """
    return _Reconciliation(groups, previous, frozenset(told)).run(new_id)


class _Reconciliation:
    """One run of `reconcile`: what is fixed, who claims what, who is left."""

    def __init__(
        self, groups: Iterable[Sequence[str]], previous: Mapping[str, int], told: frozenset[str]
    ) -> None:
        self._groups = [tuple(members) for members in groups]
        self._previous = previous
        self._fixed = {article: previous[article] for article in told if article in previous}
        self._came_from = [
            Counter(previous[article] for article in members if article in previous)
            for members in self._groups
        ]

    def run(self, new_id: Callable[[], int]) -> Reconciled:
        claims = self._claims()
        created: list[int] = []
        stories: dict[str, int] = {}
        for number, members in enumerate(self._groups):
            free = [article for article in members if article not in self._fixed]
            stories |= {
                article: self._fixed[article] for article in members if article in self._fixed
            }
            if free and number not in claims:
                claims[number] = new_id()
                created.append(claims[number])
            stories |= dict.fromkeys(free, claims[number])
        return Reconciled(stories=stories, aliases=self._aliases(stories), created=tuple(created))

    def _claims(self) -> dict[int, int]:
        """The story of each group that has one already."""
        claims: dict[int, int] = {}
        for number, members in enumerate(self._groups):
            anchors = {self._fixed[article] for article in members if article in self._fixed}
            if anchors:
                claims[number] = min(anchors, key=lambda s: (-self._came_from[number][s], s))
        taken = set(self._fixed.values())  # mailed: it cannot become the story of other articles
        wanted = sorted(
            (-held, story, number)
            for number, counts in enumerate(self._came_from)
            for story, held in counts.items()
        )
        for _, story, number in wanted:
            if number not in claims and story not in taken:
                claims[number] = story
                taken.add(story)
        return claims

    def _aliases(self, stories: Mapping[str, int]) -> dict[int, int]:
        """The stories that are no more, and where most of their articles are now."""
        alive = set(stories.values()) | set(self._fixed.values())
        went: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for article, story in stories.items():
            before = self._previous.get(article, story)
            if before not in alive:
                went[before][story] += 1
        return {
            before: min(counts, key=lambda s: (-counts[s], s))
            for before, counts in sorted(went.items())
        }


def lead(articles: Sequence[Article]) -> Article:
    """The article of a story to show large: new, complete, with a picture; never an empty choice.

    A picture and a full text are worth some hours each, so that a flash of two lines does not push
    the report aside, but the morning's report gives way to the evening's.
    """
    newest = max(article.published_at for article in articles)
    return max(
        articles, key=lambda article: (_weight(article, newest), article.published_at, article.id)
    )


#: What speaks for an article as the lead, in hours of freshness.
PICTURE_HOURS = 8.0
TEXT_HOURS = 8.0
STANDFIRST_HOURS = 2.0

#: A body of this many words is complete: more of them make no better lead.
COMPLETE_WORDS = 300


def _weight(article: Article, newest: datetime) -> float:
    age_hours = (newest - article.published_at).total_seconds() / 3600
    complete = min(1.0, len(article.body_text.split()) / COMPLETE_WORDS)
    picture = PICTURE_HOURS * (article.image is not None)
    return picture + TEXT_HOURS * complete + STANDFIRST_HOURS * bool(article.standfirst) - age_hours


def _age(article: Article) -> tuple[datetime, str]:
    return article.published_at, article.id


# ------------------------------------------------------------------------------ how alike two are


def _pairs(articles: Sequence[Article]) -> linkage.Pairs:
    """The pairs of `articles` that may belong together, scored."""
    furniture = _furniture(articles)
    said = similarity.vectors((_said(a, furniture) for a in articles), terms_max=TERMS_MAX)
    spelled = similarity.vectors((_spelled(a) for a in articles), terms_max=TERMS_MAX)
    days = np.array([article.published_at.timestamp() / 86_400 for article in articles])
    pace = _pace(days)
    near = _neighbours(said, days, pace)
    full = similarity.expanded(said, near, share=NEIGHBOUR_SHARE, terms_max=EXPANDED_TERMS_MAX)
    pairs = _scored((full, spelled), (2 / 3, 1 / 3), days, pace, SCORE_MIN)
    return _with_hints(pairs, articles)


def _said(article: Article, furniture: Collection[str]) -> Mapping[str, float]:
    """How often an article says each word, its headline's counted more."""
    counted: Counter[str] = Counter()
    for stem in words.stems(words.fold(article.title)):
        counted[stem] += TITLE_WEIGHT
    for stem in words.stems(words.fold(article.standfirst)):
        counted[stem] += STANDFIRST_WEIGHT
    body = article.body_text[:BODY_LETTERS_MAX]
    if furniture:
        body = "\n".join(line for line in body.split("\n") if line not in furniture)
    counted.update(words.stems(words.fold(body)))
    return counted


def _spelled(article: Article) -> Mapping[str, float]:
    """The groups of letters in an article's headline."""
    return Counter(words.letter_groups(words.fold(article.title)))


def _furniture(articles: Sequence[Article]) -> frozenset[str]:
    """Lines that a site puts under every article."""
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        for line in {*article.body_text[:BODY_LETTERS_MAX].split("\n")}:
            if line and len(pages[line]) < FURNITURE_PAGES:
                pages[line].append(number)
    titles = {
        number: frozenset(words.stems(words.fold(articles[number].title)))
        for numbers in pages.values()
        if len(numbers) >= FURNITURE_PAGES
        for number in numbers
    }
    return frozenset(
        line
        for line, numbers in pages.items()
        if len(numbers) >= FURNITURE_PAGES
        and not frozenset.intersection(*(titles[number] for number in numbers))
    )


def _pace(days: Doubles) -> Doubles:
    """For each moment (in order), the days in which `PACE_ARTICLES` come around it."""
    if not len(days):
        return days
    around = PACE_ARTICLES // 2
    at = np.arange(len(days))
    span = days[np.minimum(at + around, len(days) - 1)] - days[np.maximum(at - around, 0)]
    return np.maximum(span, PACE_DAYS_MIN)


def _neighbours(said: similarity.Vectors, days: Doubles, pace: Doubles) -> similarity.Vectors:
    """The articles nearest to each in words and time, weighted by their nearness."""
    pairs = _scored((said,), (1.0,), days, pace, NEIGHBOUR_MIN)
    return similarity.packed(
        np.concatenate([pairs.left, pairs.right]),
        np.concatenate([pairs.right, pairs.left]).astype(np.int32),
        np.concatenate([pairs.scores, pairs.scores]).astype(np.float32),
        count=said.count,
        vocabulary=said.count,
        terms_max=NEIGHBOURS,
    )


def _scored(
    kinds: Sequence[similarity.Vectors],
    shares: Sequence[float],
    days: Doubles,
    pace: Doubles,
    least: float,
) -> linkage.Pairs:
    """Every pair worth keeping, with the weighted mean of its cosines, faded by time."""
    count = len(days)
    left, right, scores = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)]
    for block in zip(*(kind.cosines() for kind in kinds), strict=True):
        mean = sum(share * cosines for share, (_, cosines) in zip(shares, block, strict=True))
        one, other = np.divmod(np.flatnonzero(mean >= least), count)
        value = mean[one, other]
        one += block[0][0]
        apart = np.abs(days[one] - days[other])
        value = value * np.exp(-apart / np.maximum(pace[one], pace[other]))
        kept = (other > one) & (value >= least)
        left.append(one[kept])
        right.append(other[kept])
        scores.append(value[kept])
    return linkage.Pairs(count, np.concatenate(left), np.concatenate(right), np.concatenate(scores))


# --- what pages say is related ---


def _with_hints(pairs: linkage.Pairs, articles: Sequence[Article]) -> linkage.Pairs:
    """The pairs, those that a page names as related believed at least `HINT_SCORE`."""
    believed: dict[tuple[int, int], float] = {}
    for number, named in enumerate(_hinted(articles)):
        for other in named:
            _believe(believed, number, other, HINT_SCORE)
        for at, one in enumerate(named):
            for other in named[at + 1 :]:
                _believe(believed, one, other, SIBLING_SCORE)
    if not believed:
        return pairs
    keys = pairs.left * pairs.count + pairs.right
    extra = np.array([a * pairs.count + b for a, b in believed], dtype=np.int64)
    keys = np.concatenate([keys, extra])
    scores = np.concatenate([pairs.scores, np.fromiter(believed.values(), float)])
    order = np.lexsort((-scores, keys))
    first = np.concatenate([[True], np.diff(keys[order]) > 0])
    kept = order[first]
    return linkage.Pairs(
        pairs.count, keys[kept] // pairs.count, keys[kept] % pairs.count, scores[kept]
    )


def _believe(believed: dict[tuple[int, int], float], one: int, other: int, score: float) -> None:
    pair = (min(one, other), max(one, other))
    believed[pair] = max(believed.get(pair, 0.0), score)


def _hinted(articles: Sequence[Article]) -> list[list[int]]:
    """For each article, which others it names by headline or address."""
    known: defaultdict[str, set[int]] = defaultdict(set)
    for number, article in enumerate(articles):
        known[_headline(article.title)].add(number)
        if article.url:
            known[_address(article.url)].add(number)
    named = [
        sorted({n for hint in article.related for n in _lookup(known, hint)} - {number})
        for number, article in enumerate(articles)
    ]
    pages = Counter(other for others in named for other in others)
    most = max(HINTED_BY_MAX, HINTED_SHARE_MAX * len(articles))
    return [[other for other in others if pages[other] <= most] for others in named]


def _lookup(known: Mapping[str, set[int]], hint: str) -> set[int]:
    found = known.get(_headline(hint), set()) | known.get(_address(hint), set())
    return found if len(found) <= HINTED_BY_MAX else set()  # "Live updates" names nothing


def _headline(text: str) -> str:
    return " ".join(words.words(words.fold(text)))


def _address(url: str) -> str:
    """An address without what differs between two ways to write it."""
    return re.sub(r"^\w+://(www\.)?|[?#].*$|/$", "", url.strip()).casefold()
