"""The tables of English names in; articles/places/english_index.txt out. Writes it.

Run after a change of countries.txt, places.txt, ambiguous.txt or not_places.txt:
`python benchmarks/make_english_index.py`. Until then the tables are read themselves, which is slow.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from articles.places import lookup, tables


def main() -> None:
    lookup.COMPILED.write_text(lookup.compiled(tables.english_words()), encoding="utf-8")


if __name__ == "__main__":
    main()
