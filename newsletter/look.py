"""A newsletter and a language in, what its style sheets take out. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model import Fonts, Newsletter
from newsletter.palette import Palette, palette
from newsletter.words import direction

#: Only local fonts: nothing is fetched.
SERIF = "Georgia,Gelasio,'Noto Serif','Times New Roman',serif"
SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
BOOK = "'Iowan Old Style','Palatino Linotype',Palatino,Georgia,serif"
NASKH = "'Noto Naskh Arabic','Geeza Pro','Traditional Arabic',Georgia,serif"
NASKH_SANS = "-apple-system,'Segoe UI','Noto Sans Arabic','Geeza Pro',Tahoma,Arial,sans-serif"


#: What headlines and running text are set in, by the operator's choice.
_LATIN: dict[Fonts, str] = {"paper": SERIF, "book": BOOK, "plain": SANS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What style sheets take: colours, fonts, sizes by script, sides by direction."""

    colours: Palette
    serif: str
    sans: str
    start: str  # "left" | "right"
    lead: tuple[int, int]  # size and line height in px, so the others
    lead_phone: tuple[int, int]
    story: tuple[int, int]
    standfirst: tuple[int, int]
    line: tuple[int, int]
    opening: tuple[int, int]
    tracking: str  # letter spacing of the largest headlines


def look(newsletter: Newsletter, language: str) -> Look:
    """Arabic script needs taller lines at the same weights, and no tracking."""
    colours = palette(newsletter.accent, newsletter.mark)
    if direction(language) == "rtl":
        return Look(
            colours=colours,
            serif=NASKH_SANS if newsletter.fonts == "plain" else NASKH,
            sans=NASKH_SANS,
            start="right",
            lead=(29, 44),
            lead_phone=(26, 42),
            story=(22, 36),
            standfirst=(17, 30),
            line=(17, 28),
            opening=(20, 34),
            tracking="normal",
        )
    return Look(
        colours=colours,
        serif=_LATIN[newsletter.fonts],
        sans=SANS,
        start="left",
        lead=(30, 36),
        lead_phone=(26, 32),
        story=(22, 28),
        standfirst=(17, 26),
        line=(17, 24),
        opening=(20, 30),
        tracking="-.01em",
    )
