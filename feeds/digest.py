"""Editions of the digest in, the digest as a feed out: one entry an edition, in every format. Pure.

Who follows feeds need not leave an address to be told once a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from articles.model import EVERYWHERE, Site
from feeds import build
from feeds.catalog import DIGEST, FOLDER, Listed, address
from feeds.formats import FORMATS
from feeds.model import Entry
from feeds.selections import Selection

#: A month of mornings, and nothing a reader has not long seen.
ISSUES_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An edition as it was sent, in plain values."""

    id: str  # a URI that never changes
    title: str
    url: str
    published_at: datetime
    summary: str
    content_html: str


def files(
    editions: Sequence[Mapping[str, Any]], name: str, site: Site
) -> Iterator[tuple[str, bytes]]:
    """The files of the feed called `name`; `editions` are the fields of Issues, newest first.

    No editions, no files: the feed comes with the first, and stays as it is while none is new.
    """
    if not editions:
        return
    listed = Listed(
        name=DIGEST,
        label=name,
        group="all",
        title=name,
        address=address(DIGEST, site),
        selection=Selection((EVERYWHERE,)),
        language=site.language,
    )
    entries = [_entry(Issue(**each), name) for each in editions[:ISSUES_MAX]]
    feed = build.of_entries(listed, entries, site, build.NEVER)
    for each in FORMATS:
        yield f"{FOLDER}{listed.file(each.ending)}", each.render(feed)


def _entry(issue: Issue, author: str) -> Entry:
    at = build.whole(issue.published_at)
    return Entry(
        id=issue.id,
        title=issue.title,
        summary=issue.summary or issue.title,
        content_html=issue.content_html,
        published_at=at,
        updated_at=at,
        url=issue.url,
        authors=(author,),
    )
