"""A desk and a choice of regions in, the edition a new reader would get out, as three files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from articles.store import Store
from newsdesk import setup
from newsdesk.config import Desk
from newsletter import personal
from newsletter.edition import compose
from newsletter.message import message, message_id, personal_words
from newsletter.model import Rendered, Subscriber
from newsletter.press import WELCOME
from newsletter.render import render
from newsletter.tokens import unsubscribe_url
from newsletter.wishes import checked_regions, resolver

#: Who a preview is addressed to. Nobody: example.org is set aside for this (RFC 2606).
READER = "reader@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was written."""

    subject: str
    files: tuple[Path, ...]


def preview(
    desk: Desk,
    store: Store,
    *,
    now: datetime,
    day: date | None,
    regions: Sequence[str],
    out: Path,
) -> Preview | None:
    """Write digest.html, digest.txt and digest.eml into `out`; None when there is nothing to tell.

    Raises:
        SubscriberError: a region nobody knows.
        TemplateError: a template cannot be used.
    """
    table, newsletter = setup.region_table(desk), desk.newsletter
    chosen = checked_regions(regions, resolver(table))
    zone = ZoneInfo(newsletter.time_zone)
    day = day or now.astimezone(zone).date()
    # Today's is of this minute, an earlier day's is of its hour.
    until = min(now, datetime.combine(day + timedelta(days=1), time(), zone))
    edition = compose(
        day=day,
        language=newsletter.language,
        regions=chosen,
        candidates=store.live_between(until - WELCOME, until),
        told=(),
        known={},
        table=table,
    )
    if edition is None:
        return None
    rendered = render(edition, newsletter)
    reader = Subscriber(
        id=0,
        key="0" * 32,
        address=READER,
        asked_at=now,
        regions=chosen,
        hour=newsletter.hour,
        time_zone=newsletter.time_zone,
        language=newsletter.language,
    )
    out.mkdir(parents=True, exist_ok=True)
    files = tuple(out / f"digest.{ending}" for ending in ("html", "txt", "eml"))
    for path, content in zip(files, _contents(desk, rendered, reader, day, now, out), strict=True):
        path.write_bytes(content)
    return Preview(subject=rendered.subject, files=files)


def _contents(
    desk: Desk, rendered: Rendered, reader: Subscriber, day: date, now: datetime, out: Path
) -> tuple[bytes, bytes, bytes]:
    """HTML, text and the whole message."""
    secrets, newsletter = (desk.secret,), desk.newsletter
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
        message_id=message_id(newsletter, day, reader, secret=desk.secret),
    )
    return _with_local_pictures(page, desk, out).encode(), text.encode(), sent


def _with_local_pictures(page: str, desk: Desk, out: Path) -> str:
    """The page with the pictures that lie in public/ taken from there, for looking at offline."""

    def local(match: re.Match[str]) -> str:
        path = desk.public / match[1]
        return f'src="{os.path.relpath(path, out)}"' if path.is_file() else match[0]

    return re.sub(rf'src="{re.escape(desk.site.public_url)}([\w./-]+)"', local, page)
