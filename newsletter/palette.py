"""The operator's two brand colours in, what is readable in light and dark out. Pure.

Contrast is WCAG 2's; lightness is stepped in OKLCH, so that the hue stays what the operator chose.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

PAPER, TINT = "#FCFBF8", "#F3F1EA"
PAPER_DARK, TINT_DARK = "#16171A", "#202226"

#: WCAG 2 AA for text, and for graphics.
TEXT_CONTRAST, GRAPHIC_CONTRAST = 4.5, 3.0

#: Fine enough that the colour used differs from the one asked for by no more than it must.
LIGHTNESS_STEP = 0.005

#: On dark ground colours begin light and pale: saturated ones glare.
DARK_LIGHTNESS_MIN, DARK_CHROMA_MAX = 0.78, 0.12

#: The house's own pair on dark ground, chosen by eye; the rule below would give nearly the same.
HOUSE_DARK = {"#14506A": "#8CC4DB", "#A6381E": "#E78D70"}

Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """`accent` carries text, `mark` only the flag; each on light and on dark ground."""

    accent: str
    accent_dark: str
    mark: str
    mark_dark: str


@lru_cache(maxsize=64)
def palette(accent: str, mark: str) -> Palette:
    """Colours as asked (`#14506A`), darkened on light and lightened on dark until they can be read.

    Raises:
        ValueError: not `#` and six hex digits.
    """
    return Palette(
        accent=_on_light(accent, TEXT_CONTRAST),
        accent_dark=_on_dark(accent, TEXT_CONTRAST),
        mark=_on_light(mark, GRAPHIC_CONTRAST),
        mark_dark=_on_dark(mark, GRAPHIC_CONTRAST),
    )


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _on_light(asked: str, wanted: float) -> str:
    lightness, chroma, hue = _oklch(asked)
    used = asked.upper()
    while lightness > 0 and min(contrast(used, PAPER), contrast(used, TINT)) < wanted:
        lightness -= LIGHTNESS_STEP
        used = _hex((lightness, chroma, hue))
    return used


def _on_dark(asked: str, wanted: float) -> str:
    if asked.upper() in HOUSE_DARK:
        return HOUSE_DARK[asked.upper()]
    lightness, chroma, hue = _oklch(asked)
    lightness, chroma = max(lightness, DARK_LIGHTNESS_MIN), min(chroma, DARK_CHROMA_MAX)
    used = _hex((lightness, chroma, hue))
    while lightness < 1 and min(contrast(used, PAPER_DARK), contrast(used, TINT_DARK)) < wanted:
        lightness += LIGHTNESS_STEP
        used = _hex((lightness, chroma, hue))
    return used


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Channels:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        raise ValueError(f"{colour!r} is not a colour like #14506A")
    red, green, blue = (_to_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _to_linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _from_linear(value: float) -> float:
    return float(12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def _oklch(colour: str) -> Channels:
    """Lightness, chroma, hue in radians (B. Ottosson, "A perceptual color space")."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lch: Channels) -> str:
    """The sRGB colour; chroma shrinks until the colour is one that a screen can show."""
    lightness, chroma, hue = lch
    while chroma > 0 and not all(
        -1e-4 <= each <= 1 + 1e-4 for each in _rgb(lightness, chroma, hue)
    ):
        chroma -= 0.002
    channels = _rgb(lightness, max(chroma, 0), hue)
    values = (round(255 * _from_linear(min(max(each, 0), 1))) for each in channels)
    return "#" + "".join(f"{value:02X}" for value in values)


def _rgb(lightness: float, chroma: float, hue: float) -> Channels:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
