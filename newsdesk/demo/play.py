"""A folder in, a desk with two days of an imaginary paper out. Writes files, mails to a maildir.

The main job as an operator would see it, in two mornings: yesterday's articles are published and
mailed, then today's arrive, with a correction and a withdrawal, and are published and mailed too.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from articles import importing, intake, sources
from articles.intake import Intake
from articles.store import Store
from feeds.publish import Published
from newsdesk import config, mailing, previewing, publishing, say, setup
from newsdesk.config import Desk
from newsletter import digest, exchange, wishes
from newsletter.digest import Delivered, Plan
from newsletter.ledger import Ledger

HERE = Path(__file__).parent

#: By this time of day, UTC, all of the demo's articles are out and its readers' hours have come.
MORNING = clock_time(8, 0)

_SETTINGS = """
[mail]
transport = "maildir"

[web]
url = "https://news.example.org/"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What one morning's work came to."""

    intake: Intake
    feeds: Published
    plan: Plan
    delivered: Delivered

    @property
    def is_quiet(self) -> bool:
        return not (self.intake.changed or self.feeds.written or self.delivered["sent"])


def play(folder: Path, now: datetime) -> None:
    """Make the demo desk in `folder` and say so; where it stands already, nothing changes.

    Raises:
        ConfigError: the folder holds another desk.
    """
    started, is_new = time.perf_counter(), not (folder / config.FILE).exists()
    if is_new:
        _make(folder, _demo_morning(now))
    desk = config.load(folder)
    with setup.held(desk, "demo", now) as store:
        morning = _morning_of(store)
        if is_new:
            _subscribe(desk, store, morning - timedelta(days=2))
            _work(desk, store, morning - timedelta(days=1), corrected=False)
        done = _work(desk, store, morning, corrected=True)
        preview = previewing.preview(
            desk,
            store,
            previewing.Wanted(day=morning.date()),
            now=morning,
            out=desk.folder / "preview",
        )
        say.lines(*_told(desk, store, done, preview, time.perf_counter() - started))


def _demo_morning(now: datetime) -> datetime:
    """The last MORNING that is past: nothing in the demo is of the future but what is held back."""
    today = datetime.combine(now.astimezone(UTC).date(), MORNING, UTC)
    return today if today <= now else today - timedelta(days=1)


def _make(folder: Path, morning: datetime) -> None:
    setup.make_desk(
        folder,
        "The Meridian",
        "https://news.example.org/",
        morning,
        postal_address="The Meridian, 14 Harbour Street, Exampleton EX1 2AB",
        more=_SETTINGS,
    )
    shutil.copytree(HERE / "pictures", folder / "public" / "pictures", dirs_exist_ok=True)


def _morning_of(store: Store) -> datetime:
    """The morning the desk was made on: a later run is of the same day."""
    return datetime.combine(date.fromisoformat(store.named_on()), MORNING, UTC)


def _subscribe(desk: Desk, store: Store, asked_at: datetime) -> None:
    newsletter = desk.newsletter
    exchange.import_csv(
        store.db,
        (HERE / "subscribers.csv").read_bytes(),
        wishes.resolver(setup.region_table(desk)),
        exchange.Defaults(
            hour=newsletter.hour, time_zone=newsletter.time_zone, language=newsletter.language
        ),
        now=asked_at,
        source="demo",
    )


def _work(desk: Desk, store: Store, now: datetime, *, corrected: bool) -> Morning:
    """Import, publish, send, all as of `now`."""
    ledger, table = Ledger(store.db), setup.region_table(desk)
    lines = b"".join(_lines(_morning_of(store).date(), now, corrected=corrected))
    found = sources.read("articles.jsonl", BytesIO(lines))
    report = importing.import_found(store, "articles.jsonl", found, now)
    assert not report.refused, report.refused
    taken = intake.take_in(store, table, desk.site, now, told=ledger.told_numbers)
    secrets, newsletter = desk.secrets, desk.newsletter
    planned = digest.plan(store, ledger, newsletter, table, secrets, now, day=now.date())
    published = publishing.show(desk, store, table, now)
    delivered = digest.deliver(ledger, mailing.post(desk), newsletter, secrets, lambda: now)
    return Morning(intake=taken, feeds=published, plan=planned, delivered=delivered)


def _lines(day: date, now: datetime, *, corrected: bool) -> Iterator[bytes]:
    """The articles as JSON Lines, as they stood at `now`; embargoed ones arrive on the last day."""
    corrections = {line["id"]: line for line in _read("corrections.jsonl")} if corrected else {}
    for line in _read("articles.jsonl"):
        line |= corrections.get(line["id"], {})
        days_ago, hour = line.pop("published_days_ago"), line.pop("published_time")
        published = datetime.combine(
            day - timedelta(days=days_ago), clock_time.fromisoformat(hour), UTC
        )
        if published <= now or corrected:
            line["published"] = published.isoformat()
            yield msgspec.json.encode(line) + b"\n"


def _read(name: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / name).read_bytes().splitlines():
        yield msgspec.json.decode(line)


def _told(
    desk: Desk,
    store: Store,
    done: Morning,
    preview: previewing.Preview | None,
    seconds: float,
) -> Iterator[str]:
    """What was made, where, how long it took, and what to try next."""
    folder, counts = desk.folder, store.counts()
    ledger = Ledger(store.db)
    messages = len(list(desk.mail.glob("*/new/*")))
    if done.is_quiet:
        yield f"Nothing has changed in {folder}/: no feed was written, nobody was mailed twice."
    else:
        yield f"The Meridian, a paper that does not exist, in {folder}/, in {seconds:.1f} s:"
    yield ""
    yield (
        f"  store.db        {say.count(counts.live, 'article')} in"
        f" {say.count(counts.stories, 'story')}; {counts.withdrawn} withdrawn,"
        f" {counts.held} held back for its hour"
    )
    yield f"  public/feeds/   {done.feeds.feeds} feeds, each as RSS, Atom and JSON Feed"
    yield "  public/editions/  every edition as a page, by date and region"
    yield (
        f"  mail/           {say.count(messages, 'digest')} for"
        f" {say.count(len(ledger.clocks()), 'subscriber')}, a maildir each"
    )
    if preview is not None:
        yield f"  preview/        index.html, the digest as readers see it: “{preview.subject}”"
    yield ""
    yield "Try next:"
    command = _command(folder)
    for words, meaning in (
        (f"xdg-open {folder}/preview/index.html", "the digest in a browser"),
        (f"{command} stories", "what was grouped with what"),
        (f"{command} digest preview --regions sahel,mali", "another reader's digest"),
        (f"{command} status", "how things stand"),
        (f"{command} run", "keep feeds and digests going"),
    ):
        yield f"  {words:<68} {meaning}"


def _command(folder: Path) -> str:
    """How to call newsdesk on this desk from where we are, as it was called now."""
    called = Path(sys.argv[0])
    name = os.path.relpath(called) if called.name == "newsdesk" else "newsdesk"
    return f"{name} -C {folder}"
