"""How long a reader wants to read and ranked stories in, how many of them are shown how out. Pure.

A digest never takes longer than its reader asked for. What does not fit large becomes a line, and
what does not fit as a line is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from articles.model import WORDS_PER_MINUTE, Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """What a digest of so many minutes holds at most."""

    minutes: int
    large_max: int  # stories with standfirst and byline
    related_max: int  # new articles under a story's lead; the others become lines

    @property
    def words(self) -> int:
        return self.minutes * WORDS_PER_MINUTE - OPENING_WORDS


#: Words that every edition may say beside its stories: the sentence of a quiet day.
OPENING_WORDS = 30

#: What a reader can choose. Five large stories are the look of the paper; who has ten minutes wants
#: more of them, who has two wants the three that matter.
LENGTHS = {
    each.minutes: each
    for each in (
        Length(minutes=2, large_max=3, related_max=1),
        Length(minutes=5, large_max=5, related_max=3),
        Length(minutes=10, large_max=12, related_max=5),
    )
}

#: The length of whoever chose none.
MINUTES = 5

#: Lines in one mail, whatever the time: with them an ordinary edition stays under 90 kB.
LINES_MAX = 60

#: Headlines and standfirsts of some weeks of a large newsroom.
TEXTS_MAX = 8192


def length(minutes: int) -> Length:
    """The length a reader chose, or the next shorter one where a choice has since gone."""
    return LENGTHS[max((each for each in LENGTHS if each <= minutes), default=min(LENGTHS))]


def large(leads: Sequence[Article], headlines: Sequence[str], length: Length, spent: int) -> int:
    """How many stories are shown large, at least one; `leads` are in their order.

    `headlines` are those of every new article: each is read once, wherever it stands. `spent` are
    words already used, by corrections.
    """
    left = length.words - spent - sum(map(words, headlines))
    shown = 0
    for lead in leads[: length.large_max]:
        left -= words(lead.standfirst)
        if left < 0 and shown:
            break
        shown += 1
    return shown


def lines(headlines: Sequence[str], length: Length, spent: int) -> int:
    """How many of these one-line headlines are shown after `spent` words."""
    left, shown = length.words - spent, 0
    for headline in headlines[:LINES_MAX]:
        left -= words(headline)
        if left < 0:
            break
        shown += 1
    return shown


@lru_cache(maxsize=TEXTS_MAX)
def words(text: str) -> int:
    """How many words a text has. Kept, because many editions hold the same headlines."""
    return len(text.split())
