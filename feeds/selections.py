"""The name of a feed in, what it holds out, and one spelling for each. Pure.

    middle-east                      one region
    tag_grain                        one tag; also section_, author_, language_, story_
    middle-east+balkans-syria        articles of either, without those about Syria
    all-syria                        everything else

Slugs of regions have hyphens and no underscore, all others underscores and no hyphen: so a hyphen
before a name that is known is a minus, whatever stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from articles.errors import NewsdeskError
from articles.model import EVERYWHERE, Region
from articles.regions import RegionError, RegionTable

#: More than anybody follows in one feed; what a stranger may ask a server to put together.
PARTS_MAX = 12

#: File systems end a name at 255 bytes; endings and temporary names take some of it.
NAME_CHARS_MAX = 200

#: Bounds the search for where a name ends; four words a part is more than any region has.
NAME_WORDS_MAX = 4 * PARTS_MAX

#: What is filed under words of the newsroom's own.
Kind = Literal["section", "author", "tag", "language", "story"]
KINDS: tuple[Kind, ...] = ("section", "language", "author", "tag", "story")

_FILED = re.compile(rf"(?:{'|'.join(KINDS)})_[a-z0-9_]{{1,80}}")


class SelectionError(NewsdeskError, ValueError):
    """A name that is no feed's: the message says what in it is not known."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The articles of any of `some` that are in none of `without`; both in their one order."""

    some: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The one spelling: sorted, parts first, then what is taken away."""
        return "+".join(self.some) + "".join(f"-{part}" for part in self.without)

    @property
    def parts(self) -> tuple[str, ...]:
        """Every feed whose change may change this one."""
        return self.some + self.without

    @property
    def is_single(self) -> bool:
        return len(self.some) == 1 and not self.without


def parse(name: str, table: RegionTable) -> Selection:
    """What the feed `name` selects, in its one spelling: `parse(x, t).name` is where x redirects.

    Case and order do not matter, a blank is a plus (as forms send it), and what says nothing is
    dropped: `syria+middle-east` is `middle-east`, which holds it.

    Raises:
        SelectionError: a part is not known, nothing is left, or it is too long.
    """
    if len(name) > NAME_CHARS_MAX:
        raise SelectionError(f"a feed's name has at most {NAME_CHARS_MAX} characters")
    regions = table.by_slug
    some: list[str] = []
    without: list[str] = []
    for chunk in re.split(r"[+\s]+", name.strip().casefold()):
        parted = _parted(chunk.removeprefix("-"), regions)
        if parted is None:
            raise SelectionError(f"no feed {chunk!r}{_nearest(chunk, table)}")
        some += [] if chunk.startswith("-") else parted[:1]
        without += parted if chunk.startswith("-") else parted[1:]
    if len(some) + len(without) > PARTS_MAX:
        raise SelectionError(f"{name!r}: a feed is put together of at most {PARTS_MAX} parts")
    return _canonical(name, some or [EVERYWHERE], without, regions)


def is_one(name: str, table: RegionTable) -> bool:
    """Whether `name` is that of one region or word in its one spelling, which most names are."""
    return name in table.by_slug or _FILED.fullmatch(name) is not None


def _parted(chunk: str, regions: Mapping[str, Region]) -> list[str] | None:
    """`balkans-syria` -> balkans, syria; the longest known name wins; None: a part is unknown."""
    words = chunk.split("-")
    if len(words) > NAME_WORDS_MAX:
        return None
    for count in range(len(words), 0, -1):
        part = "-".join(words[:count])
        if part in regions or part == EVERYWHERE or _FILED.fullmatch(part):
            rest = _parted("-".join(words[count:]), regions) if count < len(words) else []
            if rest is not None:
                return [part, *rest]
    return None


def _nearest(chunk: str, table: RegionTable) -> str:
    """`; did you mean ...`, where the whole is nearly a region."""
    try:
        table.region(chunk)
    except RegionError as error:
        return str(error).removeprefix(f"no region {chunk!r}")
    return ""


def _canonical(
    name: str, some: Iterable[str], without: Iterable[str], regions: Mapping[str, Region]
) -> Selection:
    kept_out = _widest(without, regions)
    held = [part for part in _widest(some, regions) if not _covered(part, kept_out, regions)]
    if not held:
        raise SelectionError(f"{name!r}: all that it names is taken away again")
    selection = Selection(tuple(sorted(held)), tuple(sorted(kept_out)))
    if len(selection.name) > NAME_CHARS_MAX:
        raise SelectionError(f"a feed's name has at most {NAME_CHARS_MAX} characters")
    if not selection.is_single and selection.name in regions:
        raise SelectionError(f"{selection.name!r} is the name of a region, and of nothing else")
    return selection


def _widest(parts: Iterable[str], regions: Mapping[str, Region]) -> list[str]:
    """Without what another one holds already, and each once."""
    found = set(parts)
    return [part for part in found if not _covered(part, found - {part}, regions)]


def _covered(part: str, by: Collection[str], regions: Mapping[str, Region]) -> bool:
    """Whether every article of `part` is in one of `by`, whatever the articles are.

    A country's articles are in every set that holds the country. An article may be in a set
    without a country, so a set is covered by nothing but itself and everything.
    """
    if EVERYWHERE in by or part in by:
        return True
    region = regions.get(part)
    wider = [regions[other] for other in by if other in regions]
    return (
        region is not None
        and region.is_country
        and any(region.countries <= each.countries for each in wider)
    )
