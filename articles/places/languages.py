"""A language in, a finder of the names of places in its texts out. Reads package files once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain

from articles.places import lookup, tables
from articles.places.finder import Found, evened
from articles.places.finder import find as find_english
from articles.places.lookup import Index
from articles.places.tables import OwnWords, Word

Finder = Callable[[str, str], list[Found]]

#: Where a language has a table but the article does not say its language, the script tells enough.
SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7a3]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
    (re.compile("[іїєґІЇЄҐ]"), "uk"),
    (re.compile("[\u0400-\u04ff]"), "ru"),
    (re.compile("[پچژگ]"), "fa"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0900-\u097f]"), "hi"),
    (re.compile("[\u0980-\u09ff]"), "bn"),
    (re.compile("[\u0370-\u03ff]"), "el"),
)

#: As much of a text as is looked at to tell its script.
SCRIPT_SAMPLE = 200

#: What is written together with the word that follows it.
PREFIXES = {
    "ar": ("و", "ب", "ل", "ف", "ك", "وب", "ول"),
    "he": ("ו", "ב", "ל", "מ", "ה", "ש", "כ", "וה", "וב", "ול", "ומ", "של", "שב", "שה", "מה", "לה"),
}

#: The same letter to a reader; a text keeps its length.
LETTERS = {
    "ar": str.maketrans("أإآىة", "ااايه"),
    "fa": str.maketrans("يكأإآۀة", "یکااآهه"),
    "ur": str.maketrans("يك", "یک"),
}

#: Languages written without blanks, or whose letters are more than \w: names are sought as they
#: stand, between these.
BETWEEN = {
    "zh": ("", ""),
    "ja": ("", ""),
    "ko": ("(?<![가-힣])", ""),
    "hi": ("(?<![\u0900-\u097f])", "(?![\u0900-\u097f])"),
    "bn": ("(?<![\u0980-\u09ff])", ""),
}

#: In Japanese a name in katakana ends where the katakana end: "Thai" stands in "title" and "style".
_KATAKANA = "[\u30a1-\u30fa\u30fc]"

#: Languages whose nouns bend: a name loses its last vowel and takes any ending of its language.
BENDING = {"ru": "ая", "uk": "ая", "pl": "a"}

#: Languages whose press also calls countries by their English names.
ENGLISH_NAMES = frozenset(("sw",))

_TOKEN = re.compile(r"\w+")


def finder(language: str, text: str, own: OwnWords) -> Finder:
    """What finds places in a text of `language` (BCP 47), or in `text`'s script if that is "".

    `own` are the operator's words: they are sought in every language, and come before ours.
    """
    language = language.partition("-")[0].casefold() or script(text)
    return _finder(language if language in tables.languages() else "en", own)


def script(text: str) -> str:
    """A language that is written in the letters of `text`; English where they are Latin."""
    sample = text[:SCRIPT_SAMPLE]
    if sample.isascii():
        return "en"
    return next((language for letters, language in SCRIPTS if letters.search(sample)), "en")


@cache
def _finder(language: str, own: OwnWords) -> Finder:
    if language == "en":
        index = lookup.english(own)
        return lambda part, text: find_english(part, evened(text), index)
    if language in BETWEEN:
        return _sought(language, own)
    return _token_finder(language, own)


def _token_finder(language: str, own: OwnWords) -> Finder:
    """For languages with blanks: names begin at a word, which is looked up."""
    index = lookup.index(_bent(language, own))
    letters = LETTERS.get(language)

    def find(part: str, text: str) -> list[Found]:
        even = evened(text)
        return _find_tokens(part, even.translate(letters) if letters else even, index)

    return find


def _find_tokens(part: str, text: str, index: Index) -> list[Found]:
    found: list[Found] = []
    done = 0
    for match in _TOKEN.finditer(text):
        if match[0] not in index or match.start() < done:
            continue
        end = match.end()
        longer = text[match.start() : end + 2]
        for rest, word in index.options(longer if longer in index else match[0]):
            stop = end + len(rest)
            if not rest or (text.startswith(rest, end) and not text[stop : stop + 1].isalnum()):
                found.append(Found(part, text, match.start(), stop, word))
                done = stop
                break
    return found


def _sought(language: str, own: OwnWords) -> Finder:
    """For languages without blanks: names are sought as they stand, the longest first."""
    before, after = BETWEEN[language]
    words: dict[str, Word] = dict(own.words)
    for name, word in _words(language):
        words.setdefault(name, word)
    names = sorted(words, key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    if language == "ja":
        # Names in katakana alone come last: what goes on in other letters is longer.
        runs = dict.fromkeys(name for name in names if re.fullmatch(f"{_KATAKANA}+", name))
        others = "|".join(re.escape(name) for name in names if name not in runs)
        either = f"{others}|(?<!{_KATAKANA})(?:{'|'.join(runs)})(?!{_KATAKANA})"
    pattern = re.compile(f"{before}(?:{either}){after}")

    def find(part: str, text: str) -> list[Found]:
        return [
            Found(part, text, match.start(), match.end(), words[match[0]])
            for match in pattern.finditer(text)
        ]

    return find


def _bent(language: str, own: OwnWords) -> Iterator[tuple[str, Word]]:
    """Every spelling to look up: in capitals, with what is written together with it."""
    letters = LETTERS.get(language)
    for spelt, word in chain(own.words.items(), _words(language)):
        spelt = spelt.translate(letters) if letters else spelt
        yield spelt, word
        if word.kind == "people" and spelt[0].islower():
            yield spelt[0].upper() + spelt[1:], word
        if word.kind == "name" and len(spelt) >= lookup.CAPITALS_MIN and spelt.upper() != spelt:
            yield spelt.upper(), word
        for prefix in PREFIXES.get(language, ()):
            yield prefix + spelt, word
        if language == "ar":
            yield from ((joined, word) for joined in _with_article(spelt, word))


def _with_article(spelt: str, word: Word) -> Iterator[str]:
    """The Arabic article and what it becomes after "to": al-Sūrī, wa-l-Sūrī, li-l-Sūrī."""
    bare = spelt.removeprefix("ال")
    if bare != spelt or word.kind == "people":
        yield from (prefix + bare for prefix in ("ال", "وال", "بال", "فال", "كال", "لل", "ولل"))


def _words(language: str) -> Iterator[tuple[str, Word]]:
    """(spelling, its meaning): the names of CLDR and those of our own table of the language."""
    table = tables.language(language)
    # Ours come first: CLDR's "Minor Outlying Islands (USA)" must not have the name of the USA.
    for code, names, people in table.rows:
        for name in names:
            yield from _expanded(name, code, "name", table.endings)
            yield from _genitives(name, code, table.name_endings)
        for name in people:
            yield from _expanded(name, code, "people", table.endings)
    for name in table.no_places:
        yield name, Word(name, (), "none")
    for country in tables.countries():
        for name in _alternatives(tables.names()[country.code].get(language, "")):
            if name not in table.never:
                yield from _declined(name, country.code, language)
        if language in ENGLISH_NAMES:
            yield country.name, Word(country.name, (country.code,), "name")


def _declined(name: str, code: str, language: str) -> Iterator[tuple[str, Word]]:
    table = tables.language(language)
    yield name, Word(name, (code,), "name")
    vowels = BENDING.get(language)
    if vowels is not None and " " not in name and not name.isupper():
        stem = name[:-1] if name[-1] in vowels else name
        yield from _expanded(f"{stem}-", code, "name", table.endings)
    yield from _genitives(name, code, table.name_endings)


def _genitives(name: str, code: str, endings: tuple[str, ...]) -> Iterator[tuple[str, Word]]:
    """German and Dutch write "Syriens", "Ankaras" without an apostrophe."""
    if endings and name.isalpha() and not name.isupper():
        yield from ((name + ending, Word(name, (code,), "name")) for ending in endings)


def _expanded(
    stem: str, code: str, kind: str, endings: tuple[str, ...]
) -> Iterator[tuple[str, Word]]:
    if stem.endswith("-"):
        stem = stem[:-1]
        word = Word(stem, (code,), kind)
        yield from ((stem + ending, word) for ending in endings)
    else:
        yield stem, Word(stem, (code,), kind)


def _alternatives(name: str) -> list[str]:
    """`Myanmar (Birma)` is two names."""
    return [part.strip() for part in re.split(r"[()]", name) if part.strip()]
