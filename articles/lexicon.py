"""A folded word in, the meaning it shares with words of other languages out. Reads its table once.

lexicon.txt holds some hundred meanings that news is made of, in nine languages: "ceremony",
"Zeremonie" and "церемония" become one term, so that articles in different languages can be alike.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from articles.fold import fold

#: Shorter beginnings stand for too much: "sol-" is a school in Slovene, the sun in Spanish.
PREFIX_LETTERS_MIN = 4

#: Cyrillic and Arabic are met by one or two languages here, so that three letters say as much.
PREFIX_LETTERS_MIN_OTHER_SCRIPT = 3

#: No beginning in the table is longer.
PREFIX_LETTERS_MAX = 14

_OTHER_SCRIPT = re.compile("[\u0400-\u06ff]")


def meaning(word: str) -> str:
    """The meaning of a folded word, as "=gold"; "" for a word that the table does not have."""
    whole, beginnings = _table()
    if word in whole:
        return whole[word]
    for length in range(
        min(len(word), PREFIX_LETTERS_MAX), PREFIX_LETTERS_MIN_OTHER_SCRIPT - 1, -1
    ):
        if word[:length] in beginnings:
            return beginnings[word[:length]]
    return ""


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """(whole words, beginnings of words), each with its meaning; the first line with one wins."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    text = Path(__file__).with_name("lexicon.txt").read_text("utf-8")
    for line in text.splitlines():
        name, *written = line.partition("#")[0].split() or [""]
        for form in written:
            word = fold(form.rstrip("-"))
            if not form.endswith("-"):
                whole.setdefault(word, f"={name}")
            elif len(word) >= _letters_min(form):
                beginnings.setdefault(word, f"={name}")
    return whole, beginnings


def _letters_min(form: str) -> int:
    return PREFIX_LETTERS_MIN_OTHER_SCRIPT if _OTHER_SCRIPT.search(form) else PREFIX_LETTERS_MIN
