"""A desk and a reader in, the edition they would get out: files to look at, in a browser or not.

A subscriber's is what they got on that day, or what would be planned for them now: in their
regions, language and length, less what they were told. Without an address it is a new reader's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from articles.errors import NewsdeskError
from articles.store import Store
from newsdesk import setup
from newsdesk.config import Desk
from newsletter import personal, subscribers
from newsletter.budget import MINUTES
from newsletter.edition import compose
from newsletter.hours import Slot
from newsletter.ledger import Clock, Ledger
from newsletter.message import message, message_id, personal_words
from newsletter.model import Edition, Rendered, Subscriber
from newsletter.press import WELCOME, Press
from newsletter.render import render
from newsletter.tokens import unsubscribe_url
from newsletter.wishes import checked_minutes, checked_regions, resolver

#: Who a preview is addressed to. Nobody: example.org is set aside for this (RFC 2606).
READER = "reader@example.org"

#: Windows beside one another: a phone and a desktop mail program, as wide as most are.
WIDTHS = {"phone": 375, "desktop": 800}

_DARK = re.compile(r"@media \(prefers-color-scheme: dark\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was written; the first file shows all the others."""

    subject: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose edition, and of when. Without an address, a new reader's who chose the rest."""

    address: str = ""
    regions: Sequence[str] = ()
    language: str = ""  # the newsletter's unless said, as the following one
    minutes: str = ""
    day: date | None = None


def preview(
    desk: Desk, store: Store, wanted: Wanted, *, now: datetime, out: Path
) -> Preview | None:
    """Write index.html, digest.html, digest.txt and digest.eml into `out`; None: nothing to tell.

    Raises:
        NewsdeskError: nobody with this address is subscribed, or a region nobody knows.
        TemplateError: a template cannot be used.
    """
    reader = _reader(desk, store, wanted, now)
    zone = ZoneInfo(reader.time_zone)
    day = wanted.day or now.astimezone(zone).date()
    # Today's is of this minute, an earlier day's is of its hour.
    until = min(now, datetime.combine(day + timedelta(days=1), time(), zone))
    rendered = _sent(store, reader, day)
    if rendered is None:
        edition = _edition(desk, store, reader, day, until)
        if edition is None:
            return None
        rendered = render(edition, desk.newsletter)
    out.mkdir(parents=True, exist_ok=True)
    names = ("index.html", "digest.html", "digest-dark.html", "digest.txt", "digest.eml")
    files = tuple(out / name for name in names)
    for path, content in zip(files, _contents(desk, rendered, reader, day, now, out), strict=True):
        path.write_bytes(content)
    return Preview(subject=rendered.subject, files=files)


def _reader(desk: Desk, store: Store, wanted: Wanted, now: datetime) -> Subscriber:
    newsletter = desk.newsletter
    if wanted.address:
        found = subscribers.find(store.db, wanted.address)
        if found is None:
            raise NewsdeskError(
                f"{wanted.address} is not subscribed; see `newsdesk subscribers list`"
            )
        return found
    return Subscriber(
        id=0,
        key="0" * 32,
        address=READER,
        asked_at=now,
        regions=checked_regions(wanted.regions, resolver(setup.region_table(desk))),
        hour=newsletter.hour,
        time_zone=newsletter.time_zone,
        language=wanted.language or newsletter.language,
        minutes=checked_minutes(wanted.minutes or MINUTES),
    )


def _sent(store: Store, reader: Subscriber, day: date) -> Rendered | None:
    """What this reader got on that day, or is about to get."""
    ledger = Ledger(store.db)
    for delivery, _ in ledger.history(reader):
        if delivery.day == day and delivery.edition:
            sent = ledger.rendered(delivery.edition)
            return sent if sent.html else None  # forgotten after some months
    return None


