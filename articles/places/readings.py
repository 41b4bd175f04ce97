"""The names found in one article in, what each means there out, by the rules of ambiguous.txt. Pure."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from articles.places import tables
from articles.places.finder import Found

#: A city, province or country before ", Texas" is that one in Texas.
QUALIFIED = frozenset(("capital", "city", "place", "name", "state"))

#: "London Road", "Denver Post": a street or a paper, whose town says nothing about the story.
_THINGS = re.compile(
    r" (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Drive|Post|Times|Tribune|Herald|Gazette|Chronicle"
    r"|Globe|Inquirer|Journal|Observer|Examiner|Telegraph|Mirror|Mail|Courier|Sentinel|Bulletin)\b"
)

#: Words that follow a place and make no person of it: "Jordan River", "Georgia Tech".
_NO_SURNAME = frozenset(
    """River Valley State University College School High County City Police Government Army Parliament Air
    Airport Airlines Bank Bay Beach Board Border Centre Center Central Championship Church Club Coast Conference
    Congress Council Court Cup Department District East Election Embassy Festival Force Foreign Fund General
    Government Governor Grand Hospital Hotel House Institute International Island Islands King Lake Law League
    Legislature Mayor Military Minister Ministry Museum National Navy North Northern Open Oil Olympic Park Party
    Power President Prime Prince Princess Public Queen Railway Region Republic Road Senate Senator South Southern
    Special Sports Stadium Station Supreme Tech Television Theatre Tower Town Treasury Union United War Water
    West Western World And The In On At Of For To As Is Has Says With From Over After Who That By It This He She
    But Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August
    September October November December""".split()
)

#: "150 mln Canadian dlrs" says what was paid, not where.
_DOLLARS = re.compile(r"[ -](?:dollars?|dlrs?|francs?)\b", re.I)
_MONEY = re.compile(
    r"[ -](?:dollars?|dlrs?|francs?|marks?|yen|pesos?|pounds?|sterling|stg|lire|lira|crowns?"
    r"|kron[aeo]r?|guilders?|schillings?|rupees?|rials?|riyals?|dinars?|rou?bles?|won|yuan|pesetas?"
    r"|shekels?|currency)\b",
    re.I,
)

_FOOD = re.compile(
    r"\b(?:roast\w*|oven|carv\w+|stuffing|gravy|cranberr\w+|poultry|meat|recipe\w*|cook\w*|bird\w*|farm\w*"
    r"|sandwich\w*|feather\w*|thanksgiving|dinner|breast|brine\w*|leftover\w*|fowl|basted?|gobbl\w+)\b",
    re.I,
)

#: How far from the word "Turkey" the kitchen is looked for, in characters.
FOOD_WITHIN = 60

#: What is said of a whole federation does not tell that a town of that name is meant.
_NOT_LOCAL = frozenset(("name", "people", "seat"))


def read(found: list[Found]) -> list[Found]:
    """`found` with the codes settled; those that are no place keep () so that they can be shown."""
    _qualify(found)
    surnames = _unmask(found)
    if any(each.word.rules for each in found):
        _weigh(found)
    if surnames:
        _forget(found, surnames)
    return found


def _qualify(found: list[Found]) -> None:
    """ "Paris, Texas" is in Texas: a place right before its province or country takes its code."""
    for place, after in pairwise(found):
        gap = after.start - place.end
        if gap != 2 or place.part != after.part or place.word.kind not in QUALIFIED:
            continue
        if place.source[place.end : after.start] == ", " and _qualifies(place, after):
            place.codes = after.codes = (
                after.codes[:1] if len(after.codes) < 2 else _shared(place, after)
            )


def _qualifies(place: Found, after: Found) -> bool:
    kind = after.word.kind
    if kind == "abbr":
        return True
    if place.word.kind == "name" and not place.word.rules:
        return False  # "Russia, Georgia and Ukraine" is a list
    if kind == "state":
        return True
    if kind != "name" or place.word.kind not in ("city", "capital"):
        return False
    return bool(set(after.codes) & set(place.word.codes)) or after.source[
        after.end : after.end + 1
    ] in (",", ")", "")


def _shared(place: Found, after: Found) -> tuple[str, ...]:
    """Atlanta, Georgia: of the two Georgias the one in which there is an Atlanta."""
    return tuple(code for code in after.codes if code in place.word.codes)[:1] or after.codes


def _unmask(found: list[Found]) -> dict[str, tuple[str, ...]]:
    """Take people, streets and papers out; give back the words that were surnames here."""
    surnames: dict[str, tuple[str, ...]] = {}
    for each in found:
        if each.codes and not each.is_dateline and each.word.kind not in ("abbr", "seat"):
            if _follows_given_name(each):
                surnames[each.word.text] = each.codes
                each.codes = ()
            elif _is_thing(each) or _is_person(each):
                each.codes = ()
    return surnames


def _is_thing(each: Found) -> bool:
    """Money, a street, a newspaper or a dish, named after the place."""
    text, end, kind = each.source, each.end, each.word.kind
    if kind == "people":
        return _MONEY.match(text, end) is not None
    if kind == "name":
        if "food" in each.word.rules and _FOOD.search(
            text, max(0, each.start - FOOD_WITHIN), end + FOOD_WITHIN
        ):
            return True
        return _DOLLARS.match(text, end) is not None
    return _THINGS.match(text, end) is not None


def _follows_given_name(each: Found) -> bool:
    """ "Michael Jordan", "Mr. Jordan", "J. Jordan": the word is somebody's surname."""
    before = each.source[max(0, each.start - 16) : each.start]
    if not before.endswith(" "):
        return False
    if each.word.kind == "people":
        return False
    word = before[:-1].rpartition(" ")[2]
    if word.endswith("."):
        return (
            word[:-1] in given_names() and len(word) < 6 or (len(word) == 2 and word[0].isupper())
        )
    return word in given_names()


