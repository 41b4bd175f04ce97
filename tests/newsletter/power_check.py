"""What a disk holds after a power cut in, what it lacks of what was said out. Nothing but Python.

For the shared judge of power cuts (see newsletter/power_desk.py): the disk's files are in $STATE,
and in $ACKED is what the program had printed by then: each line names an article that is saved, or
a delivery with its state. The store must be whole, and know all of them.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def lacks(state: Path, said: list[str]) -> list[str]:
    """What was said and is not so; or that the store is not whole."""
    with closing(sqlite3.connect(state / "store.db")) as db:
        (whole,) = db.execute("PRAGMA integrity_check").fetchone()
        if whole != "ok":
            return [f"not whole: {whole}"]
        states = dict(db.execute("SELECT id, state FROM deliveries"))
        titles = {title for (title,) in db.execute("SELECT title FROM articles")}
    missing = []
    for line in said:
        match line.split(maxsplit=1):
            case ["article", title] if title not in titles:
                missing.append(line)
            case [number, state_said] if number.isdigit() and states[int(number)] != state_said:
                missing.append(line)
    return missing


if __name__ == "__main__":
    sys.exit("\n".join(lacks(Path(os.environ["STATE"]), os.environ["ACKED"].splitlines())) or 0)
