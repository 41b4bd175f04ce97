"""Live articles and standing files in, which feeds there are out, by name and label. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from articles.model import EVERYWHERE, Site
from articles.regions import RegionError, RegionTable
from feeds import selections
from feeds.selections import KINDS, Kind, Selection

#: What a feed's name is made of: no dot, no slash, so that a name never leaves the folder.
NAME = re.compile(r"[a-z0-9](?:[a-z0-9_+-]{0,198}[a-z0-9])?")

#: Where feeds lie below the public folder, and on the web below `Site.public_url`.
FOLDER = "feeds/"

#: The digest's own feed (`feeds.digest`), which no region may be called.
DIGEST = "digest"

#: A newsroom's tags and bylines grow without end; of each kind those with most articles get a feed.
FEEDS_OF_A_KIND_MAX = 1_000

Group = Literal["all", "region", "country", "combination", Kind]
_GROUPS: tuple[Group, ...] = ("all", "combination", "region", "country", *KINDS)

#: What a language calls itself: its readers look for that. Others go by their code.
LANGUAGES = {
    "ar": "العربية",
    "bn": "বাংলা",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "sw": "Kiswahili",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "zh": "中文",
}

_KINDS: Mapping[str, Kind] = {kind: kind for kind in KINDS}

_NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which feeds an operator wants beside those of regions."""

    combinations: tuple[str, ...] = ()  # "middle-east+balkans-syria", in any spelling
    kinds: tuple[Kind, ...] = KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of the catalogue."""

    name: str  # "all", a region's slug, or see `selections`
    label: str  # for people: "Syria"
    group: Group
    title: str  # of the feed itself: "The Meridian: Syria"
    address: str  # on the web, without the ending that tells the format
    selection: Selection
    language: str  # of its head, BCP 47

    def url(self, ending: str) -> str:
        return f"{self.address}.{ending}"

    def file(self, ending: str) -> str:
        """Its path below FOLDER."""
        return f"{self.name}.{ending}"


def feeds(
    live: Mapping[str, int],
    standing: Collection[str],
    site: Site,
    table: RegionTable,
    *,
    labels: Mapping[str, str] = _NO_LABELS,
    stories: Collection[str] = (),
    choice: Choice = Choice(),
) -> tuple[Listed, ...]:
    """Every feed there is: all, combinations, regions, countries, then by kind, each by label.

    `live` says how many articles stand under each name (`articles.filing`); of `stories` those that
    are to have a feed. `standing` are names of feeds published before. Those are never taken away:
    their readers would see an error for a region that is only quiet. Names that no file may have
    are left out; see `unnameable`.
    """
    combined = (selections.parse(each, table).name for each in choice.combinations)
    filed: dict[Kind | None, list[str]] = {}
    for name in live:
        filed.setdefault(kind_of(name), []).append(name)
    words = _words(filed, live, choice.kinds)
    names = {EVERYWHERE, *filed.get(None, ()), *standing, *combined, *words, *stories} - {DIGEST}
    listed = [listing(name, site, table, labels) for name in names if NAME.fullmatch(name)]
    return tuple(sorted(listed, key=_place))


def unnameable(live: Collection[str]) -> tuple[str, ...]:
    """Regions whose slug cannot be the name of a file or of an address."""
    return tuple(sorted(name for name in live if not NAME.fullmatch(name)))


def listing(
    name: str, site: Site, table: RegionTable, labels: Mapping[str, str] = _NO_LABELS
) -> Listed:
    """How the feed `name` is called and where it is, whether or not it has articles."""
    selection = _selection(name, table)
    label = _called(selection, table, labels) if name != EVERYWHERE else site.name
    group = _group(selection, table)
    return Listed(
        name=name,
        label=label,
        group=group,
        title=site.name if group == "all" else f"{site.name}: {label}",
        address=address(name, site),
        selection=selection,
        language=name.partition("_")[2] if group == "language" else site.language,
    )


def address(name: str, site: Site) -> str:
    """Where the feed `name` is on the web, without the ending that tells the format."""
    return f"{site.public_url}{FOLDER}{name}"


def label(name: str, table: RegionTable, labels: Mapping[str, str] = _NO_LABELS) -> str:
    """What people call a region, section, author, tag, language or story."""
    kind, _, slug = name.partition("_")
    if name in labels:
        return labels[name]
    if kind == "language" and slug in LANGUAGES:
        return LANGUAGES[slug]
    if kind == "story" and slug:
        return f"{kind.capitalize()} {slug}"
    if slug:
        return slug.replace("_", " ").capitalize()
    try:
        return table.region(name).name
    except RegionError:  # a set of the operator's own that the settings no longer have
        return name.replace("-", " ").capitalize()


def kind_of(name: str) -> Kind | None:
    """Which kind of word a feed is named by; None for a region, and for all."""
    kind, mark, _ = name.partition("_")
    return _KINDS.get(kind) if mark else None


def _words(
    filed: Mapping[Kind | None, Sequence[str]], live: Mapping[str, int], kinds: Collection[Kind]
) -> Iterator[str]:
    """Names of each kind, those with most articles; no language where there is but one."""
    for kind in kinds:
        if kind == "story":
            continue
        names = filed.get(kind, ())
        if kind != "language" or len(names) > 1:
            yield from sorted(names, key=lambda name: (-live[name], name))[:FEEDS_OF_A_KIND_MAX]


def _selection(name: str, table: RegionTable) -> Selection:
    """Any name can be listed: one that is no combination is a name of its own."""
    if selections.is_one(name, table):
        return Selection((name,))
    try:
        selection = selections.parse(name, table)
    except selections.SelectionError:
        return Selection((name,))
    return selection if selection.name == name else Selection((name,))


def _called(selection: Selection, table: RegionTable, labels: Mapping[str, str]) -> str:
    some = " + ".join(label(part, table, labels) for part in selection.some)
    return some + "".join(f" − {label(part, table, labels)}" for part in selection.without)


def _group(selection: Selection, table: RegionTable) -> Group:
    if not selection.is_single:
        return "combination"
    (name,) = selection.some
    if name == EVERYWHERE:
        return "all"
    if kind := kind_of(name):
        return kind
    try:
        return "country" if table.region(name).is_country else "region"
    except RegionError:
        return "region"


def _place(feed: Listed) -> tuple[int, str, str]:
    """Where a feed stands in a list for people: "Égypte" between "Chili" and "Finlande"."""
    label = feed.label
    letters = (label if label.isascii() else unicodedata.normalize("NFKD", label)).casefold()
    return _GROUPS.index(feed.group), letters, feed.name
