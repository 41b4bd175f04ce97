"""Importing 14,771 articles into a store, beside a plain feedparser loop over the same as Atom.

    python benchmarks/import_speed.py [--rounds 3] [--json benchmarks/results/import_speed.json]

The import reads JSON Lines, cleans every article at the border and commits it to a store on disk;
the loop parses Atom and does nothing with it. Both take turns in one process; processor time and
time on the clock, medians. Articles come from ../shared/data.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median

import feedparser

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from articles.importing import import_file  # noqa: E402
from articles.store import Store  # noqa: E402

ARTICLES = ROOT.parent / "shared" / "data" / "articles.jsonl.gz"
ENTRIES_A_FEED = 100
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_atom(rows: list[dict[str, object]]) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>F</title><id>urn:f</id><updated>2026-01-01T00:00:00Z</updated>"
        + "".join(map(_entry, rows))
        + "</feed>"
    )


def _entry(row: dict[str, object]) -> str:
    def cell(name: str) -> str:
        return _INVALID.sub("", escape(str(row.get(name) or "")))

    text = str(row.get("body_text") or "").split("\n")
    body = row.get("body_html") or "".join(f"<p>{escape(part)}</p>" for part in text if part)
    names = row.get("authors")
    authors = "".join(
        f"<author><name>{escape(str(name))}</name></author>"
        for name in (names if isinstance(names, list) else ())
    )
    return (
        f"<entry><title>{cell('title')}</title><id>{cell('id') or cell('url')}</id>"
        f'<link href="{cell("url")}"/><published>{cell("published")}</published>'
        f"<updated>{cell('updated') or cell('published')}</updated>{authors}"
        f"<summary>{cell('summary')}</summary>"
        f'<content type="html">{_INVALID.sub("", escape(str(body)))}</content></entry>'
    )


def loop(feeds: list[Path]) -> int:
    count = 0
    for path in feeds:
        for _ in feedparser.parse(str(path)).entries:
            count += 1
    return count


def importing(folder: Path) -> int:
    store = Store.open(folder / f"{time.monotonic_ns()}.db", create=True)
    store.name_desk("news.example.org", "2026-11-22")
    report = import_file(store, ARTICLES, datetime.now(UTC))
    store.close()
    return report.taken + len(report.refused)


def timed(work: Callable[[], int]) -> tuple[float, float, int]:
    cpu, clock = time.process_time(), time.perf_counter()
    count = work()
    return time.process_time() - cpu, time.perf_counter() - clock, count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    said = parser.parse_args()
    with gzip.open(ARTICLES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        folder, feeds = Path(name), []
        for start in range(0, len(rows), ENTRIES_A_FEED):
            feeds.append(folder / f"{start:06}.atom")
            feeds[-1].write_text(as_atom(rows[start : start + ENTRIES_A_FEED]), encoding="utf-8")
        ours, theirs = [], []
        for _ in range(said.rounds):
            ours.append(timed(lambda: importing(folder)))
            theirs.append(timed(lambda: loop(feeds)))
    assert {each[2] for each in ours + theirs} == {len(rows)}, "not the same articles"
    result = {
        "articles": len(rows),
        "rounds": said.rounds,
        "import_cpu_s": round(median(each[0] for each in ours), 2),
        "feedparser_cpu_s": round(median(each[0] for each in theirs), 2),
        "ratio_cpu": round(median(a[0] / b[0] for a, b in zip(ours, theirs, strict=True)), 3),
        "ratio_clock": round(median(a[1] / b[1] for a, b in zip(ours, theirs, strict=True)), 3),
        "target": 0.5,
    }
    print(json.dumps(result, indent=1))
    if said.json:
        said.json.parent.mkdir(exist_ok=True)
        said.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