def _edition(
    desk: Desk, store: Store, reader: Subscriber, day: date, until: datetime
) -> Edition | None:
    table = setup.region_table(desk)
    if reader.id:
        press = Press(store, Ledger(store.db), desk.newsletter, table, desk.secrets[0], until)
        slot = Slot(who=Clock(reader.hour, reader.time_zone), day=day, at=until)
        return press.edition(slot, reader)
    return compose(
        day=day,
        language=reader.language,
        regions=reader.regions,
        candidates=store.live_between(until - WELCOME, until),
        told=(),
        known={},
        table=table,
        minutes=reader.minutes,
    )


def _contents(
    desk: Desk, rendered: Rendered, reader: Subscriber, day: date, now: datetime, out: Path
) -> tuple[bytes, ...]:
    """The windows, the HTML by day and by night, the text and the whole message."""
    secrets, newsletter = desk.secrets, desk.newsletter
    address = unsubscribe_url(newsletter, secrets, reader)
    words = personal_words(rendered, reader, address, address)
    page = personal.fill_html(rendered.html, rendered.seal, words)
    text = personal.fill_text(rendered.text, rendered.seal, words)
    sent = message(
        rendered,
        newsletter,
        reader,
        day=day,
        date=now.replace(microsecond=0),
        unsubscribe_url=address,
        message_id=message_id(newsletter, day, reader, secret=desk.secrets[0]),
    )
    light, dark = (_with_local_pictures(each, desk, out) for each in _schemes(page))
    windows = _windows(rendered, reader, text, len(page.encode()))
    return (windows.encode(), light.encode(), dark.encode(), text.encode(), sent)


def _schemes(page: str) -> tuple[str, str]:
    """The page by day and by night, whatever the browser's own scheme is."""
    light = _DARK.sub("@media not all", page).replace("light dark", "light")
    return light, _DARK.sub("@media all", page).replace("light dark", "dark")


def _windows(rendered: Rendered, reader: Subscriber, text: str, html_bytes: int) -> str:
    """One page that shows the mail as a phone and a desktop do, by day and by night."""
    frames = "".join(
        f'<figure><figcaption>{name}, {scheme}</figcaption><iframe title="{name}, {scheme}"'
        f' src="{file}" width="{width}" height="760"></iframe></figure>'
        for scheme, file in (("light", "digest.html"), ("dark", "digest-dark.html"))
        for name, width in WIDTHS.items()
    )
    facts = (
        f"To {reader.address}, {reader.minutes} minutes, {reader.format}."
        f" {html_bytes / 1000:.0f} kB of HTML."
    )
    return _WINDOWS.format(
        language=escape(rendered.language),
        subject=escape(rendered.subject),
        facts=escape(facts),
        frames=frames,
        text=escape(text),
    )


_WINDOWS = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 0; padding: 24px; background: #FCFBF8; color: #1B1C1F;
    font: 15px/22px -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }}
  h1 {{ margin: 0; font: 700 24px/31px Georgia, Gelasio, "Noto Serif", serif; }}
  p, figcaption, summary {{ margin: 2px 0 8px; color: #64635D; font-size: 13px; }}
  main {{ display: flex; flex-wrap: wrap; gap: 24px; margin: 20px 0; }}
  figure {{ margin: 0; max-width: 100%; }}
  iframe {{ max-width: 100%; border: 1px solid #85827A; resize: both; }}
  pre {{ overflow-x: auto; font-size: 13px; line-height: 19px; }}
  @media (prefers-color-scheme: dark) {{
    body {{ background: #16171A; color: #E9E6E0; }} p, figcaption, summary {{ color: #A09D96; }}
  }}
</style>
</head>
<body>
<h1 lang="{language}" dir="auto">{subject}</h1>
<p>{facts}</p>
<main>{frames}</main>
<details open><summary>Plain text</summary><pre lang="{language}" dir="auto">{text}</pre></details>
</body>
</html>
"""


def _with_local_pictures(page: str, desk: Desk, out: Path) -> str:
    """The page with the pictures that lie in public/ taken from there, for looking at offline."""

    def local(match: re.Match[str]) -> str:
        path = desk.public / match[1]
        return f'src="{os.path.relpath(path, out)}"' if path.is_file() else match[0]

    return re.sub(rf'src="{re.escape(desk.site.public_url)}([\w./-]+)"', local, page)
