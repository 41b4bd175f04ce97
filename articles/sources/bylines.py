"""A byline in, the names in it out. Pure."""

from __future__ import annotations

import re

#: Bylines are one line; past it somebody put the article there.
BYLINE_MAX = 400

#: Words of a name; a headline that begins with "By" has more.
NAME_WORDS = 4
_PARTICLES = frozenset(
    re.findall(r"\w+", "al bin da de del della den der di dos du el ibn la le ten van von y")
)

_AND = r"and|und|et|y|e|en|och|og|ja|i|ve|и|و"
_BETWEEN = re.compile(
    rf"\s*[;|•·]\s*|\s+(?:{_AND}|&|with|avec|mit|con)\s+|\s*[,،、]\s*(?:(?:{_AND})\s+)?"
)
_BEFORE = re.compile(
    r"(?:(?:story|words|text|reporting|written|report)\s+)?(?:by|von|par|por|di|door|av|af|oleh|بقلم|كتب)\s*[:：]?\s+",
    re.I,
)
_CLEARLY_BETWEEN = re.compile(rf"\s*[;|•]\s*|\s+(?:{_AND})\s+")
#: What follows a comma without being a name.
_TITLES = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd|ph\.d|m\.d|esq|dr)\.?", re.I)


def names(byline: str) -> tuple[str, ...]:
    """The names of a byline: `By A. Writer, B. Author and C. Else` has three."""
    byline = " ".join(byline[:BYLINE_MAX].split())
    byline = _BEFORE.sub("", byline, count=1) if _BEFORE.match(byline) else byline
    parts = _BETWEEN.split(byline)
    sizes = {len(part.split()) > 1 for part in parts if not _TITLES.fullmatch(part.strip())}
    if len(sizes) > 1:  # "Nordpress, Oslo, Norway" and "A. Writer, Nordpress" are no three, no two
        parts = _CLEARLY_BETWEEN.split(byline)
    found: list[str] = []
    for part in parts:
        part = part.strip(" ,")
        if found and _TITLES.fullmatch(part):
            found[-1] += f", {part}"
        elif part:
            found.append(part)
    return tuple(name.rstrip(".") if len(name.split()[-1]) > 4 else name for name in found)


def begins_as_byline(line: str) -> bool:
    """Whether a line says "by" and then nothing but names, in one of a dozen languages."""
    found = _BEFORE.match(line)
    return bool(found) and len(line) <= BYLINE_MAX // 2 and all(map(_may_be_a_name, names(line)))


def _may_be_a_name(part: str) -> bool:
    words = part.split()
    return len(words) <= NAME_WORDS and all(
        not word[0].islower() or word in _PARTICLES for word in words
    )
