"""The names found in one article in, what each means there out, by ambiguous.txt's rules. Pure."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from articles.places import lookup, tables
from articles.places.finder import Found
from articles.places.tables import Word

#: A city, province or country before ", Texas" is that one in Texas.
QUALIFIED = frozenset(("capital", "city", "place", "name", "state"))

#: "London Road", "Denver Post": a street or a paper, whose town says nothing about the story.
_THINGS = re.compile(
    r" (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Drive|Post|Times|Tribune|Herald|Gazette"
    r"|Chronicle|Globe|Inquirer|Journal|Observer|Examiner|Telegraph|Mirror|Mail|Courier|Sentinel|Bulletin)\b"
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

#: Football clubs; any other "Lebanon County", "Kent County" is in the United States.
COUNTY_CLUBS = frozenset(("Derby", "Stockport", "Newport"))

#: "N. Korea", "W. Germany": headlines shorten so, and hardly ever the given name of a Mr. Jordan.
_POINTS = frozenset("NSEW")

#: How far from the word "Turkey" the kitchen is looked for, in characters.
FOOD_WITHIN = 60

#: What may stand before "Street", "dollar" or the s of a church; other signs end what is said.
_OPEN = frozenset((" ", "-", "'"))

#: What no person, street or sum is named after.
_NEVER_MASKED = frozenset(("abbr", "seat"))

#: Words under these rules alone may speak for their country before all others are read.
_SURE = frozenset(("context", "home", "person", "both"))

#: What is said of a whole federation does not tell that a town of that name is meant.
_NOT_LOCAL = frozenset(("name", "people", "capital", "seat"))


def read(found: list[Found], home: str | None) -> None:
    """Settle the codes of `found`; those that are no place keep () so that they can be shown.

    `home` is the country whose towns the publication need not explain, if there is one.
    """
    if settled := _qualify(found):
        _spread(found, settled)
    surnames = _unmask(found)
    if several := _open(found):
        _weigh(found, several, home)
    if surnames:
        _forget(found, surnames)


def _qualify(found: list[Found]) -> dict[Word, tuple[str, ...]]:
    """ "Paris, Texas" is in Texas: a place right before its province or country takes its code."""
    settled: dict[Word, tuple[str, ...]] = {}
    for place, after in pairwise(found):
        if (
            after.start - place.end == 2
            and place.part == after.part
            and place.word.kind in QUALIFIED
            and place.source[place.end : after.start] == ", "
            and _qualifies(place, after)
        ):
            shared = _shared(place, after) if len(after.codes) > 1 else after.codes
            place.codes = after.codes = shared
            if place.word.kind != "name" and len(shared) == 1:
                settled[place.word] = shared
    return settled


def _spread(found: list[Found], settled: dict[Word, tuple[str, ...]]) -> None:
    """After "Glasgow, Ky." every Glasgow of the article is that one."""
    for each in found:
        if each.word in settled:
            each.codes = settled[each.word]


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
        if not each.codes or each.is_dateline:
            continue
        after = each.source[each.end : each.end + 2]
        if after == " C" and _is_county(each):
            each.codes = ("US",)
        elif each.word.kind not in _NEVER_MASKED:
            if _follows_given_name(each):
                surnames[each.word.text] = each.codes
                each.codes = ()
            elif (after[:1] in _OPEN or each.word.rules) and (
                _is_thing(each, after) or _is_person(each)
            ):
                each.codes = ()
    return surnames


def _is_county(each: Found) -> bool:
    return (
        each.source.startswith(" County", each.end)
        and each.word.kind != "abbr"
        and each.word.text not in COUNTY_CLUBS
    )


def _is_thing(each: Found, after: str) -> bool:
    """Money, a street, a paper or a dish named after the place; two letters come `after`."""
    text, end, kind = each.source, each.end, each.word.kind
    if after == "'s" and kind == "city":
        return each.word.text.startswith(("St. ", "St ")) and "'" not in each.word.text  # a church
    if "food" in each.word.rules:
        near = max(0, each.start - FOOD_WITHIN), end + FOOD_WITHIN
        if _FOOD.search(text, *near):
            return True
    if after[:1] not in (" ", "-"):
        return False
    if kind == "people":
        return _MONEY.match(text, end) is not None
    if kind == "name":
        return _DOLLARS.match(text, end) is not None
    return after[1:].isupper() and _THINGS.match(text, end) is not None


def _follows_given_name(each: Found) -> bool:
    """ "Michael Jordan", "Mr. Jordan", "J. Jordan": the word is somebody's surname."""
    text, start = each.source, each.start
    if start < 2 or text[start - 1] != " " or each.word.kind == "people":
        return False
    word = text[text.rfind(" ", 0, start - 1) + 1 : start - 1]
    if not word[:1].isupper():
        return False
    if word[-1] == ".":
        if word[0] in _POINTS and each.word.kind == "name":
            return False  # "N. Korea"
        return len(word) == 2 or word[:-1] in given_names()
    return word in given_names()


