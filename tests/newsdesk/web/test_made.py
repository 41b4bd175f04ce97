"""What is made when it is asked for: combinations of feeds, choices of them, the page of all."""

from __future__ import annotations

import re
from dataclasses import replace

import feedparser
import httpx
import pytest
from lxml import etree, html

from newsdesk.web import making
from newsdesk.web.listing import DAYS, bars
from newsdesk.web.listing_words import LISTING
from newsdesk.web.phrases import PHRASES
from tests.newsdesk.web.newsroom import Newsroom, article


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    if "json" in answer.headers["content-type"]:
        return [item["title"] for item in answer.json()["items"]]
    return [entry.title for entry in feedparser.parse(answer.content).entries]


# Combinations.


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
def test_regions_are_put_together_and_taken_away(client: httpx.Client, ending: str) -> None:
    both = client.get(f"/feeds/middle-east+sahel.{ending}")
    one = client.get(f"/feeds/all-mali.{ending}")

    assert titles(both) == ["Fuel convoy arrives", "Port reopens"]
    assert titles(one) == ["Port reopens"]
    assert (
        client.get(
            f"/feeds/all-mali.{ending}", headers={"If-None-Match": one.headers["etag"]}
        ).status_code
        == 304
    )


def test_a_combination_has_one_address(client: httpx.Client) -> None:
    for name in ("sahel+middle-east", "middle-east+sahel+sahel", "Middle-East+Sahel"):
        answer = client.get(f"/feeds/{name}.atom")
        assert answer.status_code == 301
        assert answer.headers["location"] == "/feeds/middle-east+sahel.atom"


def test_what_is_no_region_is_said(client: httpx.Client) -> None:
    answer = client.get("/feeds/middle-eest+sahel.rss")

    assert answer.status_code == 404
    assert "middle-eest" in answer.text


def test_a_region_that_has_no_articles_yet_can_be_followed(client: httpx.Client) -> None:
    answer = client.get("/feeds/iceland.atom")

    assert titles(answer) == []
    assert feedparser.parse(answer.content).feed.title == "The Meridian: Iceland"


def test_a_new_article_is_in_its_combinations_too(
    newsroom: Newsroom, live: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LOOK_EVERY_S", 0.0)
    path = "/feeds/middle-east+sahel.atom"
    had = live.get(path).headers["etag"]

    newsroom.put(article("News of the hour", 9, ("syria", "middle-east", "all")))
    some = live.get(path, headers={"If-None-Match": had, "A-IM": "feed"})

    assert some.status_code == 226
    assert titles(replace_status(some)) == ["News of the hour"]


def replace_status(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(
        200, headers={"content-type": answer.headers["content-type"]}, content=answer.content
    )


def test_what_strangers_ask_to_be_made_is_bounded(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "KEPT_MAX", 3)
    app = newsroom.app()

    with newsroom.serve(app=app) as client:
        for name in ("syria", "mali", "iceland", "norway", "chad"):
            assert client.get(f"/feeds/all-{name}.rss").status_code == 200

    assert isinstance(app.made, making.Making)
    assert len(app.made._kept) == 3


def test_when_too_many_ask_at_once_they_are_told_to_return(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "WAITING_MAX", 0)

    with newsroom.serve() as client:
        answer = client.get("/feeds/all-syria.rss")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


# A choice of feeds.


def test_a_choice_of_feeds_is_a_list_of_them(client: httpx.Client) -> None:
    answer = client.get("/feeds.opml?feed=syria&feed=sahel&feed=no-such&other=x&feed=..%2fx")

    outlines = etree.fromstring(answer.content).iterfind(".//outline[@xmlUrl]")
    assert {each.get("xmlUrl") for each in outlines} == {
        "https://news.example.org/feeds/syria.rss",
        "https://news.example.org/feeds/sahel.rss",
    }
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"


def test_no_choice_is_all(client: httpx.Client) -> None:
    chosen = client.get("/feeds.opml?feed=")

    assert chosen.content == client.get("/feeds.opml").content


# The page.


def page(client: httpx.Client) -> html.HtmlElement:
    answer = client.get("/feeds/", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.document_fromstring(answer.text)


def test_the_page_lists_every_feed_with_its_latest_headline(client: httpx.Client) -> None:
    listed = page(client)

    names = [each.text for each in listed.iterfind(".//article/h3")]
    assert names == ["All articles", "Middle East", "Sahel", "Mali", "Syria"]
    links = [each.get("href") for each in listed.xpath("//p[@class='formats']/a")]
    assert "https://news.example.org/feeds/syria.json" in links
    assert len(links) == 3 * len(names)
    assert listed.find_class("latest")[0].text_content() == "Fuel convoy arrives"
    assert listed.find_class("spark")[0].get("aria-label") == "2 articles in 28 days"


def test_every_feed_can_be_chosen_by_a_plain_form(client: httpx.Client) -> None:
    form = page(client).forms[0]

    assert (form.get("method"), form.get("action")) == ("get", "../feeds.opml")
    assert [each.get("value") for each in form.iterfind(".//input")] == [
        "middle-east", "sahel", "mali", "syria",
    ]  # fmt: skip


def test_the_page_names_its_feeds_and_shows_what_a_site_copies(client: httpx.Client) -> None:
    listed = page(client)

    alternates = listed.xpath("//head/link[@rel='alternate']")
    assert {each.get("type") for each in alternates} == {
        "application/rss+xml", "application/atom+xml", "application/feed+json",
    }  # fmt: skip
    assert '<link rel="alternate"' in listed.find(".//pre").text_content()


def test_the_page_runs_and_fetches_nothing(client: httpx.Client) -> None:
    answer = client.get("/feeds/")

    assert not re.search(r"<script|<img|<iframe| style=| on[a-z]+=|url\(", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (
        client.get("/feeds/", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    )


def test_a_headline_is_text_whatever_it_holds(newsroom: Newsroom) -> None:
    newsroom.put(article('<script>alert("x")</script> & {{ x }}', 9, ("all",), hours_ago=0.1))

    with newsroom.serve() as client:
        listed = page(client)

    assert listed.find_class("latest")[0].text_content() == '<script>alert("x")</script> & {{ x }}'


def test_every_language_has_the_words_of_the_page(newsroom: Newsroom) -> None:
    assert LISTING.keys() == PHRASES.keys()
    for language, words in LISTING.items():
        newsroom.site = replace(newsroom.site, language=language)
        with newsroom.serve(newsletter=replace(newsroom.newsletter, language=language)) as client:
            listed = page(client)
        assert listed.get("lang") == language
        assert listed.findtext(".//h1") == words.title
        assert "{" not in listed.find(".//main").text_content().replace("{{", "")


def test_a_plot_is_on_its_own_scale() -> None:
    assert bars([0] * DAYS) == ""
    assert bars([*[0] * (DAYS - 1), 8]).startswith("M108.5 24v-24h3")
    assert "v-6h" in bars([1, *[0] * (DAYS - 1)])
