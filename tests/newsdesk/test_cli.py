"""The command line as an operator uses it: words in, data and exit status out."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from articles.lock import hold

Run = Callable[..., subprocess.CompletedProcess[str]]

ARTICLES = [
    {
        "id": "1",
        "url": "https://news.example.org/a/port",
        "title": "Damascus reopens its river port",
        "body_text": "The first barge in nine years tied up on Monday.\n\nIt brought wheat.",
        "published": "2026-11-22T05:00:00Z",
        "language": "en",
    },
    {
        "id": "2",
        "url": "https://news.example.org/a/rails",
        "title": "Niger lays its first rails since independence",
        "body_text": "Work began near Niamey.",
        "published": "2026-11-22T06:00:00Z",
        "language": "en",
    },
]


@pytest.fixture
def newsdesk(tmp_path: Path) -> Run:
    """`newsdesk("status")`: run it on the desk of this test."""

    def run(*words: object, at: Path = tmp_path / "desk") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "newsdesk", "-C", str(at), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture
def desk(tmp_path: Path, newsdesk: Run) -> Path:
    made = newsdesk("init", "--yes")
    assert made.returncode == 0, made.stderr
    return tmp_path / "desk"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in ARTICLES), encoding="utf-8")
    return path


def test_from_an_empty_folder_to_feeds_in_three_commands(
    newsdesk: Run, desk: Path, file: Path
) -> None:
    imported = newsdesk("import", file)
    published = newsdesk("publish", "--json")

    assert imported.stdout == f"{file}: 2 new, 0 revised, 0 unchanged, 0 refused\n"
    assert json.loads(published.stdout)["intake"]["accepted"] == 2
    assert "Damascus" in (desk / "public/feeds/syria.rss").read_text(encoding="utf-8")
    assert "Damascus" not in (desk / "public/feeds/sahel.atom").read_text(encoding="utf-8")
    assert (desk / "public/feeds.opml").is_file()


def test_a_second_import_and_publish_change_nothing(newsdesk: Run, desk: Path, file: Path) -> None:
    newsdesk("import", file)
    newsdesk("publish")

    again = newsdesk("import", file, "--json")
    published = newsdesk("publish", "--json")

    assert json.loads(again.stdout)[0]["same"] == 2
    assert json.loads(published.stdout)["feeds"]["written"] == []


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    newsdesk: Run, desk: Path, file: Path
) -> None:
    newsdesk("import", file)

    said = newsdesk("publish", "--dry-run", "--json")

    assert json.loads(said.stdout)["feeds"]["written"]
    assert not (desk / "public").exists()
    assert json.loads(newsdesk("publish", "--json").stdout)["intake"]["accepted"] == 2


def test_a_bad_line_is_named_and_the_good_ones_go_in(
    newsdesk: Run, desk: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text(json.dumps(ARTICLES[0]) + "\n{not json\n" + json.dumps(ARTICLES[1]) + "\n")

    report = newsdesk("import", path)

    assert report.returncode == 0
    assert "2 new" in report.stdout
    assert f"{path}: line 2: " in report.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("status",), 1, "no desk here; `newsdesk init` makes one"),
        (("import", "missing.jsonl"), 1, "no desk here"),
        (("publihs",), 2, "No such command 'publihs'"),
        (("regions", "tag", "x"), 2, "--out"),
        (("regions", "tag", "/nowhere.jsonl", "--out", "/tmp/x"), 1, "/nowhere.jsonl"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    newsdesk: Run, words: tuple[str, ...], status: int, said: str
) -> None:
    run = newsdesk(*words)

    assert run.returncode == status
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_somebody_elses_work_is_try_again_later(newsdesk: Run, desk: Path) -> None:
    with hold(desk / "desk.lock", "newsdesk run since 07:00"):
        run = newsdesk("publish")
        state = newsdesk("status")

    assert run.returncode == 75
    assert "the desk is held by newsdesk run since 07:00" in run.stderr
    assert "held by newsdesk run" in state.stdout


def test_a_desk_is_never_made_over_another(newsdesk: Run, desk: Path) -> None:
    before = (desk / "secret.key").read_bytes()

    again = newsdesk("init", "--yes")

    assert again.returncode == 1
    assert "a desk is here already" in again.stderr
    assert (desk / "secret.key").read_bytes() == before


def test_the_store_is_its_owners_alone(newsdesk: Run, desk: Path) -> None:
    assert (desk / "store.db").stat().st_mode & 0o777 == 0o600
    newsdesk("subscribers", "add", "ada@example.org")
    assert (desk / "store.db").stat().st_mode & 0o077 == 0


def test_subscribers_come_and_go_and_travel(newsdesk: Run, desk: Path, tmp_path: Path) -> None:
    added = newsdesk(
        *("subscribers", "add", "ada@example.org", "--regions", "Middle East, SY"),
        *("--hour", "6:30", "--time-zone", "Europe/Berlin"),
    )
    assert "06:30 Europe/Berlin (en): middle-east, syria" in added.stdout
    listed = tmp_path / "people.csv"
    listed.write_text("email,regions\nben@example.com,sahel\nnobody,\nada@example.org,\n")

    imported = newsdesk("subscribers", "import", listed)
    exported = newsdesk("subscribers", "export")
    removed = newsdesk("subscribers", "remove", "ben@example.com")
    again = newsdesk("subscribers", "import", listed)

    assert imported.stdout == f"{listed}: 1 added, 1 known, 1 refused\n"
    assert "line 3" in imported.stderr
    assert exported.stdout.count("@") == 2
    assert removed.returncode == 0
    assert "0 added" in again.stdout
    assert "ben@example.com" not in newsdesk("subscribers", "list").stdout


def test_a_digest_is_previewed_without_a_reader(newsdesk: Run, desk: Path, file: Path) -> None:
    newsdesk("import", file)
    newsdesk("publish")

    seen = newsdesk("digest", "preview", "--day", "2026-11-22", "--regions", "syria")
    quiet = newsdesk("digest", "preview", "--day", "2026-11-22", "--regions", "chile")
    wrong = newsdesk("digest", "preview", "--regions", "atlantis")

    assert "Damascus" in (desk / "preview/digest.txt").read_text(encoding="utf-8").title()
    assert {path.suffix for path in (desk / "preview").iterdir()} == {".html", ".txt", ".eml"}
    assert "Damascus" in seen.stdout
    assert "nothing new" in quiet.stderr
    assert wrong.returncode == 1
    assert "no region 'atlantis'" in wrong.stderr


def test_a_subscriber_s_digest_is_shown_as_a_phone_and_a_desktop_show_it(
    newsdesk: Run, desk: Path, file: Path
) -> None:
    # A new subscriber's first digest has what is of the day before, by the command's own clock.
    fresh = {**ARTICLES[0], "published": f"{datetime.now(UTC) - timedelta(hours=1):%FT%TZ}"}
    file.write_text(json.dumps(fresh) + "\n", encoding="utf-8")
    newsdesk("import", file)
    newsdesk("publish")
    newsdesk("subscribers", "add", "ana@example.org", "--regions", "syria", "--language", "ar")

    seen = newsdesk("digest", "preview", "ana@example.org")
    unknown = newsdesk("digest", "preview", "nobody@example.org")

    windows = (desk / "preview/index.html").read_text(encoding="utf-8")
    light, dark = (
        (desk / f"preview/digest{name}.html").read_text(encoding="utf-8") for name in ("", "-dark")
    )
    assert seen.returncode == 0
    assert [windows.count(f'width="{width}"') for width in (375, 800)] == [2, 2]
    assert "ana@example.org" in windows
    assert 'dir="rtl"' in light
    assert "prefers-color-scheme" not in light + dark
    assert unknown.returncode == 1
    assert "nobody@example.org is not subscribed" in unknown.stderr


def test_tagging_and_grouping_need_no_desk(newsdesk: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "articles.jsonl.gz", tmp_path / "out.jsonl"
    path.write_bytes(gzip.compress("".join(json.dumps(a) + "\n" for a in ARTICLES).encode()))

    tagged = newsdesk("regions", "tag", path, "--out", out, at=tmp_path)
    regions = [json.loads(line) for line in out.read_text().splitlines()]
    grouped = newsdesk("stories", "group", path, "--out", out, at=tmp_path)
    stories = [json.loads(line) for line in out.read_text().splitlines()]

    assert (tagged.returncode, grouped.returncode) == (0, 0)
    assert regions == [{"id": "1", "regions": ["SY"]}, {"id": "2", "regions": ["NE"]}]
    assert sorted(line["id"] for line in stories) == ["1", "2"]
    assert len({line["story"] for line in stories}) == 2


SEED = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "seed-article.txt"


@pytest.mark.skipif(not SEED.parent.is_dir(), reason="no shared data")
@pytest.mark.parametrize("published", ["2025-12-04T10:00:00Z", ""])
def test_the_page_it_all_began_with_finds_its_related_stories(
    newsdesk: Run, desk: Path, tmp_path: Path, published: str
) -> None:
    newsdesk(
        *("import", SEED, "--url", "https://news.example.org/a/turkey"),
        *(("--published", published) if published else ()),
    )
    with sqlite3.connect(desk / "store.db") as db:
        (related,) = db.execute("SELECT related FROM articles").fetchone()
    db.close()
    headlines = tmp_path / "headlines.jsonl"
    headlines.write_text(
        "".join(
            json.dumps({"id": str(n), "title": title, "url": f"https://news.example.org/a/{n}"})
            + "\n"
            for n, title in enumerate(json.loads(related))
        )
    )
    newsdesk("import", headlines)
    published_now = newsdesk("publish")

    assert "4 new articles" in published_now.stdout
    with sqlite3.connect(desk / "store.db") as db:
        stories = db.execute("SELECT count(DISTINCT story_id) FROM accepted").fetchone()
        regions = db.execute("SELECT regions FROM accepted WHERE article_id = 1").fetchone()
    db.close()
    assert stories == (1,)
    assert set(json.loads(regions[0])[:2]) == {"turkey", "syria"}


def test_settings_in_force_can_be_read_by_a_machine(newsdesk: Run, desk: Path) -> None:
    shown = json.loads(newsdesk("config", "show", "--json").stdout)

    assert shown["newsletter"]["hour"] == "07:00"
    (key,) = (desk / "secret.key").read_text("ascii").split()
    assert key not in json.dumps(shown)


def test_every_region_can_be_listed_without_a_desk(newsdesk: Run, tmp_path: Path) -> None:
    listed = json.loads(newsdesk("regions", "list", "--json", at=tmp_path).stdout)

    sets = [row for row in listed if len(row["countries"]) > 1]
    assert len(sets) >= 20
    assert {"middle-east", "sahel", "balkans"} <= {row["region"] for row in sets}
    assert len(listed) - len(sets) >= 249


def test_a_folder_and_a_database_named_in_the_settings_fill_the_store(
    newsdesk: Run, desk: Path
) -> None:
    (desk / "inbox").mkdir()
    (desk / "inbox" / "fog.md").write_text("# Fog over Damascus\n\nWords.", encoding="utf-8")
    cms = sqlite3.connect(desk / "cms.db")
    cms.executescript("CREATE TABLE posts (id, headline, body);"
                      "INSERT INTO posts VALUES (1, 'Rain in Niger', 'Words.')")  # fmt: skip
    cms.close()
    with (desk / "newsdesk.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[source]]\nwatch = "inbox"\n[[source]]\ndatabase = "cms.db"\n'
                       'query = "SELECT * FROM posts"\n'
                       '[[source]]\nfollow = "http://127.0.0.1:9/feed"\n')  # fmt: skip

    newsdesk("sources", "look", "inbox")
    looked = newsdesk("sources", "look")
    listed = newsdesk("sources")

    assert looked.returncode == 1
    assert "inbox: 1 new" in looked.stdout
    assert "cms: 1 new" in looked.stdout
    assert "127.0.0.1 is no public address" in looked.stderr
    assert "network.private_hosts" in listed.stdout
    states = json.loads(newsdesk("sources", "--json").stdout)
    assert [state["brought"].get("new") for state in states] == [1, 1, None]
    assert newsdesk("config", "show").stdout.count("[[source]]") == 3


def test_a_column_of_a_table_is_named_on_the_command_line(
    newsdesk: Run, desk: Path, tmp_path: Path
) -> None:
    table = tmp_path / "a.csv"
    table.write_text("Titel,text\nFog,Words.\n", encoding="utf-8")

    refused = newsdesk("import", table)
    taken = newsdesk("import", table, "--map", "title=Titel")

    assert "--map title=COLUMN" in refused.stderr
    assert taken.stdout.endswith("1 new, 0 revised, 0 unchanged, 0 refused\n")
