"""A reader's regions, the day's articles and what the reader was told in, an Edition out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from articles.model import Article, Region
from articles.stories import lead
from newsletter.model import Correction, Earlier, Edition, EditionStory, Told

#: Stories shown with standfirst and byline; with them a digest is two to three minutes.
LARGE_MAX = 5

#: One-liners under "In brief"; with five large stories the mail stays near 45 kB.
BRIEF_MAX = 12

#: New articles listed under a story's lead; what is past them goes to "In brief".
RELATED_MAX = 3

#: Already sent articles of a story; enough to know again what it is about.
EARLIER_MAX = 3

#: Names before a headline.
TAGS_MAX = 3

#: Corrections in one mail. The others are not marked as told, so that they come the next day.
CORRECTIONS_MAX = 10


class RegionNames(Protocol):
    """What this module asks of the region table."""

    def region(self, slug: str) -> Region:
        """The region of this slug; a ValueError if there is none."""
        ...

    def label(self, slug: str, language: str) -> str:
        """Its name in `language`."""
        ...


def compose(
    *,
    day: date,
    language: str,
    regions: tuple[str, ...],
    candidates: Iterable[Article],
    told: Sequence[Told],
    known: Mapping[int, Article],
    table: RegionNames,
    large_max: int = LARGE_MAX,
    brief_max: int = BRIEF_MAX,
) -> Edition | None:
    """The edition of `day` for who follows `regions` and was told `told`; None: nothing to say.

    `candidates` are live articles that may be new; an article that was told in any revision is not.
    `known` holds the present state of told articles by number: one that is missing was withdrawn
    and is neither shown as earlier nor corrected. Every new article of the regions is shown or
    counted, and is in `Edition.told`.
    """
    latest = _latest(told)
    new = _new(candidates, regions, latest.keys())
    corrections = _corrections(latest.values(), known)
    if not new and not corrections:
        return None
    earlier = _earlier(told, known)
    groups = sorted(_stories(new), key=_rank)
    large = tuple(_large(group, earlier, table, language) for group in groups[:large_max])
    lines = tuple(_line(each, table, language) for each in _rest(groups, large_max))
    return Edition(
        day=day,
        language=language,
        regions=_names(_known(regions, table), table, language),
        stories=large,
        brief=lines[:brief_max],
        more=lines[brief_max:],
        corrections=corrections,
    )


def lighter(edition: Edition) -> Edition | None:
    """The same edition with one story less shown large, or one line less; None when nothing can go.

    What it tells stays the same: what is no longer shown is counted among `more`.
    """
    if len(edition.stories) > 1:
        last = edition.stories[-1]
        line = replace(last, related=(), earlier=(), tags=last.tags[:1])
        brief = (line, *edition.brief, *(replace(line, lead=each) for each in last.related))
        return replace(
            edition,
            stories=edition.stories[:-1],
            brief=brief[:BRIEF_MAX],
            more=(*brief[BRIEF_MAX:], *edition.more),
        )
    if edition.brief:
        return replace(edition, brief=edition.brief[:-1], more=(edition.brief[-1], *edition.more))
    return None


def _latest(told: Iterable[Told]) -> dict[int, Told]:
    """The last thing this reader was told about each article."""
    latest: dict[int, Told] = {}
    for each in told:
        before = latest.get(each.article)
        if before is None or (each.revision, each.day) > (before.revision, before.day):
            latest[each.article] = each
    return latest


def _new(
    candidates: Iterable[Article], regions: tuple[str, ...], told: Iterable[int]
) -> list[Article]:
    wanted, known = frozenset(regions), frozenset(told)
    new = {
        each.number: each
        for each in candidates
        if each.number not in known and (not wanted or not wanted.isdisjoint(each.regions))
    }
    return sorted(new.values(), key=_newest_first)


def _corrections(told: Iterable[Told], known: Mapping[int, Article]) -> tuple[Correction, ...]:
    """Told articles that now carry a note which their reader has not read, oldest first."""
    due = [
        Correction(article=now, told_on=each.day)
        for each in told
        if (now := known.get(each.article))
        and now.revision > each.revision
        and now.correction
        and now.correction != each.correction
    ]
    due.sort(key=lambda each: (each.article.updated_at, each.article.number))
    return tuple(due[:CORRECTIONS_MAX])


def _earlier(told: Iterable[Told], known: Mapping[int, Article]) -> dict[int, tuple[Earlier, ...]]:
    """By story: what of it was told before, newest first, each with the day it was first told."""
    first: dict[int, date] = {}
    for each in told:
        first[each.article] = min(each.day, first.get(each.article, each.day))
    by_story = defaultdict(list)
    for number, day in first.items():
        article = known.get(number)
        if article is not None and article.story is not None:
            by_story[article.story].append(Earlier(article=article, day=day))
    return {
        story: tuple(sorted(each, key=lambda one: (one.day, *_age(one.article)), reverse=True))
        for story, each in by_story.items()
    }


def _stories(new: Sequence[Article]) -> list[list[Article]]:
    """New articles by story; one without a story is a story of its own."""
    groups: dict[tuple[bool, int], list[Article]] = defaultdict(list)
    for each in new:
        alone = each.story is None
        groups[alone, each.number if each.story is None else each.story].append(each)
    return list(groups.values())


def _rank(group: Sequence[Article]) -> tuple[int, float, int]:
    """The most told story first, then the freshest; the number decides what is left."""
    freshest = max(each.published_at for each in group)
    return (-len(group), -freshest.timestamp(), min(each.number for each in group))


def _large(
    group: Sequence[Article],
    earlier: Mapping[int, tuple[Earlier, ...]],
    table: RegionNames,
    language: str,
) -> EditionStory:
    first, *others = _led(group)
    before = earlier.get(first.story, ()) if first.story is not None else ()
    return EditionStory(
        lead=first,
        related=tuple(others[:RELATED_MAX]),
        earlier=before[:EARLIER_MAX],
        story=first.story,
        tags=_tags(first, table, language),
    )


def _rest(groups: Sequence[Sequence[Article]], large_max: int) -> list[Article]:
    """What is not shown large: the other stories' leads, then what else there is in any story."""
    large = [_led(group)[1 + RELATED_MAX :] for group in groups[:large_max]]
    small = [_led(group) for group in groups[large_max:]]
    overflow = [each for others in (*large, *(one[1:] for one in small)) for each in others]
    return [*(one[0] for one in small), *overflow]


