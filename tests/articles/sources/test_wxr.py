"""A WordPress export gives its posts, as its readers knew them."""

from __future__ import annotations

import pytest

from articles.model import Draft, LeftOut, Refusal
from articles.sources import wxr

EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Velmar Courier</title><link>https://courier.example</link><language>en-GB</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://courier.example</wp:base_blog_url>
<wp:author><wp:author_login>ines</wp:author_login>
<wp:author_display_name><![CDATA[Ines Halvorsen]]></wp:author_display_name></wp:author>
%s
</channel></rss>"""
POST = """<item><title>Fog &amp; ferries</title><link>https://courier.example/fog/</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 +0100</pubDate><dc:creator>ines</dc:creator>
<guid isPermaLink="false">https://courier.example/?p=4</guid>
<content:encoded><![CDATA[Nine ferries lay in the sound.

They waited.]]></content:encoded><excerpt:encoded><![CDATA[Nobody <b>sails</b>.]]></excerpt:encoded>
<wp:post_id>4</wp:post_id><wp:post_date>2026-11-20 08:00:00</wp:post_date>
<wp:post_date_gmt>2026-11-20 07:00:00</wp:post_date_gmt>
<wp:post_modified_gmt>2026-11-20 09:00:00</wp:post_modified_gmt>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="sea">Sea</category>
<category domain="category" nicename="uncategorized">Uncategorized</category>
<category domain="post_tag" nicename="fog">Fog &amp;amp; mist</category>
%s</item>"""
PICTURE = """<item><title>ferry</title><wp:post_id>9</wp:post_id>
<wp:post_type>attachment</wp:post_type>
<wp:status>inherit</wp:status><excerpt:encoded>Ferries at anchor.</excerpt:encoded>
<wp:attachment_url>https://courier.example/ferry.jpg?a=1&b=2</wp:attachment_url>
<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>
<wp:meta_value>A ferry</wp:meta_value></wp:postmeta></item>"""


def read(items: str) -> list[Draft | Refusal | LeftOut]:
    return list(wxr.read((EXPORT % items).encode()))


def draft(items: str) -> Draft:
    (found,) = (each for each in read(items) if not isinstance(each, LeftOut))
    assert isinstance(found, Draft), found
    return found


def test_a_post_gives_all_it_says() -> None:
    thumbnail = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
        "<wp:meta_value>9</wp:meta_value></wp:postmeta>"
    )

    assert draft(POST % thumbnail + PICTURE) == Draft(
        source="https://courier.example",
        source_key="https://courier.example/?p=4",
        url="https://courier.example/fog/",
        title="Fog & ferries",
        standfirst="Nobody sails.",
        body_html="<p>Nine ferries lay in the sound.</p>\n<p>They waited.</p>",
        authors=("Ines Halvorsen",),
        language="en-GB",
        published_at="2026-11-20T07:00:00Z",
        updated_at="2026-11-20T09:00:00Z",
        section="Sea",
        tags=("Sea", "Fog & mist"),
        image_url="https://courier.example/ferry.jpg?a=1&b=2",
        image_alt="A ferry",
        image_caption="Ferries at anchor.",
    )


def test_pages_pictures_and_menus_are_no_articles_and_are_counted() -> None:
    page = (POST % "").replace(">post<", ">page<")
    menu = (POST % "").replace(">post<", ">nav_menu_item<")

    kinds = [each.what for each in read(page + PICTURE + menu) if isinstance(each, LeftOut)]

    assert kinds == ["page", "attachment", "nav menu item"]


@pytest.mark.parametrize(
    ("status", "ours"),
    [("publish", "published"), ("future", "published"), ("draft", "draft"), ("pending", "draft"),
     ("auto-draft", "draft"), ("private", "withdrawn"), ("trash", "withdrawn")],
)  # fmt: skip
def test_what_is_not_for_everybody_is_not_published(status: str, ours: str) -> None:
    assert draft((POST % "").replace(">publish<", f">{status}<")).status == ours


def test_a_post_behind_a_password_is_not_published() -> None:
    assert draft(POST % "<wp:post_password>x</wp:post_password>").status == "withdrawn"


def test_co_authors_stand_in_their_order() -> None:
    terms = (
        '<category domain="author" nicename="cap-b">B. Author</category>'
        '<category domain="author" nicename="cap-ines"></category>'
        '<category domain="author" nicename="cap-b">B. Author</category>'
    )

    assert draft(POST % terms).authors == ("B. Author", "Ines Halvorsen")


def test_a_relative_address_is_the_sites() -> None:
    relative = (POST % "").replace("https://courier.example/fog/", "/fog/")

    assert draft(relative).url == "https://courier.example/fog/"


def test_a_date_that_is_none_is_left_out() -> None:
    never = (POST % "").replace("2026-11-20 07:00:00", "0000-00-00 00:00:00")
    never = never.replace("Fri, 20 Nov 2026 08:00:00 +0100", "Mon, 30 Nov -0001 00:00:00 +0000")

    assert draft(never).published_at == ""


def test_bare_ampersands_stay() -> None:
    assert draft((POST % "").replace("Fog &amp; ferries", "Fog & ferries & co")).title == (
        "Fog & ferries & co"
    )


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "9.9"])
def test_every_version_is_read(version: str) -> None:
    export = (EXPORT % (POST % "")).replace("/1.2/", f"/{version}/")

    (found,) = wxr.read(export.encode())

    assert isinstance(found, Draft)
    assert found.standfirst == "Nobody sails."


def test_an_export_cut_off_gives_what_came_before() -> None:
    whole = EXPORT % (POST % "" + (POST % "").replace("p=4", "p=5"))

    found = list(wxr.read(whole[: whole.rindex("They waited")].encode()))

    assert isinstance(found[0], Draft)
    assert found[0].source_key.endswith("p=4")


def test_prefixes_nobody_declared_are_understood() -> None:
    item = "<item><title>T</title><wp:post_type>page</wp:post_type></item>"
    export = f"<rss><channel>{item}</channel></rss>"

    assert list(wxr.read(export.encode())) == [LeftOut(what="page")]


def test_an_export_without_posts_says_so() -> None:
    (found,) = read("")

    assert isinstance(found, Refusal)
    assert "without posts" in found.reason


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (EXPORT % (POST % "")).replace(
        "<rss", f'<!DOCTYPE rss [<!ENTITY a0 "lol">{laughs}'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>\n<rss', 1
    ).replace("Fog &amp; ferries", "T &a11; &file;")  # fmt: skip

    found = repr(list(wxr.read(bomb.encode())))

    assert len(found) < 5_000
    assert "root:" not in found
