"""The places found in an article in, the countries it is about out, most important first. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import Literal

from articles.model import Article, Placement, Span
from articles.places.finder import Found
from articles.places.tables import Word
from articles.places.weights import WEIGHTS

Mode = Literal["subject", "mention"]

#: A body's opening, in characters: what a reader sees before deciding to read on.
LEAD = 350

#: It acts in everybody's news; where only the state is named, and few of its places, that says less
#: than of any other country.
POWER = "US"

#: Parties to one unsettled conflict: a piece about the one is hardly ever without the other.
COUNTERPARTS = {
    a: b
    for pair in ("IL PS", "RU UA", "CN TW", "RS XK", "KP KR", "MA EH", "AM AZ", "IN PK")
    for a, b in (pair.split(), pair.split()[::-1])
}

#: More candidates than a report of a wire has are counted as so many: essays name dozens.
CANDIDATES_MAX = 20

#: A country spoken of oftener is spoken of so often.
MENTIONS_MAX = 8

_LOGARITHMS = tuple(map(math.log1p, range(CANDIDATES_MAX + 1)))

#: A placement shows that many of the words that speak for it.
EVIDENCE_MAX = 6

#: The features, in the order of the weights; all but the counts are free of the article's length.
FEATURES = (
    "bias",
    "title",  # named in the headline
    "title_share",  # of the headline's places
    "title_first",
    "standfirst",
    "standfirst_share",
    "lead",
    "lead_share",
    "body_share",
    "body_to_top",  # mentions against the most mentioned country's
    "mentions",  # logarithm, capped
    "once",
    "early",  # how near to the beginning the first mention is
    "spread",  # quarters of the body that name it
    "score_share",  # all parts weighed together
    "score_to_top",
    "top",
    "dateline",
    "dateline_named",  # and named again in the text
    "dateline_other",  # reported from another country
    "only_people",
    "people_share",
    "town_share",
    "lone_town",  # one town's name is all there is, and towns share their names
    "varied",  # more than one word speaks for it
    "only_seat",
    "seat_share",
    "counterpart",  # how much is spoken of the other party to a conflict
    "alone",  # the only candidate
    "few",  # one by the number of candidates
    "home",
    "home_alone",
    "home_unnamed",
    "home_dateline",
    "foreign",  # there is a home country and it is another
    "power",  # the United States abroad, which act in everybody's news
    "power_second",  # and are not the most spoken of
    "power_named",  # and stand in headline or standfirst
    "title_and_share",
    "in_name",  # share of mentions that are parts of companies' names
    "only_in_name",
    "in_list",  # share of mentions in lists of countries
    "only_in_list",
    "sentence",  # in the first words
    "title_home_dateline",
    "title_other_dateline",
    "lead_other_dateline",
    "lead_only",
    "no_title",  # nothing in the headline tells any country
    "rivals",  # logarithm of how many others have more than half of the first one's score
    "unrivalled",
    "rivals_to_top",  # times the own score
    "list",  # logarithm of how many are mostly named in lists, for one of these
    "title_and_list",
    "lead_and_list",
    "candidates",  # logarithm, capped
)


#: A country at least so probable is kept.
KEEP = {"subject": 0.46, "subject, world": 0.42, "mention": 0.45, "mention, world": 0.4}

#: Where none is, the likeliest is kept from here on: better than the operator's queue.
KEEP_ANYWAY = 0.03


def placements(
    article: Article, places: Sequence[Found], *, mode: Mode, home: str | None
) -> tuple[Placement, ...]:
    """The countries worth keeping of those found in `article`, with their probability as score."""
    key = _key(mode, home)
    scored = _scored(article, places, key, home)
    chances = {code: chance for chance, code in scored}
    return tuple(_placement(article, places, code, chances[code]) for code in kept(scored, key))


def candidates(
    article: Article, places: Sequence[Found], *, mode: Mode, home: str | None
) -> tuple[Placement, ...]:
    """As `placements`, but with those that are not worth keeping behind them."""
    scored = _scored(article, places, _key(mode, home), home)
    return tuple(_placement(article, places, code, chance) for chance, code in scored)


def _key(mode: Mode, home: str | None) -> str:
    return mode if home else f"{mode}, world"


def _scored(
    article: Article, places: Sequence[Found], key: str, home: str | None
) -> list[tuple[float, str]]:
    """Every candidate with its probability, the likeliest first."""
    weights = WEIGHTS[key]
    rows = features(places, length=len(article.body_text), home=home)
    scored = [(probability(weights, row), code) for code, row in rows.items()]
    return sorted(scored, key=lambda pair: -pair[0])


def _placement(article: Article, places: Sequence[Found], code: str, chance: float) -> Placement:
    evidence = _evidence(article, places, code)
    return Placement(code=code, origin="tagger", score=round(chance, 4), evidence=evidence)


def kept(scored: Sequence[tuple[float, str]], key: str) -> list[str]:
    """Of candidates with their probability, the likeliest first, those that are kept."""
    codes = [code for chance, code in scored if chance >= KEEP[key]]
    if not codes and scored and scored[0][0] >= KEEP_ANYWAY:
        return [scored[0][1]]
    return codes


def probability(weights: Sequence[float], row: Sequence[float]) -> float:
    """Of a candidate being a country the article is about."""
    total = sum(map(mul, weights, row))
    return 1 / (1 + math.exp(-total))


def features(places: Sequence[Found], *, length: int, home: str | None) -> dict[str, list[float]]:
    """Candidate country -> its row of FEATURES."""
    seen: dict[str, _Tally] = {}
    for place in places:
        for code in place.codes:
            tally = seen.get(code)
            if tally is None:
                tally = seen[code] = _Tally()
            tally.add(place, length)
    if home is not None and home not in seen:
        seen[home] = _Tally()
    if not seen:
        return {}
    return _rows(seen, home)


class _Tally:
    """What was counted for one candidate."""

    __slots__ = (
        "body", "dateline", "first", "lead", "lists", "names", "people", "quarters", "seat",
        "sentence", "standfirst", "title", "title_at", "total", "town", "varied", "word",
    )  # fmt: skip

    def __init__(self) -> None:
        self.title = self.standfirst = self.lead = self.body = self.dateline = 0
        self.people = self.town = self.seat = self.total = 0
        self.quarters = self.names = self.lists = self.sentence = 0
        self.first = 1.0
        self.word: Word | None = None
        self.varied = False
        self.title_at = 10_000

    def add(self, place: Found, length: int) -> None:
        part, kind = place.part, place.word.kind
        if place.is_dateline:
            self.dateline += 1
            return
        self.total += 1
        if self.word is not place.word:
            self.varied = self.varied or self.word is not None
            self.word = place.word
        if place.in_name:
            self.names += 1
        if place.in_list:
            self.lists += 1
        if kind == "name":
            pass
        elif kind == "people":
            self.people += 1
        elif kind == "seat":
            self.seat += 1
        else:
            self.town += 1
        if part == "body_text":
            self.body += 1
            at = place.start
            if at < LEAD:
                self.lead += 1
                self.sentence += at < 140
            where = at / length
            self.quarters |= 1 << int(4 * where)
            if where < self.first:
                self.first = where
        else:
            self.first = 0.0
            if part == "title":
                self.title += 1
                self.title_at = min(self.title_at, place.start)
            else:
                self.standfirst += 1

    @property
    def score(self) -> float:
        return (
            3 * self.title + 2 * self.standfirst + self.lead + self.body + 2 * (self.dateline > 0)
        )


def _rows(seen: dict[str, _Tally], home: str | None) -> dict[str, list[float]]:
    titles = standfirsts = leads = bodies = datelines = lists = body_top = 0
    title_first = 10_000
    scores = {}
    for code, t in seen.items():
        titles += t.title
        standfirsts += t.standfirst
        leads += t.lead
        bodies += t.body
        datelines += t.dateline
        lists += 2 * t.lists > t.total
        if t.body > body_top:
            body_top = t.body
        if t.title_at < title_first:
            title_first = t.title_at
        scores[code] = t.score
    score_sum = sum(scores.values()) or 1.0
    score_top = max(scores.values()) or 1.0
    body_top = body_top or 1
    candidates = len(seen)
    home_dateline = home is not None and seen[home].dateline > 0
    strong = sum([2 * score > score_top for score in scores.values()])
    listed = math.log1p(lists)
    crowd = _LOGARITHMS[min(candidates, CANDIDATES_MAX)]
    log_rivals = math.log1p(strong), math.log1p(max(0, strong - 1))
    rows = {}
    for code, t in seen.items():
        total = t.total or 1
        share = scores[code] / score_sum
        is_home = code == home
        score = scores[code]
        to_top = score / score_top
        rivals = strong - (to_top > 0.5)
        in_list = 2 * t.lists > t.total
        power = code == POWER and not is_home and 3 * t.town < t.total
        rows[code] = [
            1.0,
            t.title > 0,
            t.title / titles if titles else 0.0,
            t.title > 0 and t.title_at == title_first,
            t.standfirst > 0,
            t.standfirst / standfirsts if standfirsts else 0.0,
            t.lead > 0,
            t.lead / leads if leads else 0.0,
            t.body / bodies if bodies else 0.0,
            t.body / body_top,
            _LOGARITHMS[min(t.total, MENTIONS_MAX)],
            t.total == 1,
            1 - t.first,
            t.quarters.bit_count() / 4,
            share,
            to_top,
            score == score_top,
            t.dateline > 0,
            t.dateline > 0 and t.total > 0,
            datelines and not t.dateline,
            0 < t.total == t.people,
            t.people / total,
            t.town / total,
            0 < t.total == t.town and not t.varied,
            t.varied,
            0 < t.total == t.seat,
            t.seat / total,
            (scores.get(COUNTERPARTS.get(code, ""), 0.0) / score_top) * (t.total > 0),
            candidates == 1,
            1 / candidates,
            is_home,
            is_home and candidates == 1,
            is_home and t.total == 0,
            is_home and t.dateline > 0,
            home is not None and not is_home,
            power,
            power and score < score_top,
            power and t.title + t.standfirst > 0,
            share if t.title else 0.0,
            t.names / total,
            0 < t.total == t.names,
            t.lists / total,
            0 < t.total == t.lists,
            t.sentence > 0,
            t.title > 0 and home_dateline,
            t.title > 0 and datelines and not t.dateline,
            t.lead > 0 and datelines and not t.dateline,
            0 < t.total == t.lead,
            titles == 0,
            log_rivals[to_top > 0.5],
            rivals == 0,
            rivals * to_top,
            listed if in_list else 0.0,
            in_list and t.title > 0,
            in_list and t.lead > 0,
            crowd,
        ]
    return rows


def _evidence(article: Article, places: Sequence[Found], code: str) -> tuple[Span, ...]:
    """The words that speak for a country, the headline's first, each once."""
    words: dict[str, Span] = {}
    for place in places:
        if code in place.codes:
            text = place.text(article)
            if text not in words:
                words[text] = Span(place.part, place.start, place.end, text, place.word.kind)
                if len(words) == EVIDENCE_MAX:
                    break
    return tuple(words.values())
