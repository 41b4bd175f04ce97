"""A day, a count or a list of names in, the digest's words for it in a language out. Pure.

The phrases themselves are data: newsletter/languages.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.model import EVERY_DAY

if TYPE_CHECKING:
    from babel import Locale

#: Languages written from right to left, and scripts that are, whatever the language.
RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "glk", "he", "lrc", "mzn", "nqo", "ps", "sd", "syr", "ug"}
    | {"ur", "yi"}
)
RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})

#: An hour of delivery has a name only as coarse as this.
NOON, EVENING = time(12), time(18)

Plural = Mapping[str, str]  # CLDR plural category -> phrase with {n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every phrase of the digest in one language; `locale` rules its plurals, lists and months."""

    language: str
    locale: str
    date_long: str
    date_plain: str
    date_short: str
    first: str = ""  # how the first of a month is written, where not "1"
    comma: str
    stories: Plural
    minutes: Plural
    minutes_short: Plural
    corrections: Plural
    everywhere: str
    more_regions: Plural
    summary: str
    read_on_web: str
    on_the_web: str
    quiet: Plural
    correction_only: str
    correction_subject: str
    byline: str
    also: str
    earlier: str
    brief: str
    more: Plural
    corrected: str
    corrected_article: str
    sent_on: str
    picture: str
    why: str
    on_days: str
    morning: str
    afternoon: str
    evening: str
    change: str
    unsubscribe: str
    feeds: str
    editions: str
    all_editions: str
    by_mail: str  # the way to the form where one subscribes
    by_month: str
    by_region: str
    corrected_since: str

    @property
    def unsubscribe_too(self) -> str:
        """The English word, for mail programs and filters that look for it; "" in English."""
        return "" if self.language == "en" else "unsubscribe"

    def count(self, phrases: Plural, n: int) -> str:
        """`count(words.stories, 3)`: "3 stories", by the language's own rule of plurals."""
        return phrases.get(_locale(self.locale).plural_form(n), phrases["other"]).format(n=n)

    def listed(self, names: Sequence[str]) -> str:
        """ "Middle East, Caucasus and Sahel"."""
        return _listed(names, self.locale)

    def long(self, day: date) -> str:
        """ "Sunday, 22 November 2026"."""
        return self._dated(day, self.date_long)

    def month(self, day: date) -> str:
        """ "November 2026"."""
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMMM", day, locale=self.locale))

    def plain(self, day: date) -> str:
        """ "22 November 2026"."""
        return self._dated(day, self.date_plain)

    def short(self, day: date) -> str:
        """ "22 Nov"."""
        return self._dated(day, self.date_short)

    def _dated(self, day: date, pattern: str) -> str:
        if day.day == 1 and self.first:
            pattern = pattern.replace("d ", f"'{self.first}' ", 1)
        return _dated(day, pattern, self.locale)

    def each_day(self, hour: time, time_zone: str, days: int = EVERY_DAY) -> str:
        """ "each morning at 06:30 in Berlin", or "on Monday and Thursday at 06:30 in Berlin".

        The zone is an IANA name; bit 0 of `days` is Monday.
        """
        place = _place(time_zone, self.locale)
        if days != EVERY_DAY:
            return self.on_days.format(
                days=_weekdays(days, self.locale), time=f"{hour:%H:%M}", place=place
            )
        part = self.evening if hour >= EVENING else self.afternoon if hour >= NOON else self.morning
        return part.format(time=f"{hour:%H:%M}", place=place)


def own_name(language: str) -> str:
    """What a language calls itself, as a list shows it: "Deutsch", "Français"."""
    name = _locale(primary(language)).get_display_name() or language
    return name[:1].upper() + name[1:]


def weekdays(locale: str) -> tuple[str, ...]:
    """The names of the days as they stand alone, Monday first."""
    from babel.dates import get_day_names

    names = get_day_names("wide", "stand-alone", locale)
    return tuple(names[n] for n in range(7))


def primary(language: str) -> str:
    """`en` of `en-GB`."""
    return language.replace("_", "-").partition("-")[0].lower()


def direction(language: str) -> str:
    """`rtl` or `ltr`, by the script the tag names, else by the language."""
    subtags = language.replace("_", "-").lower().split("-")
    scripts = [each for each in subtags[1:] if len(each) == 4 and each.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if subtags[0] in RIGHT_TO_LEFT else "ltr"


# Babel takes a tenth of a second to load, and most commands print no digest.


def _locale(name: str) -> Locale:
    from babel import Locale

    return Locale.parse(name)


def _listed(names: Sequence[str], locale: str) -> str:
    from babel.lists import format_list

    return format_list(list(names), locale=locale)


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, locale: str) -> str:
    """Kept, because each of many readers asked on one of few days."""
    from babel.dates import format_date

    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=1024)
def _weekdays(days: int, locale: str) -> str:
    from babel.dates import get_day_names

    names = get_day_names("wide", "format", locale)
    return _listed([names[n] for n in range(7) if days >> n & 1], locale)


@lru_cache(maxsize=1024)
def _place(time_zone: str, locale: str) -> str:
    """The city of a zone: Europe/Berlin is Berlin, America/Argentina/Salta is Salta, UTC is UTC."""
    from babel.dates import get_timezone_location

    if "/" not in time_zone or time_zone.startswith("Etc/"):
        return time_zone.removeprefix("Etc/")
    place = get_timezone_location(ZoneInfo(time_zone), locale=locale, return_city=True)
    return str(place).rpartition("/")[2]
