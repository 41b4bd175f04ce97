"""An article in, every place its words speak of out, read in the light of all of it. Pure."""

from __future__ import annotations

import re

from articles.model import Article
from articles.places import dateline
from articles.places.finder import Found
from articles.places.languages import SCRIPT_SAMPLE, Finder, finder
from articles.places.readings import read
from articles.places.tables import NO_OWN_WORDS, OwnWords

#: What makes a company's name of the words before it.
_COMPANY = re.compile(
    r"(?: [A-Z][\w&'-]*){0,3},? (?:Corp|CORP|Co|CO|Inc|INC|Ltd|LTD|Limited|Plc|PLC|plc|SA|AG|NV|AB"
    r"|Bancorp|Bank|BANK|Insurance|INSURANCE|Airlines|AIRLINES|Airways|Steel|STEEL|Motors?|Securities"
    r"|Industries|INDUSTRIES|Holdings?|HOLDINGS?|University|Telecom|Petroleum|PETROLEUM|Oil|OIL|Pacific"
    r"|PACIFIC|Electric|ELECTRIC|Gas|Resources|RESOURCES|Mines|MINES)\b"
)

#: "Bank of Tokyo", "University of Texas".
_OF = re.compile(
    r"(?:Bank|BANK|University|Institute|Union Bank|Council|Journal|Museum) of (?:the )?$"
)

_OF_ENDS = (" of ", " of the ")

#: What stands between two members of a list.
_LIST_GAPS = frozenset(
    (", ", " and ", ", and ", " or ", ", the ", " and the ", ", and the ", "/", "-")
)

_LIST_GAP_MAX = max(map(len, _LIST_GAPS))

#: How many in a row are a list: two countries may well be what a piece is about.
LIST_MIN = 3


def find_places(
    article: Article, home: str | None = None, own: OwnWords = NO_OWN_WORDS
) -> list[Found]:
    """Every name of a place in `article`, in reading order; what is no place has no codes."""
    find = finder(article.language, article.title + article.body_text[:SCRIPT_SAMPLE], own)
    found = _dateline(article.dateline, find)
    for part, text in (("title", article.title), ("standfirst", article.standfirst)):
        if text:
            found += find(part, text)
    found += _body(article.body_text, find, has_dateline=bool(article.dateline))
    read(found, home)
    _mark_names(found)
    _mark_lists(found)
    return found


def _dateline(line: str, find: Finder) -> list[Found]:
    if not line:
        return []
    town = dateline.without_date(line)
    # "San jose": agencies' typing; lengths must stay.
    found = find("dateline", town) or find("dateline", town.title())
    for each in found:
        each.is_dateline = True
    return _qualified(found, town)


def _qualified(found: list[Found], town: str) -> list[Found]:
    """In "NEWPORT BEACH, Calif." the province alone tells: Newport is another town."""
    last = found[-1] if found else None
    if (
        last is not None
        and last.word.kind in ("abbr", "state", "name")
        and town[: last.start].endswith(", ")
        and last.end >= len(town.rstrip(" ."))
        and not any(each.end == last.start - 2 for each in found)
    ):
        return [last]
    return found


def _body(text: str, find: Finder, *, has_dateline: bool) -> list[Found]:
    """The body's places; a dateline at its head is marked unless the article has its own."""
    found = find("body_text", text)
    until = 0 if has_dateline else dateline.head(text)
    if not until:
        return found
    head = [each for each in found if each.start < until]
    for each in head:
        each.is_dateline = True
    return _qualified(head, dateline.without_date(text[:until])) + found[len(head) :]


def _mark_names(found: list[Found]) -> None:
    for each in found:
        text, start, end = each.source, each.start, each.end
        # Most words are no part of a name: a look at their neighbours costs less than the patterns.
        after = text[end : end + 3]
        letter = after[1:2] if after[:1] == " " else after[2:] if after[:2] == ", " else ""
        if letter.isupper() or letter == "p":
            each.in_name = _COMPANY.match(text, end) is not None
        if text.endswith(_OF_ENDS, 0, start) and not each.in_name:
            each.in_name = _OF.search(text, max(0, start - 24), start) is not None


def _mark_lists(found: list[Found]) -> None:
    first = 0
    for at in range(1, len(found) + 1):
        if at == len(found) or not _goes_on(found[at - 1], found[at]):
            if at - first >= LIST_MIN:
                for each in found[first:at]:
                    each.in_list = True
            first = at


def _goes_on(before: Found, each: Found) -> bool:
    gap = each.start - before.end
    return (
        0 < gap <= _LIST_GAP_MAX
        and before.part == each.part
        and each.source[before.end : each.start] in _LIST_GAPS
    )
