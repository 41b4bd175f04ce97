"""What a site's "Related stories" block gets: never the page itself, never what was taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import html

from articles import intake
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Store
from feeds.publish import publish
from feeds.related import Related, as_html

TABLE = RegionTable.load()
SEED = Draft(
    source="test",
    source_key="seed",
    url="https://news.example.org/a/seed",
    title="Ankara ships armoured cars to Damascus at Syria's request",
    body_text="A convoy of Turkish armoured cars crossed into Syria. Damascus had asked for them.",
    related=(
        "Israel and Syria agree to a truce after the fighting in the south",
        "Druze and Bedouin fighters clash again in southern Syria",
        "Israel steps into the fighting in southern Syria",
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "store.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    yield store
    store.close()


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def show(store: Store, site: Site, public: Path, now: datetime) -> Callable[[], set[str]]:
    """Take in, publish, and say which related files were written."""

    def run() -> set[str]:
        intake.take_in(store, TABLE, site, now)
        related = Related(store)
        published = publish(store, TABLE, site, public, now, more=related)
        related.published()
        return {name for name in published.written if name.startswith("related/")}

    return run


def named(now: datetime, *titles: str) -> list[Draft]:
    return [
        Draft(
            source="test",
            source_key=title,
            url=f"https://news.example.org/a/{number}",
            title=title,
            published_at=(now - timedelta(hours=30 * number)).isoformat(),
        )
        for number, title in enumerate(titles, 1)
    ]


def titles(public: Path, number: int) -> list[str]:
    document = json.loads((public / f"related/{number}.json").read_text("utf-8"))
    return [each["title"] for each in document["related"]]


def test_a_page_gets_the_three_that_it_names(
    store: Store, public: Path, show: Callable[[], set[str]], now: datetime
) -> None:
    store.save([SEED, *named(now, *SEED.related)])

    show()

    assert set(titles(public, 1)) == set(SEED.related)
    fragment = html.fromstring((public / "related/1.html").read_text("utf-8"))
    assert {link.text for link in fragment.iter("a")} == set(SEED.related)
    assert fragment.tag == "ul"


def test_files_are_written_only_when_they_change(
    store: Store, public: Path, show: Callable[[], set[str]], now: datetime
) -> None:
    store.save([SEED, *named(now, *SEED.related)])

    first, again = show(), show()
    store.look_again_at_all()

    assert first == {f"related/{n}.{ending}" for n in range(1, 5) for ending in ("json", "html")}
    assert again == set()
    assert show() == set()


def test_what_was_withdrawn_is_nobodys_related_article(
    store: Store, public: Path, show: Callable[[], set[str]], now: datetime
) -> None:
    store.save([SEED, *named(now, *SEED.related)])
    show()

    store.db.execute("UPDATE articles SET status = 'withdrawn' WHERE id = 2")
    written = show()

    assert titles(public, 1) == [title for title in titles(public, 1) if title != SEED.related[0]]
    assert not (public / "related/2.json").exists()
    assert "related/1.json" in written


def test_an_older_page_leads_to_what_came_after_it(
    store: Store, public: Path, show: Callable[[], set[str]], now: datetime
) -> None:
    store.save(named(now, *SEED.related))
    show()
    assert SEED.title not in titles(public, 1)

    store.save([SEED])
    show()

    assert SEED.title in titles(public, 1)


def test_an_article_corrected_while_its_file_was_written_is_looked_at_again(
    store: Store,
    public: Path,
    show: Callable[[], set[str]],
    site: Site,
    now: datetime,
) -> None:
    store.save([SEED, *named(now, *SEED.related)])
    intake.take_in(store, TABLE, site, now)
    related = Related(store)
    publish(store, TABLE, site, public, now, more=related)

    store.save([replace(SEED, related=(), title="Ankara ships armoured trains to Damascus")])
    intake.take_in(store, TABLE, site, now)
    related.published()

    assert "related/2.json" in show()
    assert "Ankara ships armoured trains to Damascus" in titles(public, 2)


def test_a_headline_cannot_break_out_of_the_fragment(make_article) -> None:
    title = '</a><script>alert("1")</script>'
    article = make_article(title, url='https://news.example.org/?a="onx=1&b')

    fragment = as_html([article]).decode()

    assert "<script" not in fragment
    (link,) = html.fromstring(fragment).iter("a")
    assert link.text == title
    assert link.get("href") == article.url
    assert set(link.attrib) == {"href", "lang", "dir"}


def test_a_page_without_related_articles_includes_nothing() -> None:
    assert as_html([]) == b""
