"""Which feeds there are, how they are called, and the list of them."""

from __future__ import annotations

import pytest
from lxml import etree

from articles.model import Site
from articles.regions import RegionTable
from feeds import catalog, opml


def test_everything_comes_first_then_regions_then_countries(site: Site, table: RegionTable) -> None:
    live = dict.fromkeys(["syria", "middle-east", "all", "lebanon", "caucasus"], 1)

    listed = catalog.feeds(live, (), site, table)

    assert [feed.name for feed in listed] == ["all", "caucasus", "middle-east", "lebanon", "syria"]
    assert [feed.group for feed in listed] == ["all", "region", "region", "country", "country"]


def test_there_is_a_feed_of_everything_before_the_first_article(
    site: Site, table: RegionTable
) -> None:
    assert [feed.name for feed in catalog.feeds({}, (), site, table)] == ["all"]


def test_a_feed_once_published_stays(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds(dict.fromkeys(["all"], 1), {"syria"}, site, table)

    assert [feed.name for feed in listed] == ["all", "syria"]


def test_accents_do_not_send_a_name_to_the_end(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds(
        dict.fromkeys(["ivory-coast", "cuba", "czechia", "reunion", "syria"], 1), (), site, table
    )

    labels = [feed.label for feed in listed[1:]]
    assert labels.index("Réunion") < labels.index("Syria")


@pytest.mark.parametrize(
    "slug",
    [
        "../../etc/passwd",
        "..",
        ".htaccess",
        "a/b",
        "a.b",
        "",
        "-",
        "Syria",
        "a\0b",
        "x" * 201,
        "a\n",
    ],
)
def test_a_name_that_could_leave_the_folder_is_no_feed(
    slug: str, site: Site, table: RegionTable
) -> None:
    listed = catalog.feeds(dict.fromkeys([slug], 1), {slug}, site, table)

    assert [feed.name for feed in listed] == ["all"]
    assert catalog.unnameable({slug, "syria"}) == (slug,)


def test_every_region_of_the_table_can_be_a_feed(table: RegionTable) -> None:
    assert catalog.unnameable({region.slug for region in table.regions}) == ()


def test_the_list_for_importing_has_each_feed_once(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds(dict.fromkeys(["syria", "middle-east"], 1), (), site, table)

    tree = etree.fromstring(opml.render(listed, site))

    outlines = tree.findall(".//outline[@xmlUrl]")
    assert [(outline.get("type"), outline.get("text")) for outline in outlines] == [
        ("rss", "The Meridian"),
        ("rss", "The Meridian: Middle East"),
        ("rss", "The Meridian: Syria"),
    ]
    assert outlines[2].get("xmlUrl") == "https://news.example.org/feeds/syria.rss"
    assert outlines[2].get("htmlUrl") == "https://news.example.org/"


def test_the_list_has_folders_only_for_what_there_is(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds(dict.fromkeys(["syria"], 1), (), site, table)

    tree = etree.fromstring(opml.render(listed, site))

    assert [outline.get("text") for outline in tree.findall("body/outline")] == [
        "The Meridian",
        "Countries",
    ]


def test_the_same_feeds_are_the_same_list(site: Site, table: RegionTable) -> None:
    one = opml.render(catalog.feeds({"syria": 1, "lebanon": 1}, (), site, table), site)
    other = opml.render(catalog.feeds({}, ["lebanon", "syria"], site, table), site)

    assert one == other


def test_what_newsrooms_file_articles_under_has_feeds_after_the_regions(
    site: Site, table: RegionTable
) -> None:
    live = {
        "all": 9,
        "syria": 2,
        "section_world": 3,
        "tag_grain": 1,
        "author_ines_halvorsen": 4,
        "language_en": 5,
        "language_ar": 4,
        "story_17": 2,
        "story_18": 1,
    }
    labels = {"section_world": "World", "author_ines_halvorsen": "Ines Halvorsen"}

    listed = catalog.feeds(live, (), site, table, labels=labels, stories=["story_17"])

    assert [(feed.name, feed.title) for feed in listed[1:]] == [
        ("syria", "The Meridian: Syria"),
        ("section_world", "The Meridian: World"),
        ("language_en", "The Meridian: English"),
        ("language_ar", "The Meridian: العربية"),
        ("author_ines_halvorsen", "The Meridian: Ines Halvorsen"),
        ("tag_grain", "The Meridian: Grain"),
        ("story_17", "The Meridian: Story 17"),
    ]
    assert [feed.language for feed in listed[3:5]] == ["en", "ar"]


def test_a_newsroom_of_one_language_has_no_feed_of_it(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds({"all": 9, "language_en": 9}, (), site, table)

    assert [feed.name for feed in listed] == ["all"]


def test_of_a_newsrooms_many_tags_those_with_most_articles_have_feeds(
    site: Site, table: RegionTable
) -> None:
    live = {f"tag_{n}": n for n in range(1, catalog.FEEDS_OF_A_KIND_MAX + 3)}

    names = {feed.name for feed in catalog.feeds(live, ["tag_1"], site, table)}

    assert len(names) == catalog.FEEDS_OF_A_KIND_MAX + 2  # "all", and the one that stands
    assert "tag_2" not in names
    assert "tag_3" in names


def test_an_operator_names_combinations_in_any_spelling(site: Site, table: RegionTable) -> None:
    choice = catalog.Choice(combinations=("Middle-East+Balkans-Syria",), kinds=())

    listed = catalog.feeds({"tag_grain": 2}, (), site, table, choice=choice)

    assert [feed.name for feed in listed] == ["all", "balkans+middle-east-syria"]
    assert listed[1].title == "The Meridian: Balkans + Middle East − Syria"
    assert listed[1].url("rss") == "https://news.example.org/feeds/balkans+middle-east-syria.rss"


def test_the_digests_own_feed_is_no_regions(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds({"all": 1}, ["digest", "syria"], site, table)

    assert [feed.name for feed in listed] == ["all", "syria"]


def test_nobody_who_imports_the_list_is_subscribed_to_thousands_of_tags(
    site: Site, table: RegionTable
) -> None:
    live = {"syria": 1, "section_world": 1, "tag_grain": 1, "author_ines": 1}
    choice = catalog.Choice(combinations=("all-syria",))

    tree = etree.fromstring(opml.render(catalog.feeds(live, (), site, table, choice=choice), site))

    assert [outline.get("text") for outline in tree.findall("body/outline")] == [
        *("The Meridian", "Combinations", "Countries", "Sections"),
    ]
