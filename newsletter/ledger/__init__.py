"""Who gets which edition, and how far it got. All SQL about editions and deliveries. SQLite.

A delivery is one subscriber's digest of one local date:

    planned -> attempting -> sent | deferred | refused | doubt

`attempting` is committed before the message's final dot, the outcome after the answer. What a dead
run left `attempting` may or may not have arrived: it becomes `doubt`, has a name, and is not sent
again unless somebody says so. The steps that exist are kept by a trigger (newsletter/schema.py).

    planning.py     who is due, what was decided for them
    delivering.py   claims before the dot, outcomes after it
    post_office.py  what is known of the mail servers
    restoring.py    a store put back from a backup, which must not mail again what went out since
    looking.py      counts, doubts, histories
"""

from __future__ import annotations

from articles.database import Database
from newsletter.ledger.delivering import Delivering
from newsletter.ledger.looking import Looking
from newsletter.ledger.planning import Planning
from newsletter.ledger.post_office import PostOffice
from newsletter.ledger.values import (
    Clock,
    Hold,
    Outlook,
    Past,
    Planned,
    Ready,
    Restored,
    Settled,
    Step,
    Trouble,
    Written,
)

__all__ = [
    "Clock",
    "Hold",
    "Ledger",
    "Outlook",
    "Past",
    "Planned",
    "Ready",
    "Restored",
    "Settled",
    "Step",
    "Trouble",
    "Written",
]


class Ledger(Planning, Delivering, PostOffice, Looking):
    """The newsletter's half of the store. One instance belongs to one thread."""

    def __init__(self, db: Database) -> None:
        self.db = db
