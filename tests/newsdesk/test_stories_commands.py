"""`newsdesk stories` as an editor uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = [
    ("1", "Truce between Israel and Syria holds in the south", "2026-11-20T05:00:00Z"),
    ("2", "Israel and Syria: the truce in the south is holding", "2026-11-21T05:00:00Z"),
    ("3", "Wheat harvest is the smallest in decades", "2026-11-21T06:00:00Z"),
]


@pytest.fixture
def newsdesk(tmp_path: Path) -> Run:
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "newsdesk", "-C", str(tmp_path / "desk"), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert run("init", "--yes").returncode == 0
    path = tmp_path / "articles.jsonl"
    lines = [
        {"id": key, "url": f"https://news.example.org/a/{key}", "title": title, "published": at}
        for key, title, at in ARTICLES
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("import", path).returncode == 0
    assert run("publish").returncode == 0
    return run


@pytest.mark.slow
def test_an_editor_reads_a_story_and_why_it_is_one_and_changes_it(newsdesk: Run) -> None:
    story = json.loads(newsdesk("stories", "show", 1, "--json").stdout)
    together = newsdesk("stories", "explain", 1, "https://news.example.org/a/2")
    split = newsdesk("stories", "split", 1, 2)
    apart = newsdesk("stories", "explain", 1, 2)
    merged = newsdesk("stories", "merge", 1, 2)
    shown = newsdesk("stories", "show", 2)
    pinned = newsdesk("stories", "pin", 3, 1)
    nothing = newsdesk("stories", "merge", 1, 77)

    assert [len(day["articles"]) for day in story["timeline"]] == [1, 1]
    assert story["so_far"] == [ARTICLES[0][1]]
    assert together.stdout.startswith("one story: 1, 1")
    assert "israel" in together.stdout
    assert ARTICLES[1][1] in split.stdout
    assert apart.stdout.startswith("two stories")
    assert "an editor decided" in apart.stdout
    assert merged.returncode == 0, merged.stderr
    assert "Truce between Israel and Syria" in shown.stdout
    assert ARTICLES[2][1] in pinned.stdout
    assert nothing.returncode == 1
    assert "no story 77" in nothing.stderr
