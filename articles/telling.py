"""A story in, how to tell it out: label, lead, timeline, and the story so far. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from articles.characters import cut
from articles.model import Article, Story
from articles.stories import label, lead

#: "The story so far" is read before the news: three sentences of it are enough.
SO_FAR_MAX = 3

#: A standfirst longer than this is cut where a word ends.
SENTENCE_CHARS_MAX = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as a page or a mail tells it."""

    label: str  # a few words its headlines share
    lead: Article
    timeline: tuple[tuple[date, tuple[Article, ...]], ...]  # by day, the earliest first
    so_far: tuple[str, ...]  # a sentence from each earlier day, the earliest first


def told(story: Story, time_zone: str = "UTC") -> Told:
    """How to tell `story`; its days are those of `time_zone`."""
    zone = ZoneInfo(time_zone)

    def day(article: Article) -> date:
        return article.published_at.astimezone(zone).date()

    ordered = sorted(story.articles, key=lambda article: (article.published_at, article.id))
    timeline = tuple((on, tuple(some)) for on, some in groupby(ordered, key=day))
    return Told(
        label=label(ordered),
        lead=lead(ordered),
        timeline=timeline,
        so_far=so_far(timeline),
    )


def so_far(timeline: tuple[tuple[date, tuple[Article, ...]], ...]) -> tuple[str, ...]:
    """What the leads of the days before the last one said: the first day, and the latest others."""
    sentences = [_sentence(lead(articles)) for _, articles in timeline[:-1]]
    if len(sentences) > SO_FAR_MAX:
        sentences = [sentences[0], *sentences[1 - SO_FAR_MAX :]]
    return tuple(dict.fromkeys(sentences))


def _sentence(article: Article) -> str:
    return cut(article.standfirst or article.title, SENTENCE_CHARS_MAX)
