"""The running desk, as a process: what it notices, how it ends, what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


def newsdesk(desk: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "newsdesk", "-C", str(desk), *words],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    assert newsdesk(folder, "init", "--yes").returncode == 0
    return folder


@pytest.fixture
def started(desk: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the desk and wait until it runs; whatever still runs is killed after the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "newsdesk", "-C", str(desk), "run"))],
            stderr=subprocess.PIPE,
            text=True,
            cwd=desk if command else None,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        assert process.stderr
        for line in process.stderr:
            if "started" in line:
                return process
        raise AssertionError("it ended instead of starting")

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def write(desk: Path, title: str, published_at: datetime) -> None:
    """As a content system would: plain SQL, its own connection."""
    db = sqlite3.connect(desk / "store.db")
    with db:
        db.execute(
            "INSERT INTO articles (url, title, body_text, published_at) VALUES (?, ?, ?, ?)",
            (
                f"https://news.example.org/a/{abs(hash(title))}",
                title,
                title,
                published_at.isoformat(),
            ),
        )
    db.close()


def until(holds: Callable[[], bool], seconds: float) -> float:
    """How long it took until something held."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.2)
    return time.monotonic() - start


def test_an_article_anybody_commits_is_in_its_feeds_within_a_minute(
    desk: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    started()
    feed = desk / "public" / "feeds" / "syria.atom"

    write(desk, "Damascus reopens its river port", datetime.now(UTC) - timedelta(minutes=5))

    until(lambda: feed.exists() and "river port" in feed.read_text(encoding="utf-8"), 60)


def test_who_is_due_gets_the_digest_of_the_day_once(
    desk: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    hour = (datetime.now(UTC) - timedelta(minutes=2)).strftime("%H:%M")
    newsdesk(desk, "subscribers", "add", "ada@example.org", "--hour", hour)
    written_at = datetime.now(UTC) - timedelta(hours=2)
    write(desk, "Damascus reopens its river port", written_at)
    newsdesk(desk, "publish")
    box = desk / "mail" / "ada@example.org" / "new"
    # Somebody who asked after the hour gets the next day's; these asked the day before.
    db = sqlite3.connect(desk / "store.db")
    with db:
        day_before = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("UPDATE subscribers SET asked_at = ?", (day_before,))
    db.close()

    process = started()
    until(lambda: box.is_dir() and len(list(box.iterdir())) == 1, 30)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    started()
    time.sleep(3)

    assert len(list(box.iterdir())) == 1


def test_sigterm_ends_it_within_ten_seconds(
    desk: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    process = started()

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0


def test_scheduler_py_runs_the_desk_of_its_folder(
    desk: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    process = started(str(ROOT / "scheduler.py"))

    second = newsdesk(desk, "run")

    assert second.returncode == 75
    assert f"process {process.pid}" in second.stderr


def test_killed_in_the_middle_of_publishing_it_leaves_whole_feeds_and_finishes_next_time(
    desk: Path, tmp_path: Path
) -> None:
    articles = tmp_path / "articles.jsonl"
    places = ("Syria", "Mali", "Peru", "Japan", "Kenya", "Chile", "Laos", "Oman", "Norway", "Cuba")
    articles.write_text(
        "".join(
            json.dumps(
                {
                    "id": str(n),
                    "url": f"https://news.example.org/a/{n}",
                    "title": f"{places[n % 10]} counts its bridges, part {n}",
                    "body_text": f"There are {n}. " * 40,
                    "published": f"2026-11-20T{n // 60:02}:{n % 60:02}:00Z",
                }
            )
            + "\n"
            for n in range(300)
        )
    )
    newsdesk(desk, "import", str(articles))

    for delay in (0.6, 0.9, 1.1, 1.3, 1.5, 1.8, 2.2):
        process = subprocess.Popen(
            [sys.executable, "-m", "newsdesk", "-C", str(desk), "publish"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
        for feed in (desk / "public/feeds").glob("*.rss"):
            assert feed.read_bytes().rstrip().endswith(b"</rss>"), feed
        for feed in (desk / "public/feeds").glob("*.atom"):
            assert feed.read_bytes().rstrip().endswith(b"</feed>"), feed

    finished = newsdesk(desk, "publish", "--json")
    again = newsdesk(desk, "publish", "--full", "--json")

    assert finished.returncode == 0
    assert json.loads(again.stdout)["feeds"]["written"] == []
    everything = (desk / "public/feeds/all.atom").read_text(encoding="utf-8")
    assert everything.count("<entry>") == everything.count("</entry>") > 1
    kept = {".rss", ".atom", ".json", ".css", ".gz", ".br"}
    files = [path for path in (desk / "public/feeds").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= kept


def test_a_hub_is_told_when_the_bucket_has_the_feed(
    desk: Path, started: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    bucket = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    bucket.start()
    s3 = "http://{}:{}".format(*bucket.get_host_and_port())

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if "all.atom" in body:
                told.append(bytes(there.get("feeds/all.atom").bytes()).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    there = S3Store(
        "newsroom",
        config={
            "endpoint": s3,
            "region": "us-east-1",
            "access_key_id": "key",
            "secret_access_key": "secret",
        },
        client_options={"allow_http": True},
    )
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    serving = threading.Thread(target=hub.serve_forever, args=(0.05,))
    serving.start()
    with urlopen(Request(f"{s3}/newsroom", method="PUT")):
        pass
    settings = desk / "newsdesk.toml"
    hub_url = f"http://localhost:{hub.server_address[1]}/"
    settings.write_text(
        settings.read_text().replace("[site]", f'[site]\nhub = "{hub_url}"', 1)
        + f'\n[publish]\nbucket = "s3://newsroom"\nendpoint = "{s3}"\nregion = "us-east-1"'
        + '\nkey_env = "KEY"\nsecret_env = "SECRET"\n[network]\nprivate_hosts = ["localhost"]\n'
    )
    monkeypatch.setenv("KEY", "key")
    monkeypatch.setenv("SECRET", "secret")
    try:
        process = started()
        for title in ("Damascus reopens its river port", "Aleppo counts its bridges"):
            write(desk, title, datetime.now(UTC) - timedelta(minutes=5))
            until(lambda title=title: any(title in each for each in told), 60)
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    finally:
        hub.shutdown()
        serving.join()
        hub.server_close()
        bucket.stop()
