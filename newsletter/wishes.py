"""What somebody wrote into a form, command or file in, a checked Wish or a refusal out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from articles.errors import NewsdeskError
from newsletter.budget import LENGTHS, MINUTES
from newsletter.model import EVERY_DAY, Format

#: The region slug for an operator's or reader's word; None where there is no such region.
Resolve = Callable[[str], str | None]

#: More than any region table of ours has of sets; a list this long wants "everything".
REGIONS_MAX = 50

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAYS = {name: 1 << n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAYS |= {"weekdays": 0b0011111, "weekend": 0b1100000, "daily": EVERY_DAY, "all": EVERY_DAY}
_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")


class SubscriberError(NewsdeskError):
    """This person cannot be subscribed so; the message says why and what would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, checked: ready to be written."""

    address: str
    address_key: str
    regions: tuple[str, ...]
    hour: time
    time_zone: str
    language: str
    days: int = EVERY_DAY
    minutes: int = 5
    format: Format = "html"


class Regions(Protocol):
    """What this module asks of the region table."""

    def resolve(self, text: str) -> str | None: ...
    def slugs(self, codes: Iterable[str]) -> tuple[str, ...]: ...


def resolver(table: Regions) -> Resolve:
    """The region table as `checked` wants it."""

    def resolve(word: str) -> str | None:
        code = table.resolve(word)
        return table.slugs((code,))[0] if code else None

    return resolve


def checked(
    address: str,
    resolve: Resolve,
    *,
    regions: Iterable[str] = (),
    hour: str | time,
    time_zone: str,
    language: str,
    days: str | int = EVERY_DAY,
    minutes: str | int = MINUTES,
    form: str = "html",
) -> Wish:
    """Words as typed, checked one by one.

    Raises:
        SubscriberError: naming the first thing that is wrong.
    """
    typed, address_key = checked_address(address)
    return Wish(
        address=typed,
        address_key=address_key,
        regions=checked_regions(regions, resolve),
        hour=checked_hour(hour),
        time_zone=checked_zone(time_zone),
        language=checked_language(language),
        days=checked_days(days),
        minutes=checked_minutes(minutes),
        format=checked_format(form),
    )


def checked_address(address: str) -> tuple[str, str]:
    """An address as typed, and the key it is compared by and mailed to."""
    from email_validator import EmailNotValidError, validate_email  # few commands check one

    typed = address.strip()
    try:
        valid = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise SubscriberError(f"{typed!r} is no e-mail address: {error}") from error
    return typed, f"{valid.local_part}@{valid.ascii_domain.lower()}"


def checked_regions(words: Iterable[str], resolve: Resolve) -> tuple[str, ...]:
    """The slugs of region words, each once; "all" or nothing at all is everything."""
    words = [word.strip() for word in words if word.strip()]
    if any(word.lower() in ("all", "everything", "*") for word in words):
        return ()
    slugs: dict[str, None] = {}
    for word in words:
        slug = resolve(word)
        if slug is None:
            raise SubscriberError(f"no region {word!r}; `newsdesk regions list` shows them")
        slugs[slug] = None
    if len(slugs) > REGIONS_MAX:
        raise SubscriberError(f"more than {REGIONS_MAX} regions: leave them out to get everything")
    return tuple(sorted(slugs))  # the order says nothing, and equal choices share an edition


def checked_hour(hour: str | time) -> time:
    """07:00 of "7", "7:00", "07:00" or "7.00"."""
    if isinstance(hour, time):
        return hour.replace(second=0, microsecond=0, tzinfo=None)
    match = _HOUR.fullmatch(hour.strip())
    try:
        if match:
            return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        pass
    raise SubscriberError(f"{hour!r} is no time of day; write it like 07:00")


def checked_zone(name: str) -> str:
    """The name of a time zone that exists here."""
    name = name.strip()
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:  # not found, a path, a folder's name
        near = get_close_matches(name, sorted(available_timezones()), n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]}?" if near else "; write it like Europe/Berlin"
        raise SubscriberError(f"no time zone {name!r}{hint}") from error
    return name


def checked_days(days: str | int) -> int:
    """The bits of "mon, thu", "weekdays", "daily" or a number from 1 to 127; bit 0 is Monday."""
    if isinstance(days, int):
        chosen = days
    else:
        chosen = 0
        for word in re.findall(r"\w+", days.lower()):
            chosen |= _DAYS.get(word) or _DAYS.get(word[:3], EVERY_DAY + 1)
    if not 1 <= chosen <= EVERY_DAY:
        raise SubscriberError(f"{days!r} are no days; write them like mon,thu or weekdays")
    return chosen


def checked_minutes(minutes: str | int) -> int:
    """A length there is."""
    try:
        if int(minutes) in LENGTHS:
            return int(minutes)
    except ValueError:
        pass
    lengths = ", ".join(map(str, LENGTHS))
    raise SubscriberError(f"{minutes!r} is no length; a digest takes {lengths} minutes to read")


def checked_format(form: str) -> Format:
    """`html`, with its text beside it, or `text` alone."""
    match form.strip().lower():
        case "html":
            return "html"
        case "text" | "plain":
            return "text"
    raise SubscriberError(f"{form!r} is no format; write html or text")


def checked_language(tag: str) -> str:
    """A language tag of BCP 47's shape."""
    tag = tag.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise SubscriberError(f"{tag!r} is no language; write it like en or pt-BR")
    return tag