def _led(group: Sequence[Article]) -> list[Article]:
    """The story's lead, then the others, newest first."""
    first = lead(group)
    return [first, *(each for each in group if each.number != first.number)]


def _line(article: Article, table: RegionNames, language: str) -> EditionStory:
    return EditionStory(lead=article, story=article.story, tags=_tags(article, table, language)[:1])


def _tags(article: Article, table: RegionNames, language: str) -> tuple[str, ...]:
    """Its countries; the larger regions only where no country is known: they say nothing more."""
    regions = _known(article.regions, table)
    countries = [each for each in regions if each.is_country]
    return _names((countries or regions)[:TAGS_MAX], table, language)


def _known(slugs: Iterable[str], table: RegionNames) -> list[Region]:
    """The regions of these slugs. An operator's may be gone since; it costs nobody the edition."""
    found = []
    for slug in slugs:
        with suppress(ValueError):
            found.append(table.region(slug))
    return found


def _names(regions: Iterable[Region], table: RegionNames, language: str) -> tuple[str, ...]:
    return tuple(table.label(each.slug, language) for each in regions)


def _age(article: Article) -> tuple[datetime, int]:
    return (article.published_at, article.number)


def _newest_first(article: Article) -> tuple[float, int]:
    return (-article.published_at.timestamp(), -article.number)
