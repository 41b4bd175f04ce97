"""Articles one by one in, the live story of each out: single-pass grouping. Pure but for its state.

`stories.group` sees all articles of a window at once and groups them better; this one says at once
where a new article belongs, at a cost that depends on the live stories only, not on the archive.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from math import exp, log, sqrt

from articles import frequencies, hints, scoring, similarity
from articles.model import Article

#: A story that no article has joined for so many days is closed: news moves on within a week, and
#: the digest regroups every article of the window on each run.
LIVE_DAYS = 7

#: An article joins the nearest story at least this near.
NEAR_MIN = 0.16

#: Days in which a likeness falls to a third.
FADE_DAYS = 2.0

#: Of a body so much is read: on our sets more finds no story better, and takes half as long again.
BODY_LETTERS_MAX = 1_000

#: The weightiest terms of an article and of a story; they bound the work.
TERMS_MAX = 60

#: A term in more live stories than this does not lead to any: it still counts where others lead.
LEADS_MAX = 250

#: Terms whose frequency is remembered; past this all counts are halved, and the rarest forgotten.
TERMS_REMEMBERED = 150_000


@dataclass(slots=True)
class _Live:
    """A story under way: the sum of its articles' vectors."""

    id: int
    touched_at: datetime
    terms: dict[str, float] = field(default_factory=dict)
    norm: float = 0.0


class LiveStories:
    """The live stories of a stream; articles come in the order of time, give or take a day."""

    def __init__(self, *, new_id: Callable[[], int]) -> None:
        self.new_id = new_id
        self._stories: dict[int, _Live] = {}
        self._told_by: defaultdict[str, set[int]] = defaultdict(set)
        self._names: dict[str, int] = {}
        self._frequency: Counter[str] = Counter()
        self._seen = 0
        self._usual = frequencies.usual()
        self._touches: deque[tuple[datetime, int]] = deque()
        self._named_at: deque[tuple[datetime, str]] = deque()

    def __len__(self) -> int:
        return len(self._stories)

    def add(self, article: Article) -> int:
        """The story of `article`: a live one, or a new one."""
        self._close(article.published_at)
        vector = self._vector(article)
        story = self._named(article) or self._nearest(vector, article.published_at)
        return self._take_in(article, vector, self.new_id() if story is None else story.id)

    def know(self, article: Article, story: int) -> None:
        """Be told the story of an article that was grouped before."""
        self._close(article.published_at)
        self._take_in(article, self._vector(article), story)

    def _take_in(self, article: Article, vector: Mapping[str, float], number: int) -> int:
        now = article.published_at
        story = self._stories.get(number)
        if story is None:
            story = self._stories[number] = _Live(id=number, touched_at=now)
        self._join(story, vector, now)
        for name in hints.names(article):
            self._names[name] = number
            self._named_at.append((now, name))
        return number

    def _vector(self, article: Article) -> dict[str, float]:
        said = scoring.said_by(article, article.title, letters=BODY_LETTERS_MAX)
        self._seen += 1
        self._frequency.update(said.keys())
        if len(self._frequency) > TERMS_REMEMBERED:
            self._forget()
        known, usual, frequency = similarity.ARTICLES_KNOWN, self._usual, self._frequency
        count = self._seen + known
        weight = {
            term: log(1 + times) * log(count / (frequency[term] + known * usual.get(term, 0) + 0.5))
            for term, times in said.items()
        }
        top = nlargest(TERMS_MAX, weight.items(), key=lambda item: (item[1], item[0]))
        norm = sqrt(sum(w * w for _, w in top)) or 1.0
        return {term: w / norm for term, w in top if w > 0}

    def _forget(self) -> None:
        self._seen //= 2
        self._frequency = Counter({t: n // 2 for t, n in self._frequency.items() if n > 1})

    def _named(self, article: Article) -> _Live | None:
        """The live story of a page that this one names as related."""
        found = (self._names.get(name) for hint in article.related for name in hints.keys(hint))
        ids = [story for story in found if story in self._stories]
        return self._stories[Counter(ids).most_common(1)[0][0]] if ids else None

    def _nearest(self, vector: Mapping[str, float], now: datetime) -> _Live | None:
        products: defaultdict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            tellers = self._told_by.get(term, ())
            if len(tellers) <= LEADS_MAX:
                for number in tellers:
                    products[number] += weight * self._stories[number].terms[term]
        nearness = {
            number: product * self._freshness(number, now) for number, product in products.items()
        }
        best = max(nearness, key=lambda number: (nearness[number], -number), default=None)
        return None if best is None or nearness[best] < NEAR_MIN else self._stories[best]

    def _freshness(self, number: int, now: datetime) -> float:
        story = self._stories[number]
        days = abs((now - story.touched_at).total_seconds()) / 86_400
        return exp(-days / FADE_DAYS) / story.norm

    def _join(self, story: _Live, vector: Mapping[str, float], now: datetime) -> None:
        terms = story.terms
        for term, weight in vector.items():
            terms[term] = terms.get(term, 0.0) + weight
        if len(terms) > 2 * TERMS_MAX:
            kept = dict(nlargest(TERMS_MAX, terms.items(), key=lambda item: (item[1], item[0])))
            for term in terms.keys() - kept.keys():
                self._unsay(term, story.id)
            story.terms = kept
        for term in vector:
            if term in story.terms:
                self._told_by[term].add(story.id)
        story.norm = sqrt(sum(w * w for w in story.terms.values())) or 1.0
        story.touched_at = max(story.touched_at, now)
        self._touches.append((now, story.id))

    def _close(self, now: datetime) -> None:
        """Forget the stories that nothing has joined for `LIVE_DAYS`."""
        while self._touches and (now - self._touches[0][0]).days >= LIVE_DAYS:
            _, number = self._touches.popleft()
            story = self._stories.get(number)
            if story is not None and (now - story.touched_at).days >= LIVE_DAYS:
                del self._stories[number]
                for term in story.terms:
                    self._unsay(term, number)
        while self._named_at and (now - self._named_at[0][0]).days >= LIVE_DAYS:
            self._names.pop(self._named_at.popleft()[1], None)

    def _unsay(self, term: str, story: int) -> None:
        tellers = self._told_by.get(term)
        if tellers is not None:
            tellers.discard(story)
            if not tellers:
                del self._told_by[term]
