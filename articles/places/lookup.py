"""Words of the tables in; an index that finds them in a text out. Reads english_index.txt once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from articles.places import tables
from articles.places.tables import HERE, NO_OWN_WORDS, OwnWords, Word, without_accents

#: The first run of letters of a name: "Côte" of "Côte d'Ivoire".
_FIRST = re.compile(r"\w*")

#: Shorter names are not looked for in capitals: too many are words of an upper-case headline.
CAPITALS_MIN = 4

#: The English names as an index, made by benchmarks/make_english_index.py: reading it takes a tenth
#: of the time that making it of the tables does.
COMPILED = HERE / "english_index.txt"

#: What it is made of.
SOURCES = ("countries.txt", "places.txt", "ambiguous.txt", "not_places.txt")

#: What follows a name's first word, and what the whole means; the longest first.
Options = tuple[tuple[str, Word], ...]


class Index(dict[str, Options | str]):
    """The names that may begin at a word of a text, to be asked in two steps.

    A name stands under its first word and the two characters after it ("New Z"); under the first
    word alone if fewer follow, and then again, last, under every longer key: so "New Zealand" in a
    text is compared with one name and not with forty. A value that is still a line of the compiled
    index is read when it is first asked for: a day's news needs few of 16,000.
    """

    __slots__ = ("_read", "_words")

    def __init__(
        self, of: Iterable[tuple[str, Options | str]] = (), words: Sequence[str] = ()
    ) -> None:
        super().__init__(of)
        self._words = words
        self._read: dict[str, Word] = {}

    def under(self, words: Mapping[str, Word]) -> Index:
        """This index with `words` put before its own."""
        found = _by_first(spellings(words))
        for key in self:
            first = key if key in found else key[:-2]
            if first in found:
                for rest, word in self.options(key):
                    found[first].setdefault(rest, word)
        both = Index(self.items(), self._words)
        both._read = self._read
        both.update(_keys(found))
        return both

    def options(self, key: str) -> Options:
        """The names under a key, () where there are none."""
        found = self.get(key, ())
        if isinstance(found, str):
            cells = found.split("\t") if found else []
            pairs = [cell.split("=") for cell in cells]
            found = self[key] = tuple((rest, self._word(number)) for rest, number in pairs)
        return found

    def _word(self, number: str) -> Word:
        # One object for all spellings of a word: the ranking asks whether two are the same.
        word = self._read.get(number)
        if word is None:
            text, codes, kind, rules = self._words[int(number)].split("|")
            word = Word(text, tuple(codes.split()), kind, frozenset(rules.split()))
            self._read[number] = word
        return word


@cache
def english(own: OwnWords = NO_OWN_WORDS) -> Index:
    """The English names of places as an index, the operator's `own` before ours."""
    ours = _compiled() or index(spellings(tables.english_words()))
    return ours.under(own.words) if own.words else ours


def spellings(words: Mapping[str, Word]) -> Iterator[tuple[str, Word]]:
    """Each word as it may be spelt: as it is, without accents, in capitals."""
    for text, word in words.items():
        for spelt in (text,) if text.isascii() else (text, without_accents(text)):
            yield spelt, word
            if len(spelt) >= CAPITALS_MIN or word.kind == "abbr":
                capitals = spelt.upper()
                if capitals != spelt:
                    yield capitals, word


def index(pairs: Iterable[tuple[str, Word]]) -> Index:
    """Spellings with their meaning as an index; of two equal spellings the first."""
    return Index(_keys(_by_first(pairs)))


def compiled(words: Mapping[str, Word]) -> str:
    """The text of english_index.txt: the sources' hash, the words, a blank line, the keys.

    A key and its names take turns with the lines: so the file is cut up in one go.
    """
    numbers = {id(word): number for number, word in enumerate(words.values())}
    lines = [_sources()]
    for word in words.values():
        rules = " ".join(sorted(word.rules))
        lines.append(f"{word.text}|{' '.join(word.codes)}|{word.kind}|{rules}")
    lines.append("")
    made = index(spellings(words))
    for key in made:
        cells = [f"{rest}={numbers[id(word)]}" for rest, word in made.options(key)]
        lines += (key, "\t".join(cells))
    return "\n".join(lines)


def _compiled() -> Index | None:
    """The index as it was compiled; None where its sources have changed since, as after an edit."""
    text = COMPILED.read_text(encoding="utf-8") if COMPILED.is_file() else ""
    head, _, keys = text.partition("\n\n")
    made_of, *words = head.split("\n")
    if made_of != _sources():
        return None
    lines = keys.split("\n")
    return Index(zip(lines[::2], lines[1::2], strict=True), words)


def _sources() -> str:
    told = hashlib.sha256()
    for file in SOURCES:
        told.update((HERE / file).read_bytes())
    return told.hexdigest()


def _by_first(pairs: Iterable[tuple[str, Word]]) -> dict[str, dict[str, Word]]:
    """First word -> what follows it -> what the whole means."""
    found: dict[str, dict[str, Word]] = {}
    for spelt, word in pairs:
        first = spelt.partition(" ")[0]
        if not first.isalnum():
            first = _FIRST.match(spelt)[0]  # type: ignore[index]
        found.setdefault(first, {}).setdefault(spelt[len(first) :], word)
    return found


def _keys(found: Mapping[str, Mapping[str, Word]]) -> Iterator[tuple[str, Options]]:
    """The keys of an Index, each with its names."""
    for first, rests in found.items():
        ordered = sorted(rests.items(), key=_longest_first)
        short = [pair for pair in ordered if len(pair[0]) < 2]
        yield first, tuple(short)
        for two in {rest[:2]: None for rest, _ in ordered[: len(ordered) - len(short)]}:
            yield first + two, tuple(pair for pair in ordered if _may_follow(pair[0], two))


def _may_follow(rest: str, two: str) -> bool:
    return rest.startswith(two) or two.startswith(rest)


def _longest_first(pair: tuple[str, Word]) -> int:
    return -len(pair[0])
