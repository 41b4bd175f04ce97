"""A date as somebody wrote it in, the aware UTC time it says out, or None. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dateutil import parser as lenient

#: Dates outside of these years are typing errors or a program's "never".
YEARS = range(1900, 2201)


def moment(text: str) -> datetime | None:
    """The aware UTC time a date says, to the second; None where it says none for certain.

    ISO 8601 and RFC 5322 first, then dateutil, but only for a whole date that reads one way: not
    05/11/2026, which is two dates, nor "yesterday" or "2026". Without a zone it is UTC.
    """
    text = text[:80].strip()
    if not text.isascii():
        text = re.sub(r"\d", lambda digit: str(int(digit[0])), text)  # ٢٠٢٦ is 2026
    text = re.sub(r"(:\d\d):60(?!\d)", r"\1:59", text)  # a leap second
    when = _iso(text) or _epoch(text) or _rfc5322(text) or _leniently(text)
    if when is None or when.year not in YEARS:
        return None
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    # Midnight of 1 January 1970 is what programs write for "never".
    return when.replace(microsecond=0) if when.timestamp() else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text) if "." in text else text)
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, as some content systems store their times."""
    if not re.fullmatch(r"\d{9,10}(\d{3})?(\.\d+)?", text):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)


# The parser takes anything, and reads "8 pm" as eight in the morning.
_RFC5322 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[\s-][A-Za-z]{3}[\s-]\d{2,4}\s+\d{1,2}:\d\d(?!.*[ap]\.?m)", re.I
)


def _rfc5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if _RFC5322.match(text) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _leniently(text: str) -> datetime | None:
    slashes = re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}", text)
    if slashes and int(slashes[1]) <= 12 and int(slashes[2]) <= 12 and slashes[1] != slashes[2]:
        return None
    if not re.search(r"(?<!\d)(19|2[0-2])\d\d(?!\d)", text) and not re.match(r"\d{8}T", text):
        return None
    try:
        # Two defaults: what differs between the readings was not in the text.
        one, other = (
            lenient.parse(
                text, default=default, dayfirst=bool(re.match(r"\d{1,2}\.", text)), tzinfos=_zone
            )
            for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001 - naive is UTC
        )
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return one if one == other else None


def _zone(_name: str | None, offset: int | None) -> int | None:
    return offset if offset is not None and abs(offset) < 86_400 else None
