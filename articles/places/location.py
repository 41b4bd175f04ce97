"""An article and its placements in, the one town it takes place in out, or None. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from articles.model import Article, Place, Placement, Span
from articles.places import dateline, tables

#: What stands before a town in which something happens. "Moscow said" is a government.
LOCATIVES = {
    "ar": r"(?:في |قرب |ب)",
    "de": r"\b(?:in|bei|nahe|vor) ",
    "en": r"\b(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round|[Aa]cross|[Aa]t) ",
    "es": r"\b(?:[Ee]n|cerca de) ",
    "fr": r"(?:\b[Àà]|\bprès de|\bdans) ",
}

_TOWNS = frozenset(("capital", "city"))


def place(article: Article, placements: Sequence[Placement]) -> Place | None:
    """The town of the most important country that a reader would look for on a map.

    The dateline's; else the first that the text puts something into ("in Aleppo"). A town that only
    stands for its government is none, and a country's middle is no point.
    """
    for wanted in (_is_dateline, _is_scene):
        for placement in placements:
            for span in placement.evidence:
                if _is_town(placement.code, span) and wanted(article, span):
                    return _place(placement.code, span)
    return None


def _place(code: str, span: Span) -> Place:
    name = " ".join(span.text.split())
    if name.isupper():
        name = name.title()
    latitude, longitude = _coordinates().get((code, _key(name)), (None, None))
    return Place(name=name, country=code, latitude=latitude, longitude=longitude)


def _is_town(code: str, span: Span) -> bool:
    # Tables of other languages do not tell towns from countries: there the coordinates do.
    return span.kind in _TOWNS or (code, _key(span.text)) in _coordinates()


def _is_dateline(article: Article, span: Span) -> bool:
    if span.part == "dateline":
        return True
    at_head = span.part == "body_text" and not article.dateline
    return at_head and span.end <= dateline.head(article.body_text)


def _is_scene(article: Article, span: Span) -> bool:
    language = article.language.partition("-")[0].casefold() or "en"
    if language not in LOCATIVES:
        return False
    scene = re.compile(rf"{LOCATIVES[language]}{re.escape(span.text)}(?!\w)")
    texts = (article.title, article.standfirst, article.body_text)
    return any(scene.search(text) for text in texts)


@cache
def _coordinates() -> dict[tuple[str, str], tuple[float, float]]:
    return {(code, _key(name)): point for code, name, point in tables.coordinates()}


def _key(name: str) -> str:
    return " ".join(tables.without_accents(name).casefold().split())
