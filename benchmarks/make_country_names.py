"""CLDR, through babel, in; articles/places/names.txt out: countries in many languages. Writes it.

Run where babel is installed, which is no dependency: `python benchmarks/make_country_names.py`.
"""

from __future__ import annotations

from pathlib import Path

import babel
from babel import Locale

#: The languages whose readers get labels in their own words, and whose articles are tagged.
LANGUAGES = (
    "en", "fr", "es", "de", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "fa", "he", "zh", "ja",
    "ko", "hi", "id", "sw", "sv", "cs", "ro", "el", "hu", "vi", "bn", "ur",
)  # fmt: skip

PLACES = Path(__file__).parent.parent / "articles" / "places"

HEADER = f"""\
# What each country is called, from Unicode CLDR through babel {babel.__version__}.
# Copyright (c) 1991-2026 Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt).
# Made by benchmarks/make_country_names.py: do not edit. A line a language,
# in the order of countries.txt.
"""


def main() -> None:
    codes = [
        line[:2]
        for line in (PLACES / "countries.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    lines = [HEADER]
    for language in LANGUAGES:
        names = Locale(language).territories
        lines.append(f"{language} | " + "; ".join(names.get(code, "") for code in codes) + "\n")
    (PLACES / "names.txt").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
