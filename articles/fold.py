"""Text in, the same text in plain lower-case Latin letters out. Pure."""

from __future__ import annotations

import re
import unicodedata

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
    "ʼ": "'",
}  # fmt: skip
# Accents, Arabic and Hebrew vowel points. Marks of other scripts are letters in all but name: kept.
_MARKS = dict.fromkeys((*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x670))
_TO_LATIN = str.maketrans(_CYRILLIC | _ARABIC | _GREEK | _LATIN) | _MARKS

_TYPESET = (
    ("’", "'"),
    ("‘", "'"),
    ("“", '"'),
    ("”", '"'),
    ("–", "-"),
    ("—", "-"),
    ("…", " "),
    ("\xa0", " "),
)
_POSSESSIVE = re.compile(r"'s?\b")
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")

# "The", alone or after "and", "by", "for", "as", is written as one word with its noun.
_ARABIC_ARTICLE = re.compile(r"\b[وفبكل]?(?:ال|لل)(?=\w{3})")


def fold(text: str) -> str:
    """`text` in lower case without accents, Cyrillic, Arabic and Greek spelled in Latin letters."""
    folded = text.casefold()
    if not folded.isascii():
        for typeset, typed in _TYPESET:  # they alone make most English texts not plain
            folded = folded.replace(typeset, typed)
    if not folded.isascii():
        if _ARABIC_LETTER.search(folded):
            folded = _ARABIC_ARTICLE.sub("", folded)
        folded = unicodedata.normalize("NFKD", folded).translate(_TO_LATIN)
        folded = unicodedata.normalize("NFC", folded)  # Hangul and kana whole again
    return _POSSESSIVE.sub("", folded) if "'" in folded else folded
