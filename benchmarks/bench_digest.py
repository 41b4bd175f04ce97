"""The digest's planning, rendering and personal part, each beside its peer; see docs/digest.md.

make bench NAMES=digest
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import combinations, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import Figure, interleaved

from articles import database
from articles.intake import take_in
from articles.model import Article, Draft, Image, Site
from articles.regions import RegionTable
from articles.store import Store
from newsletter import digest, personal, schema, subscribers
from newsletter.dkim import Signer, generated
from newsletter.edition import compose
from newsletter.ledger import Ledger
from newsletter.message import envelope
from newsletter.model import Edition, Newsletter, Rendered, Subscriber
from newsletter.render import HTML, TEMPLATES, _names, _Press, render
from newsletter.view import view

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = Site(name="The Meridian", url="https://example.org/", public_url="https://example.org/")
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@example.org>",
    site_url="https://example.org/",
    feeds_url="https://example.org/feeds/",
    mail_url="https://example.org/",
    archive_url="https://example.org/editions/",
    postal_address="14 Harbour Street, Exampleton",
)
TABLE = RegionTable.load()
SLUGS = ("middle-east", "caucasus", "sahel", "balkans", "syria", "mali", "chile", "turkey")
COUNTRIES = ("Syria", "Mali", "Chile", "Turkey", "Armenia", "Serbia", "Jordan", "Niger")
WORDS = [
    "harbour",
    "court",
    "vote",
    "grain",
    "rail",
    "water",
    "mine",
    "school",
    "bridge",
    "ferry",
    "rain",
    "storm",
    "bank",
    "tax",
]

#: What an EmailMessage sets by itself.
OF_PARTS = ("MIME-Version", "Content-Type")

SUBSCRIBERS, REGION_SETS, ARTICLES_A_DAY = 100_000, 200, 40


def figures(folder: Path) -> Iterator[Figure]:
    yield _planning(folder)
    yield _rendering()
    yield _personal()
    yield _unsubscribing(folder)


def _planning(folder: Path) -> Figure:
    """In a process of its own, so that its memory is its own; the second day, with a first told."""
    store = _desk(folder / "planning.db", subscribers_max=SUBSCRIBERS)
    digest.plan(store, Ledger(store.db), NEWSLETTER, TABLE, ["secret"], NOW - DAY)
    store.close()
    run = subprocess.run(
        [sys.executable, __file__, str(folder)], capture_output=True, text=True, check=True
    )
    found = json.loads(run.stdout)
    return Figure(
        what=f"{SUBSCRIBERS:,} subscribers with {REGION_SETS} sets of regions planned and rendered",
        value=found.pop("seconds"),
        unit="s",
        at_most=20,
        details=found,
    )


def _rendering() -> Figure:
    """Our HTML of an edition of twelve stories beside Jinja alone printing the same MJML source."""
    shown = view(_edition(12), NEWSLETTER)
    seal = personal.seal(repr(shown))
    ours, bare = _Press((TEMPLATES,)), _Press((TEMPLATES,))
    took = interleaved(
        {
            "ours": lambda: [ours.html(shown, seal) for _ in range(50)],
            "bare Jinja": lambda: [bare.printed(HTML, _names(shown, seal)) for _ in range(50)],
        },
        rounds=9,
    )
    return Figure(
        what="the HTML of one edition",
        value=took["ours"] / took["bare Jinja"],
        unit="x bare Jinja",
        at_most=1.1,
        details={name: each / 50 for name, each in took.items()},
    )


def _personal() -> Figure:
    """One reader's message out of an envelope beside an EmailMessage of the same bytes.

    Both make all fields of the header and both parts, unsigned; the EmailMessage is given its
    words with the reader's own in them already. Signing has a body to hash: what that adds is told.
    """
    rendered = render(_edition(12), NEWSLETTER)
    reader = Subscriber(id=1, key="0" * 32, address="reader@example.org", asked_at=NOW)
    shared = envelope(rendered, NEWSLETTER, date(2026, 11, 22))

    mine: dict[str, Any] = {
        "date": NOW,
        "unsubscribe_url": "https://example.org/u/token",
        "message_id": "<1@example.org>",
    }

    def ours() -> bytes:
        return shared.message(reader, **mine)

    signer = Signer([generated("s1", "example.org", "ed25519")])
    meant = message_from_bytes(ours(), policy=policy.SMTP)
    text, html = (part.get_content() for part in meant.iter_parts())
    fields = [(name, value) for name, value in meant.items() if name not in OF_PARTS]

    def built() -> bytes:
        made = EmailMessage(policy=policy.SMTP)
        made.set_content(text, cte="quoted-printable")
        made.add_alternative(html, subtype="html", cte="quoted-printable")
        for name, value in fields:
            made[name] = str(value)
        return made.as_bytes()

    again = message_from_bytes(built(), policy=policy.SMTP)
    assert sorted(again.keys()) == sorted(meant.keys()), again.keys()

    took = interleaved(
        {
            "ours": lambda: [ours() for _ in range(200)],
            "ours, hashed for DKIM": lambda: [
                shared.prepared(signer, reader, **mine) for _ in range(200)
            ],
            "EmailMessage": lambda: [built() for _ in range(10)],
        },
        rounds=9,
    )
    one, other = took["ours"] / 200, took["EmailMessage"] / 10
    return Figure(
        what="one message's personal part",
        value=other / one,
        unit="times cheaper than an EmailMessage",
        at_least=50,
        details={
            "ours": one,
            "EmailMessage": other,
            "ours, hashed for DKIM": took["ours, hashed for DKIM"] / 200,
        },
    )


def _unsubscribing(folder: Path) -> Figure:
    """From an unsubscription until nothing can be claimed for them, while others are claimed."""
    path = folder / "leaving.db"
    store = _desk(path, subscribers_max=2000)
    ledger = Ledger(store.db)
    digest.plan(store, ledger, NEWSLETTER, TABLE, ["secret"], NOW, write=_unwritten)
    waiting = [each.delivery for each in ledger.ready(NOW, limit=1000)]
    stop = threading.Event()

    def claim_others() -> None:
        other = Store.open(path, schema.migrations)
        for each in waiting[500:]:
            if stop.is_set():
                break
            Ledger(other.db).attempt(each, NOW)
        other.close()

    sender = threading.Thread(target=claim_others)
    sender.start()
    worst = 0.0
    for each in waiting[:100]:
        who = subscribers.by_id(store.db, each.subscriber)
        started = time.perf_counter()
        subscribers.remove(store.db, who, now=NOW, reason="unsubscribed")
        assert not ledger.attempt(each, NOW)
        worst = max(worst, time.perf_counter() - started)
    stop.set()
    sender.join()
    store.close()
    return Figure(
        what="unsubscribe to force, mail queued (the worst of 100)",
        value=worst,
        unit="s",
        at_most=1,
    )


def _desk(path: Path, *, subscribers_max: int) -> Store:
    """Two days of articles, and subscribers who follow one of REGION_SETS."""
    dice = random.Random(5)
    store = Store.open(path, schema.migrations, create=True)
    store.name_desk("example.org", "2026-01-01")
    store.save(_draft(n, dice) for n in range(2 * ARTICLES_A_DAY))
    take_in(store, TABLE, SITE, NOW)
    some = (each for size in range(1, 6) for each in combinations(SLUGS, size))
    sets = [json.dumps(each) for each in islice(some, REGION_SETS)]
    rows = (
        (f"{n:032x}", f"r{n}@example.org", f"hash {n}", sets[n % REGION_SETS])
        for n in range(subscribers_max)
    )
    with database.write(store.db) as connection:
        connection.executemany(
            """
            INSERT INTO subscribers (key, address, address_key, address_hash, regions, hour,
                                     time_zone, language, asked_at, source, changed_at)
            VALUES (?1, ?2, ?2, ?3, ?4, '07:00', 'UTC', 'en', '2026-10-01T00:00:00Z', 'benchmark',
                    '2026-10-01T00:00:00Z')
            """,
            rows,
        )
    return store


def _draft(number: int, dice: random.Random) -> Draft:
    body = " ".join(dice.choices(WORDS, k=400))
    return Draft(
        title=f"{dice.choice(WORDS).title()} and {dice.choice(WORDS)}, number {number}",
        source="benchmark",
        source_key=str(number),
        url=f"https://example.org/a/{number}",
        standfirst=" ".join(dice.choices(WORDS, k=30)).capitalize() + ".",
        body_html=f"<p>{body}</p>",
        authors=("Ines Halvorsen",),
        language="en",
        published_at=(NOW - timedelta(minutes=5 + number * 36)).isoformat(),
        regions=(COUNTRIES[number % len(COUNTRIES)],),
    )


def _edition(stories: int) -> Edition:
    """An edition of so many stories."""
    room = [
        Article(
            id=f"tag:example.org,2026:{n}",
            number=n + 1,
            title=f"What was decided in the {WORDS[n % len(WORDS)]} affair, number {n}",
            standfirst="A sentence that says what it is about. And a second one, for the reader.",
            published_at=NOW - timedelta(hours=n),
            updated_at=NOW,
            url=f"https://example.org/a/{n}",
            authors=("Ines Halvorsen",),
            dateline="Djibouti",
            regions=("syria", "middle-east"),
            story=n // 2 if n < 6 else n,
            image=Image(url="https://example.org/i/1.png", alt="A map", caption="A map"),
        )
        for n in range(stories + 3)
    ]
    edition = compose(
        day=NOW.date(),
        language="en",
        regions=("middle-east",),
        candidates=room,
        told=(),
        known={},
        table=TABLE,
    )
    assert edition is not None
    return edition


def _unwritten(edition: Edition, _newsletter: Newsletter) -> Rendered:
    return Rendered(subject="x", html="x", text=str(edition.day), language="en", seal="x")


def main(folder: Path) -> None:
    """The second day is planned. Prints what it took as JSON."""
    store = Store.open(folder / "planning.db", schema.migrations)
    ledger = Ledger(store.db)
    before = time.process_time()
    started = time.perf_counter()
    plan = digest.plan(store, ledger, NEWSLETTER, TABLE, ["secret"], NOW)
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    assert plan.planned + plan.quiet == SUBSCRIBERS, plan
    assert not plan.held, plan.held
    store.close()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "editions": plan.editions, "MB": _peak_mb()}))


def _peak_mb() -> float:
    """The most this program held; ru_maxrss begins with what its parent held when it forked."""
    (line,) = (e for e in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in e)
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
