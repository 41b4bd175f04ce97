"""A program for the shared judge of power cuts: a desk to be judged, and articles saved into it.

    python -m tests.newsletter.power_desk make DIR
    powerloss.py --dir DIR --check 'python tests/newsletter/power_check.py' -- \\
        python -m tests.newsletter.send_driver DIR PORT --connections 8
    powerloss.py ... the same ... -- python -m tests.newsletter.power_desk save DIR 6
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from tests.newsletter import kill_loop
from tests.newsletter.mail_desk import MORNING, Desk
from tests.newsletter.send_driver import say


def main() -> None:
    match sys.argv[1:]:
        case ["make", folder]:
            Path(folder).mkdir(parents=True)
            kill_loop.prepared(Path(folder), planned=False)
        case ["save", folder, count]:
            save(Path(folder), int(count))
        case _:
            sys.exit(__doc__)


def save(folder: Path, count: int) -> None:
    """Save articles one by one, and say so of each."""
    desk = Desk.open(folder, create=False)
    for number in range(count):
        desk.publish(f"Report number {number}", MORNING - timedelta(hours=1), "chile")
        say("article", f"Report number {number}")
    desk.close()


if __name__ == "__main__":
    main()
