"""Which articles a feed has, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.model import Article, Image, Site
from articles.regions import RegionTable
from feeds import build
from feeds.formats import FORMATS
from feeds.model import Category, Tombstone

Make = Callable[..., Article]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_a_feed_is_named_after_site_and_region(site: Site, table: RegionTable) -> None:
    feed = build.build("syria", [], site, table, LONG_AGO)

    assert feed.title == "The Meridian: Syria"
    assert feed.description == "Syria. Foreign affairs, read slowly."
    assert feed.id == "https://news.example.org/feeds/syria"


def test_the_feed_of_everything_is_named_after_the_site(site: Site, table: RegionTable) -> None:
    feed = build.build("all", [], site, table, LONG_AGO)

    assert feed.title == "The Meridian"
    assert feed.description == "Foreign affairs, read slowly."


def test_a_site_that_does_not_describe_itself_still_has_valid_feeds(
    plain_site: Site, table: RegionTable
) -> None:
    assert build.build("syria", [], plain_site, table, LONG_AGO).description
    assert build.build("all", [], plain_site, table, LONG_AGO).description


def test_a_region_the_table_no_longer_has_keeps_a_name(site: Site, table: RegionTable) -> None:
    feed = build.build("silk-road", [], site, table, LONG_AGO)

    assert feed.title == "The Meridian: Silk road"


def test_a_feed_changed_when_its_last_changed_article_did(
    make_article: Make, site: Site, table: RegionTable, now: datetime
) -> None:
    corrected = make_article(hours_ago=30, updated_at=now)

    feed = build.build("all", [make_article(hours_ago=2), corrected], site, table, LONG_AGO)

    assert feed.updated_at == now


def test_an_empty_feed_changed_when_its_last_article_left(site: Site, table: RegionTable) -> None:
    assert build.build("all", [], site, table, LONG_AGO).updated_at == LONG_AGO


def test_times_are_whole_seconds_of_utc(
    make_article: Make, site: Site, table: RegionTable, now: datetime
) -> None:
    uneven = now.replace(microsecond=123456).astimezone()

    feed = build.build("all", [make_article(published_at=uneven)], site, table, LONG_AGO)

    assert feed.updated_at.isoformat() == "2026-11-22T07:00:00+00:00"
    assert feed.entries[0].published_at.isoformat() == "2026-11-22T07:00:00+00:00"


def test_a_feed_has_its_newest_fifty_articles(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    articles = [make_article(hours_ago=4 * hour) for hour in range(60)]

    feed = build.build("all", articles, site, table, LONG_AGO)

    assert [entry.id for entry in feed.entries] == [article.id for article in articles[:50]]


def test_a_busy_newsrooms_feed_has_the_whole_week(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    articles = [make_article(hours_ago=2 * hour) for hour in range(120)]

    feed = build.build("all", articles, site, table, LONG_AGO)

    assert [entry.id for entry in feed.entries] == [article.id for article in articles[:85]]


def test_a_slow_newsrooms_feed_goes_back_further_than_a_week(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    articles = [make_article(hours_ago=24 * day) for day in range(30)]

    assert len(build.build("all", articles, site, table, LONG_AGO).entries) == 30


def test_a_withdrawn_article_dates_the_feed_and_has_a_tombstone(
    make_article: Make, site: Site, table: RegionTable, now: datetime
) -> None:
    gone = Tombstone(id="tag:news.example.org,2026:article/9", at=now)

    feed = build.build("all", [make_article(hours_ago=3)], site, table, LONG_AGO, [gone])

    assert feed.withdrawn == (gone,)
    assert feed.updated_at == now


def test_an_article_past_the_last_does_not_date_the_feed(
    make_article: Make, site: Site, table: RegionTable, now: datetime
) -> None:
    articles = [make_article(hours_ago=hour + 1) for hour in range(50)]
    older = make_article(hours_ago=999, updated_at=now)

    feed = build.build("all", [*articles, older], site, table, LONG_AGO)

    assert feed.updated_at == now - timedelta(hours=1)


def test_the_oldest_articles_are_left_out_of_a_file_that_grows_too_large(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    body = f"<p>{'harbour & bridge ' * 1000}</p>"
    articles = [make_article(hours_ago=hour, body_html=body) for hour in range(50)]

    feed = build.build("all", articles, site, table, LONG_AGO)

    count = len(feed.entries)
    assert 10 <= count < 50
    assert [entry.id for entry in feed.entries] == [article.id for article in articles[:count]]
    for each in FORMATS:
        assert 150_000 < len(each.render(feed)) <= build.FEED_BYTES_MAX


def test_an_article_larger_than_a_feed_leaves_room_for_the_others(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    huge = make_article(body_html=f"<p>{'harbour ' * 50_000}</p>")

    other = make_article()

    feed = build.build("all", [huge, other], site, table, LONG_AGO)

    assert [entry.id for entry in feed.entries] == [huge.id, other.id]


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    title=words, authors=st.lists(words, max_size=4), tags=st.lists(words, max_size=6), alt=words
)
def test_no_entry_is_larger_than_its_reckoned_size(
    title: str, authors: list[str], tags: list[str], alt: str, table: RegionTable
) -> None:
    site = Site(name="&", url="https://news.example.org/", public_url="https://news.example.org/")
    article = Article(
        id="tag:news.example.org,2026:article/1",
        title=title or "-",
        published_at=LONG_AGO,
        updated_at=LONG_AGO,
        url="https://news.example.org/a?b=1&c=2",
        standfirst=alt,
        authors=tuple(filter(None, authors)),
        tags=tuple(filter(None, tags)),
        language="ar",
        regions=("syria", "middle-east"),
        section=alt,
        story=17,
        related=("https://news.example.org/a?b=1&c=2", "https://news.example.org/d?b=1&c=2"),
        image=Image(
            url="https://news.example.org/1.jpeg?a=1&b=2", alt=alt, caption=alt, credit=alt
        ),
    )
    entry = build.entry(article, site, table)

    for each in FORMATS:
        assert len(each.entry(entry)) <= entry.size_bytes_max


def test_regions_sections_and_tags_are_told_apart(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    article = make_article(regions=("syria", "middle-east"), tags=("grain",), section="world")

    entry = build.entry(article, site, table)

    scheme = "https://news.example.org/regions/"
    assert entry.categories == (
        Category(term="syria", label="Syria", scheme=scheme, kind="region"),
        Category(term="middle-east", label="Middle East", scheme=scheme, kind="region"),
        Category(term="world", scheme="https://news.example.org/sections/", kind="section"),
        Category(term="grain", scheme="https://news.example.org/tags/", kind="tag"),
    )


def test_an_article_is_the_same_entry_in_every_feed(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    article = make_article(regions=("syria",))

    feeds = [build.build(name, [article], site, table, LONG_AGO) for name in ("all", "syria")]

    assert feeds[0].entries == feeds[1].entries


def test_only_a_language_other_than_the_feeds_is_named(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    languages = [
        build.entry(make_article(language=language), site, table).language
        for language in ("en", "", "ar")
    ]

    assert languages == ["", "", "ar"]


def test_a_site_elsewhere_has_its_feeds_elsewhere(site: Site, table: RegionTable) -> None:
    moved = replace(site, public_url="https://feeds.example.org/desk/")

    feed = build.build("syria", [], moved, table, LONG_AGO)

    assert feed.url("rss") == "https://feeds.example.org/desk/feeds/syria.rss"
    assert feed.url("atom") == "https://feeds.example.org/desk/feeds/syria.atom"
    assert feed.site_url == "https://news.example.org/"
