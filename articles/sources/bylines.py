"""A byline in, the names in it out. Pure."""

from __future__ import annotations

import re

#: Bylines are one line; past it somebody put the article there.
BYLINE_MAX = 400

_AND = r"and|und|et|y|e|en|och|og|ja|i|ve|и|و"
_BETWEEN = re.compile(
    rf"\s*[;|•·]\s*|\s+(?:{_AND}|&|with|avec|mit|con)\s+|\s*[,،、]\s*(?:(?:{_AND})\s+)?"
)
_BEFORE = re.compile(
    r"(?:(?:story|words|text|reporting|written|report)\s+)?(?:by|von|par|por|di|door|av|af|oleh|بقلم|كتب)\s*[:：]?\s+",
    re.I,
)
#: What follows a comma without being a name.
_TITLES = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd|ph\.d|m\.d|esq|dr)\.?", re.I)


def names(byline: str) -> tuple[str, ...]:
    """The names of a byline: `By A. Writer, B. Author and C. Else` has three."""
    byline = " ".join(byline[:BYLINE_MAX].split())
    found: list[str] = []
    for part in _BETWEEN.split(
        _BEFORE.sub("", byline, count=1) if _BEFORE.match(byline) else byline
    ):
        part = part.strip(" .,")
        if found and _TITLES.fullmatch(part):
            found[-1] += f", {part}"
        elif part:
            found.append(part)
    return tuple(found)


def begins_as_byline(line: str) -> bool:
    """Whether a line says "by" and then names, in one of a dozen languages."""
    found = _BEFORE.match(line)
    rest = line[found.end() :] if found else ""
    return bool(rest) and len(rest) <= 120 and (rest[0].isupper() or not rest[0].islower())
