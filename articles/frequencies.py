"""A term in, the share of all news that has it out. Reads its table once.

A desk of thirty articles cannot tell a rare word from a usual one by its own: there each name is in
one article, and so is each verb. frequencies.txt knows what is usual, from articles of many papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def usual() -> Mapping[str, float]:
    """term -> 0..1; a term that the table does not have is rare, or of another language."""
    lines = Path(__file__).with_name("frequencies.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {term: int(share) / 1000 for share, *terms in rows for term in terms}
