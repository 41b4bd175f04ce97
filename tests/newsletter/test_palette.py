from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.palette import (
    GRAPHIC_CONTRAST,
    PAPER,
    PAPER_DARK,
    TEXT_CONTRAST,
    TINT,
    TINT_DARK,
    contrast,
    palette,
)

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@settings(deadline=None)  # the machine may be busy
@given(colours, colours)
def test_any_colours_an_operator_chooses_can_be_read(accent: str, mark: str) -> None:
    used = palette(accent, mark)

    assert min(contrast(used.accent, each) for each in (PAPER, TINT)) >= TEXT_CONTRAST
    assert (
        min(contrast(used.accent_dark, each) for each in (PAPER_DARK, TINT_DARK)) >= TEXT_CONTRAST
    )
    assert min(contrast(used.mark, each) for each in (PAPER, TINT)) >= GRAPHIC_CONTRAST


def test_the_house_s_own_colours_are_used_as_they_are() -> None:
    used = palette("#14506A", "#a6381e")

    assert (used.accent, used.accent_dark) == ("#14506A", "#8CC4DB")
    assert (used.mark, used.mark_dark) == ("#A6381E", "#E78D70")


@pytest.mark.parametrize(
    ("asked", "light", "dark"),
    [
        ("#FFD400", "#826B04", "#F2D777"),
        ("#FFC9B5", "#926251", "#FFC9B5"),
        ("#0A1A3C", "#0A1A3C", "#A0B8E4"),
        ("#888888", "#6E6E6E", "#B7B7B7"),
    ],
)
def test_a_colour_keeps_its_hue(asked: str, light: str, dark: str) -> None:
    used = palette(asked, asked)

    assert (used.accent, used.accent_dark) == (light, dark)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("colour", ["", "red", "#12345", "123456#", "#GGGGGG", "#12 456"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour like #14506A"):
        palette(colour, "#A6381E")
