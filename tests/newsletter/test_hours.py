"""A digest comes at the reader's own hour, once on each local date, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from newsletter.hours import due, instant
from newsletter.ledger import Clock

BERLIN = "Europe/Berlin"
MAX_LATE = timedelta(hours=6)
MINUTE = timedelta(minutes=1)


def local(at, zone):
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def test_an_hour_is_the_readers_own():
    assert instant(date(2026, 11, 22), time(7), "Asia/Kolkata") == datetime(
        2026, 11, 22, 1, 30, tzinfo=UTC
    )


def test_an_hour_that_spring_leaves_out_means_the_first_instant_after_the_gap():
    at = instant(date(2026, 3, 29), time(2, 30), BERLIN)

    assert local(at, BERLIN) == "2026-03-29 03:00:00"


def test_an_hour_that_autumn_repeats_means_the_first_of_the_two():
    at = instant(date(2026, 10, 25), time(2, 30), BERLIN)

    assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_gap_that_ends_the_day_does_not_push_the_digest_into_the_next_one():
    at = instant(date(2024, 3, 30), time(23, 30), "America/Nuuk")

    assert local(at, "America/Nuuk") == "2024-03-30 22:59:59"


def test_a_date_that_a_zone_skipped_has_no_digest():
    assert instant(date(2011, 12, 30), time(7), "Pacific/Apia") is None
    assert instant(date(2011, 12, 31), time(7), "Pacific/Apia") is not None


def test_nobody_is_due_before_the_hour_nor_long_after_it():
    clock = Clock(time(7), BERLIN)
    at = instant(date(2026, 11, 22), time(7), BERLIN)

    assert due([clock], at - timedelta(seconds=1), MAX_LATE) == []
    assert [(slot.day, slot.at) for slot in due([clock], at, MAX_LATE)] == [
        (date(2026, 11, 22), at)
    ]
    assert len(due([clock], at + MAX_LATE - MINUTE, MAX_LATE)) == 1
    assert due([clock], at + MAX_LATE, MAX_LATE) == []


def test_a_late_evening_digest_is_still_due_after_midnight():
    clock = Clock(time(23, 30), BERLIN)
    now = datetime(2026, 11, 23, 1, 0, tzinfo=ZoneInfo(BERLIN))

    assert [slot.day for slot in due([clock], now, MAX_LATE)] == [date(2026, 11, 22)]


def test_a_zone_that_has_gone_from_the_tables_counts_as_utc():
    assert instant(date(2026, 11, 22), time(7), "Mars/Olympus") == datetime(
        2026, 11, 22, 7, tzinfo=UTC
    )


def changes(zone, year):
    """The UTC instants of a year at which the zone's clocks change, to the hour."""
    hour = datetime(year, 1, 1, tzinfo=UTC)
    info = ZoneInfo(zone)
    found, before = [], hour.astimezone(info).utcoffset()
    while hour.year == year:
        hour += timedelta(hours=12)
        offset = hour.astimezone(info).utcoffset()
        if offset != before:
            found.append(hour)
        before = offset
    return found


def by_walking(day, hour, zone):
    """The same by an other way: the first minute of that local date whose clock shows the hour."""
    info = ZoneInfo(zone)
    at = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    last = None
    while at < datetime.combine(day, time(0), UTC) + timedelta(hours=40):
        wall = at.astimezone(info)
        if wall.date() == day:
            last = at
            if wall.time() >= hour:
                return at
        at += MINUTE
    return last and last + MINUTE - timedelta(seconds=1)


@pytest.mark.slow
@pytest.mark.parametrize("year", [2024, 2026])
def test_on_every_change_of_every_zone_each_date_has_one_instant_and_they_are_in_order(year):
    seen = set()
    for zone in sorted(available_timezones()):
        for change in changes(zone, year):
            wall = change.astimezone(ZoneInfo(zone))
            rule = (
                change,
                wall.utcoffset(),
                (change - timedelta(days=1)).astimezone(wall.tzinfo).utcoffset(),
            )
            if rule in seen:
                continue  # one of the many names of the same clocks
            seen.add(rule)
            days = [wall.date() + timedelta(days=n) for n in range(-3, 3)]
            for hour in (time(0), time(0, 30), time(1, 15), time(2, 30), time(3), time(23, 45)):
                instants = [instant(day, hour, zone) for day in days]
                assert None not in instants
                assert instants == sorted(set(instants))
                assert [each.astimezone(wall.tzinfo).date() for each in instants] == days
    assert len(seen) > 50


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, date(2026, 3, 29)),
        (BERLIN, date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Asia/Beirut", date(2026, 3, 29)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("America/Nuuk", date(2024, 3, 30)),
        ("America/Santiago", date(2026, 9, 6)),
        ("Africa/Casablanca", date(2026, 2, 15)),
    ],
)
def test_a_change_day_agrees_with_a_walk_through_its_minutes(zone, day):
    for hour in range(24):
        for minute in (0, 15, 45):
            wanted = by_walking(day, time(hour, minute), zone)
            assert instant(day, time(hour, minute), zone) == wanted, (hour, minute)


@pytest.mark.slow
def test_a_sweep_each_minute_over_a_change_finds_each_date_and_no_other():
    clock = Clock(time(2, 30), BERLIN)
    for start in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)):
        decided = {}
        for minute in range(3 * 24 * 60):
            now = start + minute * MINUTE
            for slot in due([clock], now, MAX_LATE):
                decided.setdefault(slot.day, now)  # what UNIQUE (subscriber, day) does
        assert sorted(decided) == [start.date() + timedelta(days=n) for n in range(3)]
