"""An article in, the countries it is about out, with evidence; the table of all regions. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from articles.errors import NewsdeskError
from articles.model import Article, Place, Placement, Region
from articles.places import location, ranking, tables
from articles.places.evidence import find_places
from articles.places.finder import Found
from articles.places.ranking import Mode
from articles.places.tables import NO_OWN_WORDS, OwnWords, Word

#: What a region's slug may be: it stands in addresses and file names.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

#: The operator's regions may hold each other so deep: more is a slip, and a cycle has no end.
NESTED_MAX = 10

#: Letters that cannot be seen, but belong into names of Persian, Hindi and others.
_JOINERS = str.maketrans("", "", "\u200c\u200d")

__all__ = [
    "Evidence",
    "Mode",
    "RegionError",
    "RegionTable",
    "candidates",
    "explain",
    "place",
    "tag",
]


def tag(
    article: Article, table: RegionTable, *, mode: Mode = "subject", home: str | None = None
) -> tuple[Placement, ...]:
    """The countries `article` is about, most important first; () when nothing is known.

    `mode` "subject" keeps the one or few countries the piece is about; "mention" every country that
    is really spoken of. `home` is the ISO code of the country the publication's domestic news is
    about and takes for granted; leave it out for a site that covers the world.
    """
    code = table.country(home) if home else None
    return ranking.placements(article, _found(article, table, code), mode=mode, home=code)


def candidates(
    article: Article, table: RegionTable, *, mode: Mode = "subject", home: str | None = None
) -> tuple[Placement, ...]:
    """As `tag`, and behind what it gives every other country in question, with its lower score."""
    code = table.country(home) if home else None
    return ranking.candidates(article, _found(article, table, code), mode=mode, home=code)


def explain(
    article: Article, table: RegionTable, *, mode: Mode = "subject", home: str | None = None
) -> tuple[Evidence, ...]:
    """Every place found in `article`, in reading order, and what came of it. As for `tag`."""
    placed = {placement.code for placement in tag(article, table, mode=mode, home=home)}
    return tuple(
        Evidence(
            part=place.part,
            start=place.start,
            end=place.end,
            text=place.text(article),
            codes=place.codes,
            kind=place.word.kind,
            counted=not placed.isdisjoint(place.codes),
        )
        for place in _found(article, table, table.country(home) if home else None)
    )


def place(
    article: Article,
    placements: Sequence[Placement],
    table: RegionTable,
    *,
    home: str | None = None,
) -> Place | None:
    """The town `article` takes place in, in one of the countries it was placed in; mostly None.

    Where an editor chose the countries, the words that speak for them are looked for first.
    """
    if any(placement.origin == "editor" for placement in placements):
        chosen = {placement.code for placement in placements}
        proposed = candidates(article, table, home=home)
        placements = [placement for placement in proposed if placement.code in chosen]
    return location.place(article, placements)


def _found(article: Article, table: RegionTable, home: str | None) -> list[Found]:
    return find_places(article, home, table.own_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A place found in an article: `article.<part>[start:end]` is `text`."""

    part: str  # dateline | title | standfirst | body_text
    start: int
    end: int
    text: str
    codes: tuple[str, ...]  # the countries it was read as; () is a name that means no place here
    kind: str  # name | people | capital | city | state | place | seat | abbr | none
    counted: bool  # it speaks for a country the article was given


