"""A feed's address in, its articles out, if they changed since the last time. Talks to the network.

Conditional requests (RFC 9110 section 13) cost the feed's server next to nothing; a server that
asks for time (Retry-After) gets it; 410 ends it; a feed that moved for good is asked where it is.
"""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

from articles import sources
from articles.http import Answer, Client, FetchError, UnreachableError
from articles.standing.model import Look, Source
from articles.store import Store

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
#: What a server may ask for: more than a day is a mistake of it.
WAIT_MAX = timedelta(days=1)
_FORMATS = ("feed", "json", "wxr", "lines")


def look(_store: Store, source: Source, seen: dict[str, object], client: Client) -> Look:
    """Ask once.

    Raises:
        FetchError: no usable answer; what was seen stays as it was.
    """
    address = str(seen.get("moved_to") or source.place)
    answer = client.get(address, {"Accept": ACCEPT} | _conditions(seen))
    wait = _wait(answer)
    if answer.status == 304:
        return Look(seen=seen, read=False, wait=wait)
    if answer.status == 410:
        return Look(seen=seen, gone=True, problems=("the feed says it is gone (410): take it out",))
    if answer.status != 200:
        raise UnreachableError(f"{address}: status {answer.status}{_hint(answer.status)}")
    digest = hashlib.sha256(answer.body).hexdigest()
    now_seen: dict[str, object] = {
        "digest": digest,
        "etag": answer.headers.get("etag", ""),
        "last_modified": answer.headers.get("last-modified", ""),
        "moved_to": answer.moved_to or seen.get("moved_to", ""),
    }
    if digest == seen.get("digest"):
        return Look(seen=now_seen, read=False, wait=wait)
    format_ = sources.recognised("", answer.body[: sources.HEAD_BYTES])
    if format_ not in _FORMATS:
        what = "a web page" if format_ == "page" else "nothing newsdesk knows"
        raise FetchError(f"{address}: {what}, not a feed; give the address of the feed itself")
    # The address in the settings names the source, wherever it moved: its articles stay the same.
    found = sources.read("", io.BytesIO(answer.body), url=source.place)
    return Look(seen=now_seen, found=found, wait=wait, problems=_moved(now_seen))


def _conditions(seen: dict[str, object]) -> dict[str, str]:
    conditions = {"If-None-Match": seen.get("etag"), "If-Modified-Since": seen.get("last_modified")}
    return {name: str(value) for name, value in conditions.items() if value}


def _moved(seen: dict[str, object]) -> tuple[str, ...]:
    moved = seen.get("moved_to")
    return (f"moved for good to {moved}: it is asked there",) if moved else ()


def _hint(status: int) -> str:
    hints = {401: ": it wants a password", 403: ": it refuses us", 404: ": nothing there",
             429: ": asked too often; later again"}  # fmt: skip
    return hints.get(status, ": later again" if status >= 500 else "")


def _wait(answer: Answer) -> timedelta | None:
    """What the server asks for: Retry-After in seconds, or how long the answer stays fresh."""
    said = answer.headers.get("retry-after", "").strip()
    found = re.search(r"max-age=(\d{1,9})", answer.headers.get("cache-control", "").lower())
    seconds = int(said) if said.isdigit() and len(said) < 10 else int(found[1]) if found else 0
    return min(timedelta(seconds=seconds), WAIT_MAX) if seconds else None
