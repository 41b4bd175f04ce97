"""Which feeds there are, how they are called, and the list of them."""

from __future__ import annotations

import pytest
from lxml import etree

from articles.model import Site
from articles.regions import RegionTable
from feeds import catalog, opml


def test_everything_comes_first_then_regions_then_countries(site: Site, table: RegionTable) -> None:
    live = {"syria", "middle-east", "all", "lebanon", "caucasus"}

    listed = catalog.feeds(live, (), site, table)

    assert [feed.name for feed in listed] == ["all", "caucasus", "middle-east", "lebanon", "syria"]
    assert [feed.group for feed in listed] == ["all", "region", "region", "country", "country"]


def test_there_is_a_feed_of_everything_before_the_first_article(
    site: Site, table: RegionTable
) -> None:
    assert [feed.name for feed in catalog.feeds((), (), site, table)] == ["all"]


def test_a_feed_once_published_stays(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds({"all"}, {"syria"}, site, table)

    assert [feed.name for feed in listed] == ["all", "syria"]


def test_accents_do_not_send_a_name_to_the_end(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds({"ivory-coast", "cuba", "czechia", "reunion", "syria"}, (), site, table)

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
    listed = catalog.feeds({slug}, {slug}, site, table)

    assert [feed.name for feed in listed] == ["all"]
    assert catalog.unnameable({slug, "syria"}) == (slug,)


def test_every_region_of_the_table_can_be_a_feed(table: RegionTable) -> None:
    assert catalog.unnameable({region.slug for region in table.regions}) == ()


def test_the_list_for_importing_has_each_feed_once(site: Site, table: RegionTable) -> None:
    listed = catalog.feeds({"syria", "middle-east"}, (), site, table)

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
    listed = catalog.feeds({"syria"}, (), site, table)

    tree = etree.fromstring(opml.render(listed, site))

    assert [outline.get("text") for outline in tree.findall("body/outline")] == [
        "The Meridian",
        "Countries",
    ]


def test_the_same_feeds_are_the_same_list(site: Site, table: RegionTable) -> None:
    one = opml.render(catalog.feeds(["syria", "lebanon"], (), site, table), site)
    other = opml.render(catalog.feeds((), ["lebanon", "syria"], site, table), site)

    assert one == other
