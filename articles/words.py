"""Folded text in, the terms stories are compared by out: meanings, stems, runs of letters. Pure."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from articles.lexicon import meaning

#: Words are compared by their first letters: in most languages inflection comes after them.
STEM_LETTERS = 6

#: The lengths of the runs of letters that headlines are compared by.
RUN_LETTERS = (3, 4, 5)

#: Words whose term and whose runs are remembered; a month of news in one language has fewer.
WORDS_REMEMBERED = 60_000

_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.ASCII)
_WORD_ANY = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def words(folded: str) -> list[str]:
    """The words of a folded text; scripts without spaces give pairs of characters."""
    if folded.isascii():
        return _WORD.findall(folded)
    if not _UNSPACED.search(folded):
        return _WORD_ANY.findall(folded)
    return [part for word in _WORD_ANY.findall(folded) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    if word.isascii() or not _UNSPACED.search(word):
        return [word]
    return [word[at : at + 2] for at in range(max(1, len(word) - 1))]


def counted_terms(folded: str) -> dict[str, int]:
    """How often a folded text says what: the meanings of its words ("=gold"), or else their stems.

    Stop words say nothing.
    """
    _forget()
    counted = Counter(map(_terms.__getitem__, words(folded)))
    counted.pop("", None)
    return counted


class _Terms(dict[str, str]):
    """word -> its term, "" for a word that says nothing; worked out when first asked for."""

    def __missing__(self, word: str) -> str:
        is_empty = word in STOP_WORDS or (len(word) == 1 and word.isascii())
        term = self[word] = "" if is_empty else meaning(word) or word[:STEM_LETTERS]
        return term


class _Runs(dict[str, tuple[str, ...]]):
    """word -> its runs of letters, edges marked; none of a stop word."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        marked = "" if word in STOP_WORDS else f" {word} "
        runs = self[word] = tuple(
            marked[at : at + size] for size in RUN_LETTERS for at in range(len(marked) - size + 1)
        )
        return runs


_terms, _runs = _Terms(), _Runs()


def _forget() -> None:
    for remembered in (_terms, _runs):
        if len(remembered) >= WORDS_REMEMBERED:
            remembered.clear()


def letter_runs(folded: str) -> dict[str, int]:
    """Runs of letters of each word, edges marked: cognates and spellings of a name share most."""
    _forget()
    return Counter(chain.from_iterable(map(_runs.__getitem__, words(folded))))


_STOP = (
    # English
    """
    a about above after again against all also am amid among an and any are as at back be
    because been before being below between both but by can could did do does doing don down
    during each even ever every few for from further get gets give go goes going got had has
    have having he her here hers him his how i if in into is it its just like made make makes
    many may me might more most much must my new no nor not now of off on once one only or other
    our out over own per re s said same say says set she should since so some still such t take
    takes than that the their them then there these they this those through to too two under
    until up upon us very via was way we were what when where which while who whom whose why
    will with within without would yet you your
    """,
    # Spanish, Portuguese, French, Italian
    """
    al ante como con contra cual cuando de del desde donde dos el ella ellas ellos en entre era
    es esa ese eso esta estan estas este esto estos fue ha hace hacia han hasta hay la las le
    les lo los mas me mi muy ni no nos o para pero por porque que quien se ser si sin sobre son
    su sus tambien tras un una uno unos y ya ao aos as com da das do e ela ele em foi isso mais
    na nas nao nem num numa os ou pela pelo pelas pelos qual quando sao sem seu seus sua suas
    tem um uma uns au aux avec c ce ces cette d dans des du elle elles est et eux il ils j je l
    leur leurs lui ma meme mes moi mon n ne notre nous on ont par pas plus pour qu qui sa ses
    sont sous sur ta te tes toi ton tout tous toute toutes tres tu une vos votre vous a alla
    alle anche che chi ci come dal dalla dei della delle di gli i in io nel nella non per piu
    sono sul sulla tra
    """,
    # German, Dutch
    """
    aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen
    einer eines er es fur gegen hat haben hatte ich ihr ihre im in ist kann kein keine mehr mit
    nach nicht noch nur ob oder ohne sei seine sich sie sind so uber um und unter vom von vor
    war warum was wegen wie wieder wird wurde zu zum zur zwischen aan dat de een en het hij ik
    is met na naar niet nog of om ook op over te tot uit van voor wat wordt zijn
    """,
    # Russian, Slovene, Arabic, as they are spelled in Latin letters here
    """
    a bez byl byla byli bylo bolee budet v vo vse vsekh vseh da do dlya eto ego ee ei eshe za
    zhe i iz ili im ih k kak ko kogda li mezhdu na nad ne nego nee net ni no o ob on ona oni ot
    po pod posle pri pro s so tak takzhe to tolko tom u uzhe cherez chto chtoby bi bil bila bilo
    bo bodo brez ga je jih jo kaj kako ker ki kot le med od proti se si sta tudi z ze fi min ala
    an ila ma maa hdha hdhh dhlk alti aldhi la lm ln qd aw ao thm bad qbl ind ha ho hi and bn
    """,
)

#: Words so common in their language that two texts sharing them share nothing.
STOP_WORDS = frozenset(" ".join(_STOP).split())
