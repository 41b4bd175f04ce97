"""A wall-clock hour in a zone in, the instants it means and who is due out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Two days of every hour that readers in every zone are likely to choose: asked every minute.
INSTANTS_MAX = 16_384

#: More zones than there are: reading one from its file takes longer than all that is asked of it.
ZONES_MAX = 1024

_SECOND = timedelta(seconds=1)


class Punctual(Protocol):
    """Somebody, or a group, that wants the digest at an hour of a zone."""

    @property
    def hour(self) -> time: ...
    @property
    def time_zone(self) -> str: ...


P = TypeVar("P", bound=Punctual)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(Generic[P]):
    """`who` is due for the digest of the local date `day` since `at` (UTC)."""

    who: P
    day: date
    at: datetime


def due(punctual: Iterable[P], now: datetime, max_late: timedelta) -> list[Slot[P]]:
    """Everybody whose hour has come and is not longer ago than `max_late` (under a day).

    One may be due for two days at once, shortly after midnight: the ledger knows which it has had.
    """
    slots, dates = [], {}
    for who in punctual:
        if who.time_zone not in dates:
            today = now.astimezone(_zone(who.time_zone)).date()
            dates[who.time_zone] = (today - timedelta(days=1), today)
        for day in dates[who.time_zone]:
            at = instant(day, who.hour, who.time_zone)
            if at is not None and at <= now < at + max_late:
                slots.append(Slot(who=who, day=day, at=at))
    return slots


def next_at(punctual: Iterable[Punctual], now: datetime) -> datetime | None:
    """When the next digest is due for anybody; None where nobody wants one."""
    slots = (
        instant(now.astimezone(_zone(who.time_zone)).date() + later, who.hour, who.time_zone)
        for who in punctual
        for later in (timedelta(), timedelta(days=1), timedelta(days=2))
    )
    return min((at for at in slots if at is not None and at > now), default=None)


@lru_cache(maxsize=INSTANTS_MAX)
def instant(day: date, hour: time, time_zone: str) -> datetime | None:
    """When the digest of `day` is due, in UTC; None for a date the zone skipped.

    An hour that a clock change repeats means the first of the two. One it leaves out means the
    first instant after the gap, or, where that is the next date already, the last one before it.
    """
    zone = _zone(time_zone)
    wall = datetime.combine(day, hour, zone)  # fold=0: the first of a repeated hour
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return at
    change = _change(wall.replace(fold=1).astimezone(UTC), at, zone)
    for candidate in (change, change - _SECOND):
        if candidate.astimezone(zone).date() == day:
            return candidate
    return None  # Samoa had no 30 December 2011


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the offset that holds at `after`, known to begin past `before`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=ZONES_MAX)
def _zone(name: str) -> ZoneInfo:
    """A zone by name; UTC where this machine's tables have lost a name they had when it was chosen.

    A digest at a strange hour is better than none.
    """
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")
