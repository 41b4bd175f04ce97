"""The text files of this folder in; tables of countries, regions and words out. Reads them once."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent

#: The columns of editorial_names.txt: what the mail is written in, beside English.
DESK_LANGUAGES = ("ar", "de", "es", "fr")

#: A people's name that ends so has no plural in -s: Chinese, British, French, Swiss.
NO_PLURAL = ("s", "sh", "ch", "ese", "x", "men", "man", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One line of countries.txt."""

    code: str
    name: str
    others: tuple[str, ...]
    people: tuple[str, ...]
    capitals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One line of editorial.txt: a set of countries as an editor thinks of it."""

    slug: str
    name: str
    others: tuple[str, ...]
    countries: frozenset[str]
    names: Mapping[str, str]  # by language, without our English one


class Word(NamedTuple):
    """A name as it stands in a text, and what it may mean: readings, the usual one first."""

    text: str
    codes: tuple[str, ...]
    kind: str  # name | people | capital | city | state | place | seat | abbr | none
    rules: frozenset[str] = frozenset()  # those of ambiguous.txt


@dataclass(frozen=True, slots=True, eq=False)
class OwnWords:
    """An operator's words, which come before ours. Two are the same only if they are one object."""

    words: Mapping[str, Word]


NO_OWN_WORDS = OwnWords({})


@cache
def countries() -> tuple[Country, ...]:
    """Every country of ISO 3166-1, and Kosovo, by code."""
    return tuple(
        Country(
            code=code,
            name=name,
            others=_words(others),
            people=_words(people),
            capitals=_words(capitals),
        )
        for code, name, others, people, capitals in _lines("countries.txt", 5)
    )


@cache
def desks() -> tuple[Desk, ...]:
    """The editorial regions, members spelt out, in the file's order."""
    called = {
        slug: dict(zip(DESK_LANGUAGES, names, strict=True))
        for slug, *names in _lines("editorial_names.txt", 1 + len(DESK_LANGUAGES))
    }
    rows = {
        slug: (name, others, members) for slug, name, others, members in _lines("editorial.txt", 4)
    }

    def spelt_out(slug: str) -> frozenset[str]:
        members: set[str] = set()
        for member in rows[slug][2].split():
            members |= spelt_out(member[1:]) if member.startswith("+") else {member}
        return frozenset(members)

    return tuple(
        Desk(
            slug=slug,
            name=name,
            others=_words(others),
            countries=spelt_out(slug),
            names=called[slug],
        )
        for slug, (name, others, _) in rows.items()
    )


@cache
def names() -> dict[str, dict[str, str]]:
    """ISO code -> language -> what its readers call the country."""
    codes = [country.code for country in countries()]
    found: dict[str, dict[str, str]] = {code: {} for code in codes}
    for language, cell in _lines("names.txt", 2):
        for code, name in zip(codes, cell.split("; "), strict=True):
            if name:
                found[code][language] = name
    # The names we use ourselves are better English than CLDR's "Congo - Kinshasa".
    for country in countries():
        found[country.code]["en"] = country.name
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One file of languages/: what places and peoples are called, and how such words end."""

    rows: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()  # code, names, peoples
    endings: tuple[str, ...] = ("",)
    name_endings: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()  # countries' names that are common words
    no_places: tuple[str, ...] = ()  # what contains a place's name and means none


@cache
def coordinates() -> tuple[tuple[str, str, tuple[float, float]], ...]:
    """(ISO code, one of a town's names, its latitude and longitude in degrees)."""
    found = []
    for code, several, point in _lines("coordinates.txt", 3):
        latitude, longitude = map(float, point.split())
        found += [(code, name, (latitude, longitude)) for name in _words(several)]
    return tuple(found)


@cache
def languages() -> frozenset[str]:
    """The languages whose names of countries we know."""
    return frozenset(language for language, _ in _lines("names.txt", 2))


@cache
def language(code: str) -> Language:
    """Our own words of a language; an empty table where we only have CLDR's."""
    file = HERE / "languages" / f"{code}.txt"
    if not file.is_file():
        return Language()
    rows = []
    more: dict[str, tuple[str, ...]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition("|")
        head = head.strip()
        if line.startswith("#") or not head:
            continue
        if len(head) == 2:
            names, _, people = rest.partition("|")
            rows.append((head, _words(names), _words(people)))
        elif head in ("endings", "names"):
            more[head] = tuple(ending.strip() for ending in rest.split(","))
        else:
            more[head] = _words(rest.rstrip("|"))
    return Language(
        rows=tuple(rows),
        endings=more.get("endings", ("",)),
        name_endings=more.get("names", ()),
        never=frozenset(more.get("never", ())),
        no_places=more.get("none", ()),
    )


@cache
def english_words() -> dict[str, Word]:
    """Every English name of a place, each once, with its readings and rules."""
    found: dict[str, Word] = {}
    for text, code, kind in _english_names():
        old = found.get(text)
        if old is None:
            found[text] = Word(text, (code,), kind)
        elif code not in old.codes:
            found[text] = Word(text, (*old.codes, code), old.kind)
    for text, readings, rules in _lines("ambiguous.txt", 3):
        kind = found[text].kind if text in found else "city"
        found[text] = Word(text, tuple(readings.split()), kind, frozenset(rules.split()))
    for text in _phrases("not_places.txt"):
        found[text] = Word(text, (), "none")
    return found


def _english_names() -> Iterator[tuple[str, str, str]]:
    """(name, code, kind) in the order of importance: a country's own name before a town's."""
    for country in countries():
        for name in (country.name, *country.others):
            yield name, country.code, "name"
        for name in country.people:
            yield name, country.code, "people"
            if not name.endswith(NO_PLURAL):
                yield f"{name}s", country.code, "people"
    for country in countries():
        for name in country.capitals:
            yield name, country.code, "capital"
    for head, names in _lines("places.txt", 2):
        code, kind = head.split()
        for name in _words(names):
            yield name, code, kind


def without_accents(text: str) -> str:
    """The letters alone: Bogotá is Bogota, Łódź is Lodz."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_STROKES = str.maketrans("łŁøØđĐıİ’ß", "lLoOdDiI'" + "s")


def _lines(file: str, columns: int) -> Iterator[list[str]]:
    """The rows of a table of this folder, comments and blank lines left out."""
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("|")]
            assert len(cells) == columns, f"{file}: {line}"
            yield cells


def _phrases(file: str) -> Iterator[str]:
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield from _words(line)


def lines(file: str) -> list[str]:
    """The blank-separated words of a file of this folder, comments left out."""
    text = (HERE / file).read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


@cache
def fingerprint() -> str:
    """What everything in this folder says, words, weights and rules, as a short hash."""
    told = hashlib.sha256()
    for file in sorted((*HERE.rglob("*.txt"), *HERE.glob("*.py"))):
        told.update(file.read_bytes())
    return told.hexdigest()[:16]


def _words(cell: str) -> tuple[str, ...]:
    """The words of one cell; brackets only tell the reader to look into ambiguous.txt."""
    return tuple(word.strip().strip("[]") for word in cell.split(";") if word.strip())
