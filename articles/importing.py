"""A file in, drafts in the store and a report out. Reads files, writes the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from articles import clean, sources
from articles.model import Draft, LeftOut, Refusal
from articles.store import Store

#: Drafts written in one transaction: enough to be fast, few enough for a CMS to get in between.
BATCH_DRAFTS = 500


@dataclass(kw_only=True)
class Report:
    """What became of one file's articles."""

    path: str
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # what is no article: pages, pictures

    @property
    def taken(self) -> int:
        return self.counts.total()

    def __str__(self) -> str:
        new, revised, same = (self.counts[key] for key in ("new", "revised", "same"))
        line = (
            f"{self.path}: {new:,} new, {revised:,} revised, {same:,} unchanged,"
            f" {len(self.refused):,} refused"
        )
        if self.left_out:
            kinds = (f"{number:,} x {what}" for what, number in self.left_out.most_common())
            line += f"; no articles: {', '.join(kinds)}"
        return line

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            **{key: self.counts[key] for key in ("new", "revised", "same")},
            "refused": self.refused,
            "left_out": dict(self.left_out),
        }


def import_file(
    store: Store,
    path: Path,
    now: datetime,
    url: str = "",
    published: str = "",
    names: Mapping[str, str] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Report:
    """Read a file's articles into the store; what cannot be published is named and left out.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        found = sources.read(path.name, stream, url=url, published=published, names=names)
        report = import_found(store, str(path), found, now, progress)
    if not (report.taken or report.refused or report.left_out):
        report.refused.append(Refusal(where="", reason="no articles in it"))
    return report


def import_found(
    store: Store,
    path: str,
    found: Iterator[Draft | Refusal | LeftOut],
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Report:
    """Write what a source found into the store, BATCH_DRAFTS at a time."""
    report = Report(path=path)
    while batch := list(islice(found, BATCH_DRAFTS)):
        checked = [_checked(one, now, report) for one in batch]
        report.counts.update(store.save(draft for draft in checked if draft is not None))
        progress(report.taken + len(report.refused))
    return report


def _checked(found: Draft | Refusal | LeftOut, now: datetime, report: Report) -> Draft | None:
    """The border's word before the store has the row, while line and file can still be named."""
    if isinstance(found, LeftOut):
        report.left_out[found.what] += 1
        return None
    if isinstance(found, Refusal):
        report.refused.append(found)
        return None
    try:
        clean.article(found, id="", first_seen_at=now)
    except clean.RefusedError as error:
        where = found.source_key or found.url or found.title
        report.refused.append(Refusal(where=where, reason=str(error)))
        return None
    return found
