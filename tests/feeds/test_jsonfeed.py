"""A feed as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.model import Article, Image, Place, Site
from articles.regions import RegionTable
from feeds import build, jsonfeed
from feeds.model import Rendered

Make = Callable[..., Article]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BRIDGE = Image(url="https://news.example.org/b.jpg", caption="The bridge", credit="Archive")


def made(article: Article, site: Site, table: RegionTable) -> dict[str, Any]:
    feed = build.build("all", [article], site, table, LONG_AGO)
    item: dict[str, Any] = json.loads(jsonfeed.render(feed))["items"][0]
    return item


def test_the_head_says_whose_feed_it_is_and_where(site: Site, table: RegionTable) -> None:
    hubs = ("https://hub.example.org/", "https://hub.example.com/")
    known = replace(site, logo="https://news.example.org/i.png", hubs=hubs)

    head = json.loads(jsonfeed.render(build.build("syria", (), known, table, LONG_AGO)))

    assert head == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Meridian: Syria",
        "home_page_url": "https://news.example.org/",
        "feed_url": "https://news.example.org/feeds/syria.json",
        "description": "Syria. Foreign affairs, read slowly.",
        "language": "en",
        "authors": [{"name": "The Meridian", "url": "https://news.example.org/"}],
        "icon": "https://news.example.org/i.png",
        "hubs": [{"type": "WebSub", "url": hub} for hub in hubs],
        "items": [],
    }


def test_a_byline_is_one_author_for_readers_and_its_names_for_programs(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    item = made(make_article(authors=("Ines Halvorsen", "Tomas Ødegaard")), site, table)

    assert item["authors"] == [{"name": "Ines Halvorsen, Tomas Ødegaard"}]
    assert item["_byline"] == {"names": ["Ines Halvorsen", "Tomas Ødegaard"]}


def test_a_town_that_the_text_names_is_told(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    aleppo = Place(name="Aleppo", country="SY", latitude=36.2, longitude=37.13)

    item = made(make_article(place=aleppo), site, table)

    assert item["_place"] == {"name": "Aleppo", "country": "SY", "point": [36.2, 37.13]}
    assert "_place" not in made(make_article(), site, table)


def test_regions_have_names_for_programs_too(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    item = made(make_article(regions=("syria", "middle-east"), tags=("grain",)), site, table)

    assert item["tags"] == ["Syria", "Middle East", "grain"]
    assert item["_regions"] == {"syria": "Syria", "middle-east": "Middle East"}


def test_the_picture_is_there_to_show_and_to_fetch(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    item = made(make_article(image=BRIDGE), site, table)

    assert item["image"] == BRIDGE.url
    assert item["attachments"] == [
        {
            "url": BRIDGE.url,
            "mime_type": "image/jpeg",
            "title": "The bridge",
            "_credit": {"name": "Archive"},
        }
    ]


def test_a_picture_of_unknown_type_is_no_attachment(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    item = made(make_article(image=Image(url="https://news.example.org/b")), site, table)

    assert item["image"] == "https://news.example.org/b"
    assert "attachments" not in item


def test_an_article_in_another_language_says_so(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    assert made(make_article(language="ar"), site, table)["language"] == "ar"
    assert "language" not in made(make_article(language="en"), site, table)


def test_a_story_is_named_by_number_and_feed(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    article = make_article(story=17, related=("https://news.example.org/a/9", "A headline"))

    item = made(article, site, table)

    feed_url = "https://news.example.org/feeds/story_17.json"
    assert item["_story"] == {"id": 17, "feed_url": feed_url}
    assert item["_related"] == {"urls": ["https://news.example.org/a/9"]}


def test_older_articles_are_the_next_page(site: Site, table: RegionTable) -> None:
    feed = build.build("all", (), site, table, LONG_AGO)
    older = replace(feed, previous="https://news.example.org/feeds/all/2026-10")

    head = json.loads(jsonfeed.render(older))

    assert head["next_url"] == "https://news.example.org/feeds/all/2026-10.json"


def test_letters_of_any_script_are_written_as_they_are(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    feed = build.build("all", [make_article("港口 🚢 ميناء")], site, table, LONG_AGO)

    assert "港口 🚢 ميناء".encode() in jsonfeed.render(feed)


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1))
def test_whatever_an_article_says_it_is_json_and_kept_items_say_the_same(
    text: str, site_and_table: tuple[Site, RegionTable]
) -> None:
    article = Article(
        id="tag:news.example.org,2026:article/1",
        title=text,
        published_at=LONG_AGO,
        updated_at=LONG_AGO,
        standfirst=text,
        tags=(text,),
    )
    feed = build.build("all", [article, article], *site_and_table, LONG_AGO)
    bodies = {jsonfeed.__name__: jsonfeed.entry(feed.entries[0])}
    kept = replace(feed.entries[0], title="", rendered=Rendered(size_bytes_max=1, bodies=bodies))

    document = jsonfeed.render(feed)

    assert json.loads(document) == json.loads(jsonfeed.document(feed))
    assert document == jsonfeed.render(replace(feed, entries=(kept, kept)))
