"""Whatever somebody typed is one line of valid text, and no word of it is lost without need."""

from __future__ import annotations

import pytest

from articles.characters import CAPTION_MAX, MARKS_MAX, line, permitted, prose


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Two \t words\r\nBcc: victim@example.test ", "Two words Bcc: victim@example.test"),
        ("Cease\x00fire", "Ceasefire"),
        ("Cease\u2028fire", "Cease fire"),
        ("Cease\x85fire", "Cease fire"),
        ("Cease\x1cfire", "Cease fire"),
        ("Cease\ufeff\ufffe\U0001fffefire", "Ceasefire"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\u202eevil\u202c bidi \u2066x\u2069", "evil bidi x"),
        ("e\u0301", "é"),
        ("Donau\xaddampf", "Donaudampf"),
        ("no-break\xa0space", "no-break\xa0space"),
        ("Z" + "\u0336" * 800, "Z" + "\u0336" * MARKS_MAX),
    ],
)
def test_a_line_is_one_valid_line(typed: str, shown: str) -> None:
    assert line(typed) == shown


def test_a_long_line_without_spaces_is_cut_between_letters() -> None:
    assert line("長" * 1000) == "長" * (CAPTION_MAX - 1) + "…"
    assert line("e\u0301\u0323" * 1000)[-2] != "\u0301"


@pytest.mark.parametrize(
    "odd", ["\x07", "\ud800", "\ufffe", "\U0001ffff", "\u2028", "\x85", "\ufdd0"]
)
@pytest.mark.parametrize("around", ["a", "a\n", "é\xa0", "\U0001f600\t", "كتب", "字"])
def test_what_xml_forbids_is_found_among_any_letters(odd: str, around: str) -> None:
    assert odd not in permitted(f"{around}{odd}{around}")
    assert permitted(around) == around
    assert odd not in line(f"{around}{odd}{around}")
    assert odd not in prose(f"{around}{odd}{around}")


@pytest.mark.parametrize("text", ["a  b", "a \t b", "a\nb", "a\xa0 b", "a   b"])
def test_blanks_collapse_in_any_text(text: str) -> None:
    assert line(text) == prose(text) == "a b"
    assert line(f"é{text}") == prose(f"é{text}") == "éa b"
