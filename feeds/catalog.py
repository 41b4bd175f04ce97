"""Live regions and standing files in, which feeds there are out: names, labels, addresses. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from articles.model import EVERYWHERE, Site
from articles.regions import RegionError, RegionTable
from feeds import selections
from feeds.selections import SelectionError

#: What a feed's name is made of: no dot, no slash, so that a name never leaves the folder.
NAME = re.compile(r"[a-z0-9](?:[a-z0-9_+-]{0,198}[a-z0-9])?")

#: Where feeds lie below the public folder, and on the web below `Site.public_url`.
FOLDER = "feeds/"

Group = Literal["all", "region", "country"]
_ORDER: dict[Group, int] = {"all": 0, "region": 1, "country": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of the catalogue."""

    name: str  # "all" or a region's slug
    label: str  # for people: "Syria"
    group: Group
    title: str  # of the feed itself: "The Meridian: Syria"
    address: str  # on the web, without the ending that tells the format

    def url(self, ending: str) -> str:
        return f"{self.address}.{ending}"

    def file(self, ending: str) -> str:
        """Its path below FOLDER."""
        return f"{self.name}.{ending}"


def feeds(
    live: Collection[str], standing: Collection[str], site: Site, table: RegionTable
) -> tuple[Listed, ...]:
    """Every feed there is: all, then regions, then countries, each by label.

    `live` are regions that have articles; `standing` are names of feeds published before. Those are
    never taken away: their readers would see an error for a region that is only quiet. Names that
    no file may have are left out; see `unnameable`.
    """
    names = {EVERYWHERE, *live, *standing}
    listed = [listing(name, site, table) for name in names if NAME.fullmatch(name)]
    return tuple(sorted(listed, key=_place))


def unnameable(live: Collection[str]) -> tuple[str, ...]:
    """Regions whose slug cannot be the name of a file or of an address."""
    return tuple(sorted(name for name in live if not NAME.fullmatch(name)))


def listing(name: str, site: Site, table: RegionTable) -> Listed:
    """How the feed `name` is called and where it is, whether or not it has articles."""
    label, group = _called(name, site, table)
    return Listed(
        name=name,
        label=label,
        group=group,
        title=site.name if group == "all" else f"{site.name}: {label}",
        address=f"{site.public_url}{FOLDER}{name}",
    )


def _place(feed: Listed) -> tuple[int, str, str]:
    """Where a feed stands in a list for people: "Égypte" between "Chili" and "Finlande"."""
    letters = unicodedata.normalize("NFKD", feed.label).casefold()
    return _ORDER[feed.group], letters, feed.name


def _called(name: str, site: Site, table: RegionTable) -> tuple[str, Group]:
    if name == EVERYWHERE:
        return site.name, "all"
    try:
        region = table.region(name)
    except RegionError:
        return _combined(name, site, table), "region"
    return region.name, "country" if region.is_country else "region"


def _combined(name: str, site: Site, table: RegionTable) -> str:
    """ "Balkans + Middle East − Syria", in signs and not in a language."""
    try:
        selection = selections.parse(name, table)
    except SelectionError:  # a set of the operator's own that the settings no longer have
        selection = None
    if selection is None or selection.is_single:
        return name.replace("-", " ").replace("_", " ").capitalize()
    some, without = (
        [_called(part, site, table)[0] for part in parts]
        for parts in (selection.some, selection.without)
    )
    return " + ".join(some) + "".join(f" \u2212 {label}" for label in without)
