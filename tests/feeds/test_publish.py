"""From the store to the files a web server serves, whatever happens on the way."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import html

from articles import intake
from articles.model import Article, Draft, Refusal
from feeds.publish import PublishError

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]
ROOT = Path(__file__).parents[2]


def titles(document: bytes) -> list[str]:
    parsed = feedparser.parse(document)
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


def test_an_article_is_in_the_feed_of_everything_and_in_its_regions(
    desk: Desk, make_article: Make
) -> None:
    desk.put(
        make_article("Aleppo", regions=("syria", "middle-east"), hours_ago=2),
        make_article("Beirut", regions=("lebanon", "middle-east"), hours_ago=1),
        make_article("Nowhere", hours_ago=3),
    )

    published = desk.publish()

    assert published.feeds == 4
    assert published.refused == ()
    for kind in ("rss", "atom"):
        assert titles(desk.file(f"all.{kind}")) == ["Beirut", "Aleppo", "Nowhere"]
        assert titles(desk.file(f"middle-east.{kind}")) == ["Beirut", "Aleppo"]
        assert titles(desk.file(f"syria.{kind}")) == ["Aleppo"]
    assert b"feeds/syria.rss" in desk.files()["feeds.opml"]


def test_a_feed_stands_before_the_first_article(desk: Desk) -> None:
    desk.publish()

    assert titles(desk.file("all.rss")) == []


def test_when_nothing_happened_nothing_is_touched(desk: Desk, make_article: Make) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    before = {path: path.lstat().st_mtime_ns for path in desk.trees()}

    published = desk.publish()

    assert published.written == ()
    assert {path: path.lstat().st_mtime_ns for path in desk.trees()} == before


def test_only_feeds_an_article_is_in_are_written(desk: Desk, make_article: Make) -> None:
    desk.put(make_article(regions=("syria",)), make_article(regions=("lebanon",)))
    desk.publish()
    desk.put(make_article(regions=("syria",)))

    published = desk.publish()

    assert sorted(published.written) == [
        f"feeds/{name}.{ending}" for name in ("all", "syria") for ending in ("atom", "json", "rss")
    ]


def test_a_change_that_readers_do_not_see_writes_nothing(desk: Desk, make_article: Make) -> None:
    article = make_article(regions=("syria",))
    desk.put(article)
    desk.publish()
    desk.put(replace(article, dateline="Aleppo"))

    published = desk.publish()

    assert published.written == ()
    assert published.unchanged > 4


def test_publishing_all_again_gives_the_same_files(desk: Desk, make_article: Make) -> None:
    desk.put(*(make_article(regions=("syria", "middle-east")) for _ in range(9)))
    desk.publish()
    before = desk.files()

    published = desk.publish(full=True)

    assert published.written == ()
    assert desk.files() == before


def test_an_article_that_leaves_a_region_leaves_its_feed(desk: Desk, make_article: Make) -> None:
    article = make_article("Border", regions=("syria", "lebanon"))
    desk.put(article)
    desk.publish()
    desk.put(replace(article, regions=("syria",)))

    desk.publish()

    assert titles(desk.file("syria.rss")) == ["Border"]
    assert titles(desk.file("lebanon.rss")) == []


def test_the_feed_of_a_region_without_articles_stays_and_is_listed(
    desk: Desk, make_article: Make
) -> None:
    article = make_article(regions=("lebanon",))
    desk.put(article)
    desk.publish()
    desk.withdraw(article)

    published = desk.publish()

    assert published.feeds == 2
    assert titles(desk.file("lebanon.rss")) == titles(desk.file("lebanon.atom")) == []
    assert b"feeds/lebanon.rss" in desk.files()["feeds.opml"]


def test_a_withdrawn_article_is_gone_from_every_feed(desk: Desk, make_article: Make) -> None:
    libel = make_article("Libel", regions=("syria",))
    desk.put(libel, make_article("Good", regions=("syria",)))
    desk.publish()
    desk.withdraw(libel)

    desk.publish()

    assert not [name for name, content in desk.files().items() if b"Libel" in content]


def test_a_lost_file_comes_back(desk: Desk, make_article: Make) -> None:
    desk.put(make_article("Aleppo", regions=("syria",)))
    desk.publish()
    before = desk.files()
    for name in ("syria.atom", "rss.css", "../feeds.opml"):
        (desk.folder / name).unlink()

    desk.publish()

    assert desk.files() == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "The Parallel"},
        {"public_url": "https://feeds.example.org/"},
        {"language": "fr"},
        {"description": "Read at speed."},
    ],
    ids=str,
)
def test_a_change_of_the_site_reaches_every_feed(
    change: dict[str, str], desk: Desk, make_article: Make
) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    desk.site = replace(desk.site, **change)

    published = desk.publish()

    assert {"feeds/all.rss", "feeds/syria.atom"} <= set(published.written)


def test_a_region_called_otherwise_is_called_so_in_every_feed(
    desk: Desk, make_article: Make
) -> None:
    desk.put(make_article(regions=("syria", "lebanon")))
    desk.publish()
    desk.table = type(desk.table).load(labels={"syria": "Syrien"})

    desk.publish()

    assert b">Syrien</category>" in desk.file("lebanon.rss")
    assert b"<title>The Meridian: Syrien</title>" in desk.file("syria.rss")


def test_a_new_region_costs_no_feed_of_others(desk: Desk, make_article: Make) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    desk.put(make_article(regions=("lebanon",)))
    seen: list[tuple[int, int]] = []

    desk.publish(progress=lambda *step: seen.append(step))

    assert seen[-1] == (2, 2)


def test_a_trial_run_says_what_it_would_write_and_writes_nothing(
    desk: Desk, make_article: Make
) -> None:
    desk.put(make_article(regions=("syria",)))

    trial = desk.publish(dry_run=True)

    assert not desk.folder.exists()
    assert trial.written == desk.publish().written


def test_an_article_that_cannot_be_written_is_left_out_and_named(
    desk: Desk, make_article: Make
) -> None:
    bad = make_article("Bad \x0b title", regions=("syria",), number=41)
    desk.put(bad, make_article("Good", regions=("syria",)))

    published = desk.publish()

    assert titles(desk.file("syria.rss")) == titles(desk.file("all.atom")) == ["Good"]
    (refusal,) = published.refused
    assert refusal.where == "article 41"
    assert "correct it" in refusal.reason


def test_a_region_that_is_no_file_name_is_named_and_costs_nothing(
    desk: Desk, make_article: Make, tmp_path: Path
) -> None:
    desk.put(make_article("Aleppo", regions=("../../../outside", "syria")))

    published = desk.publish()

    assert published.refused == (
        Refusal(
            where="region '../../../outside'",
            reason="cannot name a feed: a region's slug is small letters, digits and hyphens",
        ),
    )
    assert titles(desk.file("syria.rss")) == ["Aleppo"]
    assert {path.name for path in tmp_path.iterdir()} <= {
        "public", "entries.db", "store.db", "store.db-wal", "store.db-shm",
    }  # fmt: skip


def test_hostile_markup_never_reaches_a_reader(desk: Desk) -> None:
    desk.store.name_desk("news.example.org", "2026")
    desk.store.save(
        [
            Draft(
                title="Harbour <script>alert(1)</script> opens",
                url="javascript:alert(1)",
                body_html='<p onclick="x()">Open.<script>x()</script></p>'
                '<a href="javascript:x()">y</a><iframe src="https://example.com/"></iframe>'
                '<img src="x" onerror="x()">',
                image_url="javascript:alert(1)",
                image_caption='"><script>x()</script>',
                published_at="2026-11-21T08:00:00Z",
            ),
            Draft(title="Good", body_html="<p>Good.</p>", published_at="2026-11-21T07:00:00Z"),
        ]
    )
    intake.take_in(desk.store, desk.table, desk.site, desk.now)

    desk.publish()

    for name in ("all.rss", "all.atom"):
        entries = feedparser.parse(desk.file(name), sanitize_html=False).entries
        assert entries[-1].title == "Good"
        for entry in entries:
            shown = html.fragment_fromstring(entry.content[0].value, create_parent=True)
            assert not shown.xpath("//script | //iframe | //@onclick | //@onerror")
            assert not shown.xpath("//@*[contains(., 'javascript:')]")
            assert "javascript" not in entry.get("link", "")
            assert not entry.get("enclosures")


def test_the_web_server_may_read_what_we_write(desk: Desk, make_article: Make) -> None:
    desk.put(make_article(regions=("syria",)))
    mask = os.umask(0o077)
    try:
        desk.publish()
    finally:
        os.umask(mask)

    modes = {path.stat().st_mode & 0o777 for path in desk.folder.iterdir()}
    assert modes == {0o644}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The nearest to a full disk that needs no disk: writing past `size` fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_when_the_disk_is_full_old_files_stand_and_the_next_run_catches_up(
    desk: Desk, make_article: Make
) -> None:
    desk.put(make_article("Old", regions=("syria",)))
    desk.publish()
    before = desk.files()
    desk.put(make_article("New", body_html=f"<p>{'harbour ' * 20_000}</p>", regions=("syria",)))

    with files_of_at_most(60_000), pytest.raises(PublishError, match=r"all\.rss: .*publish again"):
        desk.publish()

    assert desk.files() == before
    desk.publish()
    assert "New" in titles(desk.file("syria.atom"))


def test_a_folder_that_is_a_file_is_explained(desk: Desk) -> None:
    desk.folder.parent.mkdir()
    desk.folder.write_text("not a folder")

    with pytest.raises(PublishError, match="public/feeds"):
        desk.publish()
