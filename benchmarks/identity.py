"""A thousand random edits shown to feed readers with a memory: does any take one article for two?

    python benchmarks/identity.py [--edits 1000] [--together 20] [--reader-python PYTHON]

newsboat and rss2email (Debian) keep what they saw; so does lemon24's reader, where PYTHON has it.
Each polls the same address after every publication. Right is: as many articles as were written,
under the ids they had at first. Writes benchmarks/results/identity.json. Needs a few minutes.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import mailbox
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "feeds")]

from edits import ARTICLES, Newsroom  # noqa: E402

from articles.regions import RegionTable  # noqa: E402
from articles.store import Store  # noqa: E402

#: Asks reader for what it holds after an update; the database lies in the folder given.
READER = """
import sys
from reader import make_reader
folder, *urls = sys.argv[1:]
reader = make_reader(f"{folder}/reader.db")
for url in urls:
    reader.add_feed(url, exist_ok=True)
reader.update_feeds()
for entry in reader.get_entries():
    print(entry.feed_url, entry.id)
reader.close()
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Readers:
    """Programs that remember what they saw, each polling every address."""

    def __init__(self, folder: Path, urls: list[str], python: str | None) -> None:
        self.folder, self.urls, self.python = folder, urls, python
        self.environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        for number, url in enumerate(urls):  # newsboat keys items by guid: a cache for each feed
            (folder / f"urls{number}").write_text(url + "\n")
        (folder / "config").write_text("reload-time 0\n")
        for name in ("cur", "new", "tmp"):
            (folder / "mail" / name).mkdir(parents=True)
        feeds = "".join(
            f"\n[feed.f{n}]\nurl = {url}\nto = j@example.org\n" for n, url in enumerate(urls)
        )
        (folder / "r2e.cfg").write_text(
            "[DEFAULT]\nfrom = j@example.org\nto = j@example.org\nemail-protocol = maildir\n"
            f"maildir-path = {folder}/mail\nmaildir-mailbox = \nverbose = error\n{feeds}"
        )

    def poll(self) -> None:
        for number, _ in enumerate(self.urls):
            files = ["-u", f"urls{number}", "-c", f"cache{number}.db", "-C", "config"]
            self._run("newsboat", "-q", *files, "-x", "reload")
        self._run("r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run")
        if self.python:
            self._run(self.python, "-c", READER, str(self.folder), *self.urls)

    def seen(self) -> Iterator[tuple[str, str, list[str]]]:
        """Reader, address, the ids it holds."""
        for number, url in enumerate(self.urls):
            with closing(sqlite3.connect(self.folder / f"cache{number}.db")) as cache:
                yield (
                    "newsboat",
                    url,
                    [row[0] for row in cache.execute("SELECT guid FROM rss_item")],
                )
        mails = [(m["X-RSS-Feed"], m["X-RSS-ID"]) for m in mailbox.Maildir(self.folder / "mail")]
        for url in self.urls:
            yield "rss2email", url, [id_ for feed, id_ in mails if feed == url]
        if self.python:
            held = self._run(self.python, "-c", READER, str(self.folder), *self.urls).split("\n")
            for url in self.urls:
                yield "reader", url, [line.split()[1] for line in held if line.startswith(url)]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return done.stdout


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=1_000)
    parser.add_argument("--together", type=int, default=20)
    parser.add_argument("--reader-python")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "readers").mkdir()
        store = Store.open(folder / "store.db", create=True)
        now = datetime(2026, 11, 22, 7, tzinfo=UTC)
        newsroom = Newsroom(store, RegionTable.load(), folder / "public", now)
        newsroom.open()
        with closing(store), served(folder / "public") as base:
            urls = [f"{base}feeds/all.{ending}" for ending in ("rss", "atom")]
            readers = Readers(folder / "readers", urls, options.reader_python)
            readers.poll()
            first = {(reader, url): set(ids) for reader, url, ids in readers.seen()}
            for made in newsroom.edits(options.edits, together=options.together):
                print(f"\r{made} edits", end="", file=sys.stderr)
                readers.poll()
            rows = [
                {
                    "reader": reader,
                    "format": url.rpartition(".")[2],
                    "articles": ARTICLES,
                    "held": len(ids),
                    "duplicates": len(ids) - len(set(ids)),
                    "ids_changed": len(set(ids) ^ first[reader, url]),
                }
                for reader, url, ids in readers.seen()
            ]
    report = {"edits": options.edits, "publications": options.edits // options.together}
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "identity.json").write_text(json.dumps(report | {"rows": rows}, indent=1) + "\n")
    print(f"\r{options.edits} edits, {report['publications']} publications")
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    bad = [
        row for row in rows if row["held"] != ARTICLES or row["duplicates"] or row["ids_changed"]
    ]
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
