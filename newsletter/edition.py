"""A reader's regions, the day's articles and what the reader was told in, an Edition out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Protocol

from articles.model import Article, Region
from newsletter import budget
from newsletter.budget import MINUTES, Length
from newsletter.model import Correction, Earlier, Edition, EditionStory, Told
from newsletter.ranking import ranked

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

    def countries(self, slug: str) -> frozenset[str]:
        """Its countries; none if there is no such region."""
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
    minutes: int = MINUTES,
    pins: Collection[int] = frozenset(),
) -> Edition | None:
    """The edition of `day` for who follows `regions` and was told `told`; None: nothing to say.

    It takes no longer to read than `minutes`. `pins` are the stories that the editor wants first.
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
    length = budget.length(minutes)
    groups = [_led(each) for each in ranked(_stories(new), regions, table.countries, pins)]
    spent = sum(budget.words(f"{e.article.title} {e.article.correction}") for e in corrections)
    large = budget.large(
        [group[0] for group in groups], [each.title for each in new], length, spent
    )
    stories = tuple(
        _large(group, earlier, table, language, length.related_max) for group in groups[:large]
    )
    rest = _rest(groups, large, length)
    lines = budget.lines([each.title for each in rest], length, spent + _read(stories))
    return Edition(
        day=day,
        language=language,
        regions=_names(_known(regions, table), table, language),
        follows=regions,
        stories=stories,
        brief=tuple(_line(each, table, language) for each in rest[:lines]),
        more=tuple(_line(each, table, language) for each in rest[lines:]),
        corrections=corrections,
    )


def lighter(edition: Edition, lines: int = 1) -> Edition | None:
    """The same edition with one story less shown large, or `lines` less; None if nothing can go.

    What it tells stays the same: what is no longer shown is counted among `more`.
    """
    if len(edition.stories) > 1:
        last = edition.stories[-1]
        line = replace(last, related=(), earlier=(), tags=last.tags[:1])
        brief = (line, *edition.brief, *(replace(line, lead=each) for each in last.related))
        return replace(edition, stories=edition.stories[:-1], brief=brief)
    if edition.brief:
        kept = max(0, len(edition.brief) - max(1, lines))
        return replace(
            edition,
            brief=edition.brief[:kept],
            more=(*edition.brief[kept:], *edition.more),
        )
    return None


def _read(stories: Iterable[EditionStory]) -> int:
    """The words of what is shown large."""
    return sum(
        budget.words(
            " ".join((each.lead.title, each.lead.standfirst, *(a.title for a in each.related)))
        )
        for each in stories
    )


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
    return sorted(new.values(), key=_AGE, reverse=True)


def _corrections(told: Iterable[Told], known: Mapping[int, Article]) -> tuple[Correction, ...]:
    """Told articles that now carry a note which their reader has not read, oldest first."""
    due = [
        Correction(article=now, told_on=each.day)
        for each in told
        if each.shown
        and (now := known.get(each.article))
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
        if each.shown:
            first[each.article] = min(each.day, first.get(each.article, each.day))
    by_story = defaultdict(list)
    for number, day in first.items():
        article = known.get(number)
        if article is not None and article.story is not None:
            by_story[article.story].append(Earlier(article=article, day=day))
    return {
        story: tuple(sorted(each, key=lambda one: (one.day, *_AGE(one.article)), reverse=True))
        for story, each in by_story.items()
    }


def _stories(new: Sequence[Article]) -> list[list[Article]]:
    """New articles by story; one without a story is a story of its own."""
    groups: dict[tuple[bool, int], list[Article]] = defaultdict(list)
    for each in new:
        alone = each.story is None
        groups[alone, each.number if each.story is None else each.story].append(each)
    return list(groups.values())


def _large(
    group: Sequence[Article],
    earlier: Mapping[int, tuple[Earlier, ...]],
    table: RegionNames,
    language: str,
    related_max: int,
) -> EditionStory:
    first, *others = group
    before = earlier.get(first.story, ()) if first.story is not None else ()
    return EditionStory(
        lead=first,
        related=tuple(others[:related_max]),
        earlier=before[:EARLIER_MAX],
        story=first.story,
        tags=_tags(first, table, language),
    )


def _rest(groups: Sequence[Sequence[Article]], large: int, length: Length) -> list[Article]:
    """What is not shown large: the other stories' leads, then what else there is in any story."""
    more = [group[1 + length.related_max :] for group in groups[:large]]
    small = groups[large:]
    overflow = [each for others in (*more, *(one[1:] for one in small)) for each in others]
    return [*(one[0] for one in small), *overflow]


def _led(group: Sequence[Article]) -> list[Article]:
    """The story's lead, then the others, newest first."""
    from articles.stories import lead  # brings NumPy, and whoever names this module need not

    if len(group) == 1:
        return [*group]
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


_AGE = attrgetter("published_at", "number")