def _is_person(each: Found) -> bool:
    """ "Jordan Peterson": the word is a given name."""
    if "person" not in each.word.rules or each.word.text not in also_given():
        return False
    rest = each.source[each.end : each.end + 24]
    if rest[:1] != " " or not rest[1:2].isupper() or _is_headline(each.source):
        return False
    word = re.split(r"[^\w'-]", rest[1:], maxsplit=1)[0].removesuffix("'s")
    return not word.isupper() and word not in not_surnames() and word not in lookup.english()


def _is_headline(text: str) -> bool:
    """In A Headline Like This capitals tell nothing about names."""
    words = [word for word in text[:200].split() if len(word) > 3]
    return len(text) < 200 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _open(found: list[Found]) -> list[Found]:
    """Those that have several readings, or need other words to speak for their only one."""
    return [
        each
        for each in found
        if len(each.codes) > 1 or (each.word.rules and each.codes and "cue" in each.word.rules)
    ]


def _weigh(found: list[Found], several: list[Found], home: str | None) -> None:
    """Settle what has `several` readings by what the rest of the article speaks of."""
    everywhere, locally = _counts(found)
    settled = {
        each.word: _reported_from(each, everywhere)
        for each in several
        if each.is_dateline and len(each.codes) > 1 and "both" not in each.word.rules
    }
    if settled:
        _spread(found, settled)
        everywhere.update(each.codes[0] for each in found if each.word in settled)
        several = _open(found)
    for each in several:
        _settle(each, everywhere, locally, home)


def _reported_from(each: Found, everywhere: Counter[str]) -> tuple[str, ...]:
    """A dateline is the usual place of its name: Rotterdam is not the one in New York.

    Where the rules say that other words have to speak for it, they also say which it is.
    """
    readings = [code for code in each.codes if code != "-"]
    if "cue" in each.word.rules:
        return (max(readings, key=lambda code: everywhere[code]),)
    return (readings[0],)


def _settle(each: Found, everywhere: Counter[str], locally: Counter[str], home: str | None) -> None:
    rules = each.word.rules
    readings = [code for code in each.codes if code != "-"]
    if "both" in rules or not readings:
        return
    if "cue" in rules:
        told = [code for code in readings if everywhere[code]]
        each.codes = (max(told, key=lambda code: everywhere[code]),) if told else ()
        return
    usual = readings[0]
    if home in readings[1:] and _is_at_home(each, everywhere, home):
        usual = home
    best = max(readings[1:], key=lambda code: locally[code], default=usual)
    each.codes = (best if locally[best] > everywhere[usual] else usual,)


def _counts(found: list[Found]) -> tuple[Counter[str], Counter[str]]:
    """How often each country is surely spoken of: by any word, and by one of its places."""
    everywhere: Counter[str] = Counter()
    locally: Counter[str] = Counter()
    for each in found:
        codes, rules = each.codes, each.word.rules
        if not codes or (rules and not _SURE.issuperset(rules)):
            continue
        readings = codes if len(codes) == 1 else [code for code in codes if code != "-"]
        if len(readings) == 1:
            code = readings[0]
            everywhere[code] += 1
            if code != "US" or each.word.kind not in _NOT_LOCAL:
                locally[code] += 1
    return everywhere, locally


def _is_at_home(each: Found, everywhere: Counter[str], home: str | None) -> bool:
    """A town of a known name is the home country's, unless the article speaks of the usual one's.

    A capital never is, and a country's name only where the rules say so and no other is named.
    """
    if "home" in each.word.rules:
        return set(everywhere) <= {home}
    return not everywhere[each.codes[0]] and each.word.kind not in ("capital", "name")


def _forget(found: list[Found], surnames: dict[str, tuple[str, ...]]) -> None:
    """After "Michael Jordan" a bare "Jordan" is he, unless other words speak of the country."""
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


@cache
def not_surnames() -> frozenset[str]:
    """Words that may follow a place in capitals without making a person of it."""
    return frozenset(tables.lines("not_surnames.txt"))