class RegionError(NewsdeskError, ValueError):
    """A region that is none: the message names what was written and the nearest that is known."""


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Every region there is: editorial sets, the operator's own, and the countries. Immutable."""

    regions: tuple[Region, ...]  # editorial ones first, then the countries, each sorted by slug
    by_slug: Mapping[str, Region]
    _slug_of: Mapping[str, str]  # ISO code -> slug
    _codes: Mapping[str, str]  # whatever it may be called, folded -> ISO code or editorial slug
    own_words: OwnWords = NO_OWN_WORDS  # what the operator says that words in articles mean

    @classmethod
    def load(
        cls,
        own: Mapping[str, Sequence[str]] = MappingProxyType({}),
        labels: Mapping[str, str] = MappingProxyType({}),
        words: Mapping[str, str | Sequence[str]] = MappingProxyType({}),
    ) -> RegionTable:
        """The regions shipped with newsdesk, and the operator's.

        `own` maps a slug to its members: codes or names of countries or of whole regions, ours or
        other `own` ones; a slug of ours is replaced, and within its own members means ours.
        `labels` maps slugs to what the newsroom calls them. `words` maps names
        as they stand in articles to the countries they mean there, () for none at all.

        Raises:
            RegionError: an unknown member, no members, a region within itself, a slug that is a
                country's or is no slug, a word that no name can be.
        """
        table = cls._of(_desks(), labels={})
        if own:
            theirs: dict[str, Region] = {}
            for slug in own:
                table._add_own(slug, own, theirs)
            table = cls._of(_desks() | theirs, labels={})
        for slug in labels:
            table.region(slug)
        if labels:
            table = cls._of({r.slug: r for r in table._editorial()}, labels)
        if not words:
            return table
        meant = {text: table._word(text, codes) for text, codes in words.items()}
        return replace(table, own_words=OwnWords(MappingProxyType(meant)))

    @property
    def fingerprint(self) -> str:
        """What the tagger and the sets say, as a short hash: equal tables place articles alike."""
        sets = sorted((region.slug, sorted(region.countries)) for region in self.regions)
        words = sorted(self.own_words.words.items())
        told = repr((sets, [(text, word.codes) for text, word in words]))
        return f"{tables.fingerprint()} {hashlib.sha256(told.encode()).hexdigest()[:16]}"

    @classmethod
    def _of(cls, editorial: Mapping[str, Region], labels: Mapping[str, str]) -> RegionTable:
        called: dict[str, str] = {}
        by_slug: dict[str, Region] = {}
        for code, region in [*editorial.items(), *_countries().items()]:
            name = labels.get(region.slug)
            by_slug[region.slug] = _renamed(region, name) if name else region
            if name:
                called[_folded(name)] = code
        called |= {_folded(slug): slug for slug in editorial}
        return cls(
            (
                *sorted((by_slug[slug] for slug in editorial), key=_slug),
                *_sorted_countries(by_slug),
            ),
            MappingProxyType(by_slug),
            MappingProxyType({code: region.slug for code, region in _countries().items()}),
            MappingProxyType(_names() | called),
        )

    def _add_own(
        self,
        slug: str,
        own: Mapping[str, Sequence[str]],
        made: dict[str, Region],
        within: tuple[str, ...] = (),
    ) -> None:
        """Put an operator's region, checked, into `made`, and before it those it holds."""
        if slug in made:
            return
        members, within = own[slug], (*within, slug)
        if not SLUG.fullmatch(slug):
            raise RegionError(
                f"region {slug!r}: a slug is lower-case letters, digits and single hyphens"
            )
        if slug in self._slug_of.values():
            raise RegionError(f"region {slug!r} is a country; give the set another slug")
        if isinstance(members, str) or not members:
            raise RegionError(f'region {slug!r}: its countries are a list, as in ["SY", "Turkey"]')
        found: set[str] = set()
        for member in members:
            if member in own and member != slug:
                if member in within or len(within) == NESTED_MAX:
                    path = " > ".join((*within, member))
                    raise RegionError(f"region {slug!r}: {path} has no end; name its countries")
                self._add_own(member, own, made, within)
                found |= made[member].countries
                continue
            code = self.resolve(member)
            if code is None:
                raise RegionError(f"region {slug!r}: no region {member!r}{self._nearest(member)}")
            found |= {code} if code in self._slug_of else self.by_slug[code].countries
        known = self.by_slug.get(slug)
        name = known.name if known else slug.replace("-", " ").title()
        names = known.names if known else {}
        made[slug] = Region(slug=slug, name=name, countries=frozenset(found), names=names)

    def _word(self, text: str, countries: str | Sequence[str]) -> Word:
        """The operator's word, checked."""
        if not text[:1].isalnum() or text[:1].islower():
            raise RegionError(f"place {text!r}: a name begins with a capital letter")
        if not text.translate(_JOINERS).isprintable():
            raise RegionError(f"place {text!r}: a name has no control characters")
        try:
            several = [countries] if isinstance(countries, str) else countries
            codes = [self.country(country) for country in several]
        except RegionError as error:
            raise RegionError(f"place {text!r}: {error}") from error
        rules = frozenset(("both",)) if len(codes) > 1 else frozenset[str]()
        return Word(text, tuple(codes), "name" if codes else "none", rules)

    def _editorial(self) -> list[Region]:
        countries = set(self._slug_of.values())
        return [region for region in self.regions if region.slug not in countries]

    def region(self, slug: str) -> Region:
        """The region of this slug.

        Raises:
            RegionError: there is none; the message suggests the nearest.
        """
        try:
            return self.by_slug[slug]
        except KeyError:
            raise RegionError(f"no region {slug!r}{self._nearest(slug)}") from None

    def countries(self, slug: str) -> frozenset[str]:
        """The countries of this slug's region; none if there is no such region."""
        region = self.by_slug.get(slug)
        return region.countries if region else frozenset()

    def resolve(self, text: str) -> str | None:
        """What a code, slug or name means: an ISO code for a country, a slug for a set, or None."""
        folded = _folded(text)
        return self._codes.get(folded) or _foreign_names().get(folded)

    def known(self, text: str) -> str:
        """As `resolve`, for what a person wrote.

        Raises:
            RegionError: it is no region; the message suggests the nearest.
        """
        code = self.resolve(text)
        if code is None:
            raise RegionError(f"no region {text!r}{self._nearest(text)}")
        return code

    def country(self, text: str) -> str:
        """The ISO code of a country given by code, slug or name.

        Raises:
            RegionError: it is no country.
        """
        if text in self._slug_of:
            return text
        code = self.resolve(text)
        if code is None or code not in self._slug_of:
            raise RegionError(f"no country {text!r}{self._nearest(text, countries=True)}")
        return code

    def slugs(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Every region an article with these codes is in: its countries in order, then the sets.

        `codes` are what `tag` and `resolve` give: ISO codes and slugs of sets. A set belongs when
        it was given or holds one of the countries; sets are in the order of `regions`.
        """
        given = list(dict.fromkeys(codes))
        countries = [code for code in given if code in self._slug_of]
        sets = [
            region.slug
            for region in self._editorial()
            if region.slug in given or not region.countries.isdisjoint(countries)
        ]
        return (*(self._slug_of[code] for code in countries), *sets)

    def sets_of(self, code: str) -> frozenset[str]:
        """The slugs of the editorial regions that hold a country; none for a code of no country."""
        return frozenset(each.slug for each in self._editorial() if code in each.countries)

    def label(self, slug: str, language: str = "en") -> str:
        """What readers of `language` call the region; the newsroom's name where none is known."""
        region = self.region(slug)
        language = language.casefold()
        names = region.names
        return names.get(language) or names.get(language.partition("-")[0]) or region.name

    def _nearest(self, text: str, *, countries: bool = False) -> str:
        known = [
            name for name, code in self._codes.items() if not countries or code in self._slug_of
        ]
        # Two letters are near to everything, and long texts take long to compare.
        folded = _folded(text) if 2 < len(text) < 100 else ""
        near = get_close_matches(folded, known, n=1, cutoff=0.7)
        if not near:
            return "; `newsdesk regions list` shows all"
        code = self._codes[near[0]]
        slug = self._slug_of.get(code, code)
        return f" (did you mean {slug!r}?)"


@cache
def _countries() -> dict[str, Region]:
    """ISO code -> the country as a region, its names in every language we have."""
    names = tables.names()
    return {
        country.code: Region(
            slug=slugify(country.name),
            name=country.name,
            countries=frozenset((country.code,)),
            names=MappingProxyType(names[country.code]),
        )
        for country in tables.countries()
    }


@cache
def _desks() -> dict[str, Region]:
    return {
        desk.slug: Region(
            slug=desk.slug,
            name=desk.name,
            countries=desk.countries,
            names=MappingProxyType({"en": desk.name, **desk.names}),
        )
        for desk in tables.desks()
    }


@cache
def _names() -> dict[str, str]:
    """Whatever a country or a set of ours may be called, folded -> code. Codes win over names."""
    found: dict[str, str] = {}
    for country in tables.countries():
        for name in (country.name, *country.others):
            found.setdefault(_folded(name), country.code)
    for desk in tables.desks():
        for name in (desk.slug, desk.name, *desk.others):
            found.setdefault(_folded(name), desk.slug)
    return found | {country.code.casefold(): country.code for country in tables.countries()}


@cache
def _foreign_names() -> dict[str, str]:
    """What regions are called in other languages: asked only where English has no answer."""
    return {
        _folded(name): code
        for code, region in (_desks() | _countries()).items()
        for name in region.names.values()
    }


def _sorted_countries(by_slug: Mapping[str, Region]) -> list[Region]:
    return sorted((by_slug[region.slug] for region in _countries().values()), key=_slug)


def _slug(region: Region) -> str:
    return region.slug


def _renamed(region: Region, name: str) -> Region:
    """With the newsroom's name instead of our English one; other languages keep theirs."""
    names = {**region.names, "en": name} if region.names else {}
    return replace(region, name=name, names=MappingProxyType(names))


def slugify(name: str) -> str:
    """`Côte d'Ivoire` -> `cote-d-ivoire`."""
    return re.sub(r"[^a-z0-9]+", "-", tables.without_accents(name).casefold()).strip("-")


def _folded(text: str) -> str:
    """What is the same to a reader: case, accents, hyphens and a leading article do not count."""
    plain = tables.without_accents(text).casefold()
    return re.sub(r"[\W_]+", " ", plain).strip().removeprefix("the ")
