"""A dateline, alone or at a text's head, in; the bare words of its place out. Pure."""

from __future__ import annotations

import re

#: No dateline is longer; past this a dash or a bracket belongs to a sentence.
DATELINE_MAX = 60

#: So much of a field "dateline" is read: the search for its date takes the square of the length.
LINE_MAX = 200

_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)

#: ", Feb 26", " MARCH 20 -", ", 3 June 2026".
_DATE = re.compile(
    rf",?\s*\b(?:\d{{1,2}}\s+)?(?:{_MONTH})\b\.?(?:\s*\d{{1,2}})?(?:,?\s*\d{{4}})?\W*$", re.I
)

#: Where a dateline at the head of a text ends: "(Reuters) -", " - ", "—", "--".
_END = re.compile(
    r"\s*(?:\((?P<agency>[^()]{2,40})\)\s*(?:[-–—:]+\s|\s|$)|\s[-–]+\s|\s?(?:—|--)\s?)"
)

#: Wires print the town in capitals, some without a sign before the sentence: "AUSTIN, Texas A man".
_CAPITALS = re.compile(
    r"(?P<town>[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{2,}(?:[ /-][A-ZÀ-Þ][A-ZÀ-Þ.'’-]+){0,3}"
    r"(?:, [A-ZÀ-Þ][\w.]+(?: [A-ZÀ-Þ][\w.]+)?)?)"
    r" (?=[A-ZÀ-Þ“\"‘'][\w’']*\s?[a-z]|A [a-z])"
)

#: Each word of a town's name begins so; "of", "de" and the like may stand between.
_TOWN = re.compile(r"[A-ZÀ-Þ][\w.'’/-]*(?:[ ,]+(?:[A-ZÀ-Þ][\w.'’/-]*|d[eu]|of|la|el|al-\w+|the))*")


def head(text: str) -> int:
    """How many characters of `text` are its dateline, 0 where it begins at once."""
    start = text[: DATELINE_MAX + 40]
    if not start[:1].isupper():
        return 0
    end = _END.search(start)
    if end is not None and end.start() <= DATELINE_MAX:
        town = without_date(start[: end.start()])
        if town and _TOWN.fullmatch(town) and _looks_so(town, end.group("agency")):
            return end.start()
    capitals = _CAPITALS.match(start)
    return len(capitals["town"]) if capitals else 0


def _looks_so(town: str, agency: str | None) -> bool:
    """A town in capitals or before an agency's name is one; "Trump - Putin" is not."""
    first = town.partition(",")[0]
    return agency is not None or first.isupper()


def without_date(line: str) -> str:
    """`TAUPO, New Zealand, March 3` -> `TAUPO, New Zealand`; of a text that is none, its head."""
    return _DATE.sub("", line[:LINE_MAX]).rstrip(" ,-")
