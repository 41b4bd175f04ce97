"""newsdesk regions: what an operator sees and says about where articles belong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = [
    {
        "id": "1",
        "url": "https://news.example.org/a/port",
        "title": "Damascus reopens its river port",
        "body_text": "The first barge in nine years came from Turkey.\n\nIt brought wheat.\n\n"
        "Michael Jordan, a pilot, steered it to Syria.",
        "published": "2026-11-22T05:00:00Z",
        "language": "en",
    },
    {
        "id": "2",
        "url": "https://news.example.org/a/solitude",
        "title": "On solitude",
        "body_text": "It is quiet in here.",
        "published": "2026-11-22T06:00:00Z",
        "language": "en",
    },
]


@pytest.fixture
def newsdesk(tmp_path: Path) -> Run:
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "newsdesk", "-C", str(tmp_path / "desk"), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture
def desk(tmp_path: Path, newsdesk: Run) -> Path:
    """A desk with two published articles, the second in no region."""
    file = tmp_path / "articles.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in ARTICLES), encoding="utf-8")
    for words in (("init", "--yes"), ("import", file), ("publish",)):
        assert newsdesk(*words).returncode == 0
    return tmp_path / "desk"


@pytest.mark.slow
def test_explain_shows_the_places_in_the_text(newsdesk: Run, desk: Path) -> None:
    shown = newsdesk("regions", "explain", "https://news.example.org/a/port").stdout

    assert "Damascus[SY] reopens its river port" in shown
    assert "came from Turkey(TR?)." in shown
    assert "Michael Jordan(-), a pilot, steered it to Syria[SY]." in shown
    assert "It brought wheat" not in shown
    assert "Syria (SY)" in shown
    assert "capital Damascus; name Syria" in shown
    assert "\x1b" not in shown
    as_data = json.loads(newsdesk("regions", "explain", "1", "--json").stdout)
    assert as_data["placements"][0]["code"] == "SY"
    assert ["title", 0, 8, "Damascus", "capital"] in as_data["placements"][0]["evidence"]


@pytest.mark.slow
def test_what_is_in_no_region_is_queued_placed_and_learnt_from(newsdesk: Run, desk: Path) -> None:
    queued = newsdesk("regions", "queue").stdout
    told = newsdesk("status").stdout
    said = newsdesk("regions", "set", "2", "middle-east,SY")
    newsdesk("publish")

    assert queued.split() == ["2", "22", "Nov", "2026", "none", "On", "solitude"]
    assert "1 article without a sure region; see `newsdesk regions queue`" in told
    assert said.returncode == 0
    assert "syria" in said.stdout
    assert "On solitude" in (desk / "public/feeds/syria.rss").read_text(encoding="utf-8")
    assert newsdesk("regions", "queue").stderr == "no article waits for a region\n"
    judged = newsdesk("regions", "evaluate").stdout
    assert "1 example" in judged
    assert "always middle-east,SY" in judged
    assert "editor middle-east,SY, tagger none: On solitude" in judged
    newsdesk("regions", "unset", "2")
    assert "nothing to judge by" in newsdesk("regions", "evaluate").stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "1", "syira"), "no region 'syira' (did you mean 'syria'?)"),
        (("set", "1", " , "), "no region given; none is the word for an article in no region"),
        (("set", "9", "SY"), "no article '9' in the store"),
        (("explain", "https://news.example.org/a/prot"), "write its number, its id or its address"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(
    words: tuple[str, ...], said: str, newsdesk: Run, desk: Path
) -> None:
    answer = newsdesk("regions", *words)

    assert answer.returncode == 1
    assert said in answer.stderr
    assert answer.stdout == ""


@pytest.mark.slow
def test_regions_and_names_of_the_operator_come_from_either_file(newsdesk: Run, desk: Path) -> None:
    with (desk / "newsdesk.toml").open("a", encoding="utf-8") as file:
        file.write('[regions]\nwaterfront = ["SY", "LB"]\n')
    (desk / "regions.toml").write_text(
        '[regions]\nquiet-places = ["Iceland"]\n[places]\n"It" = "IS"\n'
        '[labels]\nwaterfront = "The waterfront"\n',
        encoding="utf-8",
    )

    published = newsdesk("publish")

    assert "2 articles moved to other regions" in published.stdout
    assert "On solitude" in (desk / "public/feeds/quiet-places.rss").read_text(encoding="utf-8")
    assert "The waterfront" in (desk / "public/feeds.opml").read_text(encoding="utf-8")
    assert (
        '"It" = "IS"' in newsdesk("config", "show").stdout
        or "It = " in newsdesk("config", "show").stdout
    )
