"""Whole feeds, as readers get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from articles.model import Article, Image, Place, Site
from articles.regions import RegionTable
from feeds import atom, build, catalog, jsonfeed, opml, rss
from feeds.model import Feed, Rendered, Tombstone

Make = Callable[..., Article]
Same = Callable[[str, bytes], None]

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
GEORSS = "{http://www.georss.org/georss}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HUBS = ("https://hub.example.org/", "https://hub.example.com/")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FORMATS = pytest.mark.parametrize("made_by", [rss, atom], ids=["rss", "atom"])
HOSTILE = (
    "]]></content:encoded></item></channel></rss><!--",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; &amp;amp; <b> & ' \"",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
    "\u202e\u2066 \ufeff 𝔘🚢 e\u0301 \u2028\u2029\x85",
)


@pytest.fixture
def articles(make_article: Make, now: datetime) -> tuple[Article, ...]:
    """A day of all that an article can be."""
    return (
        make_article(
            "Harbour bridge reopens after “a long winter” & spring",
            regions=("lebanon", "middle-east"),
            tags=("bridges", "ports & ships"),
            authors=("Ines Halvorsen", "Tomas Ødegaard"),
            image=Image(
                url="https://news.example.org/i/bridge.jpg?w=640&h=360",
                alt="A bridge in fog",
                caption="The bridge on Sunday",
                credit="Archive",
            ),
            body_html='<p>Forty steel joints.</p><p>See <a href="https://example.org/?a=1&amp;b=2">'
            "the plan</a>: 5 &lt; 6.</p>",
            body_text="Forty steel joints.\n\nSee the plan: 5 < 6.",
        ),
        make_article(
            "Ferry timetable cut",
            hours_ago=20,
            updated_at=now - timedelta(minutes=5),
            correction="The last boat leaves at six, not at seven.",
            regions=("syria", "middle-east"),
        ),
        make_article(
            "افتتاح المتحف",
            hours_ago=30,
            language="ar",
            standfirst="غرفة واحدة تبقى مغلقة.",
            body_html="<p>يزن المصباح طنين.</p>",
            body_text="يزن المصباح طنين.",
            regions=("syria", "middle-east"),
            image=Image(url="https://news.example.org/i/museum"),
        ),
        make_article("A note without a page", hours_ago=40, url=None, authors=(), standfirst=""),
    )


@pytest.fixture
def feed(articles: tuple[Article, ...], site: Site, table: RegionTable) -> Feed:
    return build.build("middle-east", articles, site, table, LONG_AGO)


def items(document: bytes) -> list[Any]:
    tree = etree.fromstring(document)
    return [*tree.iter("item"), *tree.iter(f"{ATOM}entry")]


def read(document: bytes) -> Any:
    parsed = feedparser.parse(document)
    assert not parsed.bozo
    return parsed


def test_a_whole_rss_feed(feed: Feed, same_as_expected: Same) -> None:
    same_as_expected("middle-east.rss", rss.render(feed))


def test_a_whole_atom_feed(feed: Feed, same_as_expected: Same) -> None:
    same_as_expected("middle-east.atom", atom.render(feed))


def test_a_whole_json_feed(feed: Feed, same_as_expected: Same) -> None:
    same_as_expected("middle-east.json", jsonfeed.render(feed))


def test_an_empty_feed_is_a_whole_feed(
    site: Site, table: RegionTable, same_as_expected: Same
) -> None:
    feed = build.build("syria", (), site, table, LONG_AGO)

    same_as_expected("empty.rss", rss.render(feed))
    same_as_expected("empty.atom", atom.render(feed))
    same_as_expected("empty.json", jsonfeed.render(feed))


def test_a_feed_of_an_arabic_newsroom(
    articles: tuple[Article, ...], site: Site, table: RegionTable, same_as_expected: Same
) -> None:
    arabic = replace(site, name="خط الزوال", description="أخبار العالم.", language="ar")
    feed = build.build("all", [articles[2]], arabic, table, LONG_AGO)

    same_as_expected("arabic.rss", rss.render(feed))
    same_as_expected("arabic.atom", atom.render(feed))


def test_the_list_of_feeds(site: Site, table: RegionTable, same_as_expected: Same) -> None:
    listed = catalog.feeds(dict.fromkeys(["syria", "lebanon", "middle-east"], 1), (), site, table)

    same_as_expected("feeds.opml", opml.render(listed, site))


@FORMATS
def test_equal_feeds_are_equal_bytes(
    made_by: Any, articles: tuple[Article, ...], site: Site, table: RegionTable
) -> None:
    one, other = (build.build("all", articles, site, table, LONG_AGO) for _ in "12")

    assert made_by.render(one) == made_by.render(other)


@FORMATS
def test_kept_entries_give_byte_for_byte_what_feedgen_writes_for_the_whole_feed(
    made_by: Any, feed: Feed
) -> None:
    bytes_of = {each.id: {made_by.__name__: made_by.entry(each)} for each in feed.entries}
    kept = [
        replace(
            each,
            title="",
            content_html="",
            rendered=Rendered(size_bytes_max=1, bodies=bytes_of[each.id]),
        )
        for each in feed.entries
    ]

    document = made_by.render(replace(feed, entries=tuple(kept)))

    assert document == made_by.document(feed) == made_by.render(feed)


@FORMATS
@settings(max_examples=50, deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1)
)
def test_whatever_an_article_says_entries_can_be_cut_out_and_put_together(
    made_by: Any, text: str, site_and_table: tuple[Site, RegionTable]
) -> None:
    article = Article(
        id="tag:news.example.org,2026:article/1",
        title=text,
        published_at=LONG_AGO,
        updated_at=LONG_AGO,
        standfirst=text,
        body_html=text,
        authors=(text,),
        tags=(text,),
        image=Image(url="https://news.example.org/1.jpg", alt=text, caption=text, credit=text),
    )
    feed = build.build("all", [article, article], *site_and_table, LONG_AGO)

    assert made_by.render(feed) == made_by.document(feed)


def test_the_same_article_has_the_same_id_in_every_feed_and_format(
    articles: tuple[Article, ...], site: Site, table: RegionTable
) -> None:
    feeds = [build.build(name, articles, site, table, LONG_AGO) for name in ("all", "syria")]

    ids = [
        [
            item.findtext("guid") or item.findtext(f"{ATOM}id")
            for item in items(made_by.render(feed))
        ]
        for feed in feeds
        for made_by in (rss, atom)
    ]

    assert ids == [[article.id for article in articles]] * 4


def test_a_corrected_article_is_the_same_entry_published_at_the_same_time(
    make_article: Make, site: Site, table: RegionTable, now: datetime
) -> None:
    before = make_article("Ferry cut", hours_ago=20, url="https://news.example.org/ferry")
    after = replace(
        before,
        title="Ferry timetable cut",
        url="https://news.example.org/ferry-2",
        correction="Six.",
        updated_at=now,
        revision=2,
    )

    old, new = (
        items(rss.render(build.build("all", [article], site, table, LONG_AGO)))[0]
        for article in (before, after)
    )

    assert new.findtext("guid") == old.findtext("guid")
    assert new.findtext("pubDate") == old.findtext("pubDate")
    assert new.findtext(f"{ATOM}updated") == "2026-11-22T07:00:00+00:00"
    assert "Correction, 22 November 2026" in new.findtext(f"{CONTENT}encoded")


@FORMATS
def test_an_article_without_a_page_has_an_address_of_its_own_all_the_same(
    made_by: Any, feed: Feed
) -> None:
    entry = read(made_by.render(feed)).entries[3]

    assert entry.link == "https://news.example.org/?article=4"
    assert entry.id == "tag:news.example.org,2026:article/4"


@FORMATS
def test_hubs_and_the_history_are_named_beside_the_feeds_own_address(
    made_by: Any, feed: Feed
) -> None:
    folder = "https://news.example.org/feeds/middle-east"
    archive = replace(
        feed,
        address=f"{folder}/2026-10",
        hubs=HUBS,
        previous=f"{folder}/2026-09",
        next=f"{folder}/2026-11",
        current=folder,
    )

    head = read(made_by.render(archive)).feed

    links = {link.rel: link.href for link in head.links}
    ending = made_by.__name__.rpartition(".")[2]
    assert head.link == links["alternate"] == "https://news.example.org/"
    assert links["self"] == f"{folder}/2026-10.{ending}"
    assert tuple(link.href for link in head.links if link.rel == "hub") == HUBS
    assert links["prev-archive"] == f"{folder}/2026-09.{ending}"
    assert links["next-archive"] == f"{folder}/2026-11.{ending}"
    assert links["current"] == f"{folder}.{ending}"
    assert "fh_archive" in head


def test_only_an_archive_says_it_is_one(feed: Feed) -> None:
    for made_by in (rss, atom):
        assert b"history" not in made_by.render(replace(feed, previous="https://example.org/x"))


def test_the_newsrooms_logo_is_shown_by_readers(feed: Feed) -> None:
    logo = "https://news.example.org/logo.png"
    branded = replace(feed, logo=logo)

    image = etree.fromstring(rss.render(branded)).find("channel/image")
    head = etree.fromstring(atom.render(branded))

    assert [child.text for child in image] == [logo, feed.title, "https://news.example.org/"]
    assert head.findtext(f"{ATOM}logo") == head.findtext(f"{ATOM}icon") == logo


def test_a_withdrawn_article_has_a_tombstone(feed: Feed, now: datetime) -> None:
    gone = Tombstone(id="tag:news.example.org,2026:article/9", at=now)

    tree = etree.fromstring(atom.render(replace(feed, withdrawn=(gone,))))

    (stone,) = tree.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert dict(stone.attrib) == {"ref": gone.id, "when": "2026-11-22T07:00:00+00:00"}


@FORMATS
def test_an_article_names_its_story_and_what_the_newsroom_calls_related(
    made_by: Any, make_article: Make, site: Site, table: RegionTable
) -> None:
    article = make_article(story=17, related=("https://news.example.org/a/9", "A headline"))

    (item,) = items(made_by.render(build.build("all", [article], site, table, LONG_AGO)))

    links = {link.get("rel"): link.get("href") for link in item.findall(f"{ATOM}link")}
    assert links["up"] == "https://news.example.org/feeds/story_17.atom"
    assert links["related"] == "https://news.example.org/a/9"


@FORMATS
def test_a_town_that_the_text_names_is_on_the_map(
    made_by: Any, make_article: Make, site: Site, table: RegionTable
) -> None:
    places = (
        Place(name="Aleppo", country="SY", latitude=36.2, longitude=37.13),
        Place(name="Paris & Lamar", country="US"),
        None,
    )
    articles = [make_article(place=place) for place in places]

    document = made_by.render(build.build("all", articles, site, table, LONG_AGO))

    found = [
        (i.findtext(f"{GEORSS}featureName"), i.findtext(f"{GEORSS}point")) for i in items(document)
    ]
    assert found == [("Aleppo", "36.2 37.13"), ("Paris & Lamar", None), (None, None)]
    assert feedparser.parse(document).entries[0].where["coordinates"] == (37.13, 36.2)


def test_a_standfirst_about_markup_is_words_even_to_readers_that_take_it_for_html(
    make_article: Make, site: Site, table: RegionTable
) -> None:
    words = "Why <script>alert(1)</script> & co. is shown as typed."
    article = make_article(standfirst=words)
    made = build.build("all", [article], site, table, LONG_AGO)

    description = items(rss.render(made))[0].findtext("description")
    summary = items(atom.render(made))[0].find(f"{ATOM}summary")

    assert summary.get("type") == "html"
    for markup in (description, summary.text):
        assert etree.HTML(markup).find(".//script") is None
        assert "".join(etree.HTML(markup).itertext()).strip() == words


def test_an_article_without_a_byline_is_the_sites(feed: Feed) -> None:
    document = atom.render(feed)

    assert items(rss.render(feed))[3].find(f"{DC}creator") is None
    assert items(document)[3].find(f"{ATOM}author") is None
    assert etree.fromstring(document).findtext(f"{ATOM}author/{ATOM}name") == "The Meridian"


def test_readers_are_told_the_language_of_a_foreign_article(feed: Feed) -> None:
    assert items(rss.render(feed))[2].findtext(f"{DC}language") == "ar"
    assert items(atom.render(feed))[2].get(XML_LANG) == "ar"
    assert items(atom.render(feed))[0].get(XML_LANG) is None


@FORMATS
def test_caption_and_credit_go_with_the_picture(made_by: Any, feed: Feed) -> None:
    media = items(made_by.render(feed))[0].find(f"{MEDIA}content")

    assert media.findtext(f"{MEDIA}description") == "The bridge on Sunday"
    assert media.findtext(f"{MEDIA}credit") == "Archive"
    assert media.findtext(f"{MEDIA}title") == "A bridge in fog"


def test_a_picture_whose_address_does_not_tell_its_type_is_no_rss_enclosure(feed: Feed) -> None:
    rss_item, atom_entry = items(rss.render(feed))[2], items(atom.render(feed))[2]

    assert rss_item.find("enclosure") is None
    assert rss_item.find(f"{MEDIA}content").get("type") is None
    (link,) = (x for x in atom_entry.findall(f"{ATOM}link") if x.get("rel") == "enclosure")
    assert dict(link.attrib) == {"href": "https://news.example.org/i/museum", "rel": "enclosure"}


@FORMATS
def test_feedparser_reads_what_we_wrote(
    made_by: Any, feed: Feed, articles: tuple[Article, ...]
) -> None:
    parsed = read(made_by.render(feed))

    assert parsed.feed.title == "The Meridian: Middle East"
    assert parsed.feed.link == "https://news.example.org/"
    assert [entry.id for entry in parsed.entries] == [article.id for article in articles]
    assert [entry.title for entry in parsed.entries] == [article.title for article in articles]
    first = parsed.entries[0]
    assert first.link == "https://news.example.org/a/1"
    assert first.author == "Ines Halvorsen, Tomas Ødegaard"
    assert "Lebanon" in [tag.label or tag.term for tag in first.tags]
    assert first.published_parsed[:5] == (2026, 11, 22, 6, 0)
    assert parsed.entries[1].updated_parsed[:5] == (2026, 11, 22, 6, 55)
    assert "Forty steel joints." in first.content[0].value
    assert first.enclosures[0].href == "https://news.example.org/i/bridge.jpg?w=640&h=360"


@FORMATS
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_place(
    made_by: Any, text: str, make_article: Make, site: Site, table: RegionTable
) -> None:
    hostile = make_article(
        text,
        standfirst=text,
        body_html="<p>Clean.</p>",
        authors=(text,),
        tags=(text,),
        correction=text,
        image=Image(url="https://news.example.org/1.jpg", alt=text, caption=text, credit=text),
    )
    feed = build.build("all", [hostile, make_article("Good")], site, table, LONG_AGO)

    document = made_by.render(feed)

    first, second = items(document)
    assert (first.findtext("title") or first.findtext(f"{ATOM}title")) == text
    assert (second.findtext("title") or second.findtext(f"{ATOM}title")) == "Good"
    html = read(document).entries[0].content[0].value
    assert "<script" not in html
    content = first.findtext(f"{CONTENT}encoded") or first.findtext(f"{ATOM}content")
    shown = etree.HTML(content)
    assert not shown.xpath("//script | //@onerror | //p//img")
    assert shown.xpath("string(//img/@alt)").split() == text.split()


@FORMATS
def test_a_style_sheet_is_named_for_browsers(made_by: Any, feed: Feed) -> None:
    first, second = made_by.render(feed).split(b"\n")[:2]

    assert first == b"<?xml version='1.0' encoding='UTF-8'?>"
    assert second.startswith(b'<?xml-stylesheet type="text/css" href="')
