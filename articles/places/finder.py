"""A text in, the names of places in it out, longest first, not yet read for their meaning. Pure."""

from __future__ import annotations

import re

from articles.model import Article
from articles.places.lookup import Index
from articles.places.tables import Word

#: A word that may begin a name: in running English text names begin with a capital letter. It also
#: matches inside of words ("iPhone"), which is looked at only for the few that are names: a pattern
#: that begins with \b costs twice the time.
_CAPITALISED = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž]\w*")


class Found:
    """A name in a text. Its reading, `codes`, is settled after the whole article was seen."""

    __slots__ = (
        "codes",
        "end",
        "in_list",
        "in_name",
        "is_dateline",
        "part",
        "source",
        "start",
        "word",
    )

    def __init__(self, part: str, source: str, start: int, end: int, word: Word) -> None:
        self.part = part  # of the article: dateline | title | standfirst | body_text
        self.source = source  # the evened text of the part
        self.start = start
        self.end = end
        self.word = word
        self.codes = word.codes  # () is no place
        self.is_dateline = False
        self.in_name = False  # part of a company's name: "Nippon Steel Corp", "Bank of Tokyo"
        self.in_list = False  # one of several in a row: "Singapore, Japan and Malaysia"

    def text(self, article: Article) -> str:
        """The words as the article has them."""
        words: str = getattr(article, self.part)
        return words[self.start : self.end]


def evened(text: str) -> str:
    """Line ends and apostrophes of one kind: a name broken over two lines is one. Lengths stay."""
    # Four replaces are a tenth of the time of one str.translate.
    return text.replace("\n", " ").replace("\r", " ").replace("\u00a0", " ").replace("’", "'")


def find(part: str, text: str, index: Index) -> list[Found]:
    """The names of `index` in the evened `text`, none overlapping another."""
    found: list[Found] = []
    done = 0
    options_of = index.get
    for match in _CAPITALISED.finditer(text):
        first = match[0]
        if first not in index:
            continue
        start, end = match.span()
        if start < done or (start and text[start - 1] != " " and not _may_begin(text, start, end)):
            continue
        longer = text[start : end + 2]
        options = options_of(longer) or options_of(first, ())
        if isinstance(options, str):
            options = index.options(longer if longer in index else first)
        for rest, word in options:
            stop = end + len(rest)
            if rest and not (text.startswith(rest, end) and _may_end(text, stop, rest)):
                continue
            if word.kind != "abbr" or _after_comma(text, start):
                found.append(Found(part, text, start, stop, word))
                done = stop
                break
    return found


def _may_begin(text: str, start: int, end: int) -> bool:
    """Not inside of a word, and no ticker: agencies print "Union Carbide <UK>"."""
    before = text[start - 1]
    return not (before.isalnum() or (before == "<" and text[end : end + 1] in (">", ".")))


def _may_end(text: str, stop: int, rest: str) -> bool:
    """No letter goes on, unless the name is the first half of a compound."""
    return stop >= len(text) or rest[-1] == "-" or not text[stop].isalnum()


def _after_comma(text: str, start: int) -> bool:
    """An abbreviated state only counts after a town and a comma."""
    return start > 2 and text[start - 2 : start] == ", " and text[start - 3].isalpha()