def _is_person(each: Found) -> bool:
    """ "Jordan Peterson": the word is a given name."""
    if "person" not in each.word.rules or each.word.text not in also_given():
        return False
    rest = each.source[each.end : each.end + 24]
    if rest[:1] != " " or not rest[1:2].isupper() or _is_headline(each.source):
        return False
    word = re.split(r"[^\w'-]", rest[1:], maxsplit=1)[0].removesuffix("'s")
    return not word.isupper() and word not in _NO_SURNAME and word not in tables.english()


def _is_headline(text: str) -> bool:
    """In A Headline Like This capitals tell nothing about names."""
    words = [word for word in text[:200].split() if len(word) > 3]
    return len(text) < 200 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _weigh(found: list[Found]) -> None:
    """Settle what has several readings by what the rest of the article speaks of."""
    everywhere: Counter[str] = Counter()
    locally: Counter[str] = Counter()
    for each in found:
        if len(each.codes) == 1 and not each.word.rules & {"cue", "food"}:
            everywhere[each.codes[0]] += 1
            if each.word.kind not in _NOT_LOCAL or each.codes[0] != "US":
                locally[each.codes[0]] += 1
    for each in found:
        rules = each.word.rules
        if not each.codes or not rules or "both" in rules:
            continue
        readings = [code for code in each.codes if code != "-"]
        if "cue" in rules and not each.is_dateline:
            told = [code for code in readings if everywhere[code]]
            each.codes = (max(told, key=lambda code: everywhere[code]),) if told else ()
        elif readings and each.is_dateline:
            each.codes = (readings[0],)
        elif readings:
            usual = readings[0]
            best = max(readings[1:], key=lambda code: locally[code], default=usual)
            each.codes = (best if locally[best] > everywhere[usual] else usual,)


def _forget(found: list[Found], surnames: dict[str, tuple[str, ...]]) -> None:
    """Once "Michael Jordan" was named, a bare "Jordan" is he, unless other words speak of the country."""
    spoken = {code for each in found if each.word.text not in surnames for code in each.codes}
    for each in found:
        if each.word.text in surnames and not spoken & set(each.codes) and not each.is_dateline:
            each.codes = ()


@cache
def given_names() -> frozenset[str]:
    """Given names, titles and ranks, as they are written."""
    return frozenset(tables.lines("given_names.txt"))


@cache
def also_given() -> frozenset[str]:
    """Places that people are named after, as first names."""
    return frozenset(tables.lines("given_places.txt"))
