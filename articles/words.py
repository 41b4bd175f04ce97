"""Text in, the words stories are compared by out: folded, stems, runs of letters. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Words are compared by their first letters: inflections mostly differ behind the sixth.
STEM_LETTERS = 6

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "є": "e", "ґ": "g", "ђ": "dj", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
    "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a",
    "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "o",
    "ي": "i", "ى": "a", "ة": "a", "ء": "", "ئ": "i", "ؤ": "o", "پ": "p", "چ": "ch", "ژ": "zh",
    "گ": "g", "ک": "k", "ی": "i", "ـ": "",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_LATIN = {
    "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "’": "'", "‘": "'", "ʼ": "'",
}  # fmt: skip
# Accents, Arabic and Hebrew vowel points. Marks of other scripts are letters in all but name: kept.
_MARKS = dict.fromkeys((*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x670))
_TO_LATIN = str.maketrans(_CYRILLIC | _ARABIC | _GREEK | _LATIN) | _MARKS

_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.ASCII)
_WORD_ANY = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_POSSESSIVE = re.compile(r"'s?\b")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def fold(text: str) -> str:
    """`text` in lower case without accents, Cyrillic, Arabic and Greek spelled in Latin letters."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded).translate(_TO_LATIN)
        folded = unicodedata.normalize("NFC", folded)  # Hangul and kana whole again
    return _POSSESSIVE.sub("", folded) if "'" in folded else folded


def words(folded: str) -> Iterator[str]:
    """The words of a folded text; scripts without spaces give pairs of characters."""
    if folded.isascii():
        yield from _WORD.findall(folded)
        return
    for word in _WORD_ANY.findall(folded):
        if word.isascii() or not _UNSPACED.search(word):
            yield word
        else:
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))


def stems(folded: str) -> Iterator[str]:
    """The words of a folded text that carry meaning, each cut to its first letters."""
    for word in words(folded):
        if word not in STOP_WORDS and (len(word) > 1 or not word.isascii()):
            yield word[:STEM_LETTERS]


def letter_groups(folded: str, sizes: tuple[int, ...] = (3, 4, 5)) -> Iterator[str]:
    """Runs of letters within each word, edges marked: cognates share most of theirs."""
    for word in words(folded):
        if word in STOP_WORDS:
            continue
        marked = f" {word} "
        for size in sizes:
            for at in range(len(marked) - size + 1):
                yield marked[at : at + size]


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
    su sus tambien tras tras un una uno unos y ya ao aos as com da das do dos e ela ele em foi
    isso mais mas na nas nao nem nos num numa os ou pela pelo pelas pelos por qual quando sao se
    sem ser seu seus sua suas tem um uma uns au aux avec c ce ces cette d dans des du elle elles
    est et eux il ils j je l leur leurs lui ma mais meme mes moi mon n ne nos notre nous on ont
    ou par pas plus pour qu qui sa ses son sont sous sur ta te tes toi ton tout tous toute
    toutes tres tu un une vos votre vous a alla alle anche che chi ci come dal dalla dei del
    della delle di e gli ha i il in io la lo ma nel nella non o per piu si sono su sul sulla tra
    un una
    """,
    # German, Dutch
    """
    aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen
    einer eines er es fur gegen hat haben hatte ich ihr ihre im in ist kann kein keine mehr mit
    nach nicht noch nur ob oder ohne sei seine sich sie sind so uber um und unter vom von vor
    war warum was wegen wie wieder wird wurde zu zum zur zwischen aan dat de die een en er het
    hij ik in is met na naar niet nog of om ook op over te tot uit van voor was wat wordt zijn
    """,
    # Russian, Slovene, Arabic, as they are spelled in Latin letters here
    """
    a bez byl byla byli bylo bolee budet v vo vse vsekh vseh da do dlya eto ego ee ei eshe za
    zhe i iz ili im ih k kak ko kogda li mezhdu na nad ne nego nee net ni no o ob on ona oni ot
    po pod posle pri pro s so tak takzhe to tolko tom u uzhe cherez chto chtoby bi bil bila bilo
    bo bodo brez ga iz je jih jo kaj kako ker ki ko kot le med na nad ne ni o ob od po pod pri
    proti s se si so sta tudi v za z ze fi min ala an ila ma maa hdha hdhh dhlk alti aldhi la lm
    ln qd aw ao thm bad qbl ind ha ho hi and bn
    """,
)
#: Words so common in their language that two texts sharing them share nothing.
STOP_WORDS = frozenset(" ".join(_STOP).split())
