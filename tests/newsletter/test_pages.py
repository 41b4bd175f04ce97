"""Every edition can be read again by everybody: its page, the lists, the Atom twins."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import lxml.html
import pytest

from newsletter.pages import Pages
from newsletter.transport.maildir import Maildir
from tests.newsletter.mail_desk import MORNING, TABLE, Desk

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ARCHIVE = "https://news.example.org/editions/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    desk.newsletter = replace(desk.newsletter, archive_url=ARCHIVE)
    yield desk
    desk.store.close()


def pages(desk, now=MORNING, **options):
    """What a publication writes, by name; noted as written."""
    made = Pages(desk.store, desk.newsletter, TABLE, now, **options)
    files = dict(made)
    made.published()
    return files


def one_edition(desk, *regions, title="A ferry sinks", now=MORNING):
    desk.subscribe(f"reader-{len(regions)}-{now:%d}@example.org", *regions)
    desk.publish(title, now - HOUR, "Morocco", key="ferry")
    desk.plan(now)
    return next(name for name in pages(desk, now) if re.search(r"/[0-9a-f]{12}\.html", name))


def text(page):
    return " ".join(lxml.html.fromstring(page).text_content().split())


def test_a_page_is_the_very_html_that_was_mailed_without_one_reader_s_words(desk, tmp_path):
    mail = Maildir(tmp_path / "mail")
    desk.subscribe("reader@example.org")
    desk.publish_some(3, MORNING)
    desk.plan()
    files = pages(desk)
    desk.deliver(mail)

    (name,) = (name for name in files if re.fullmatch(r"editions/2026-11-22/\w{12}\.html", name))
    page = files[name].decode()
    html = desk.ledger.rendered(1).html
    kept = re.split(
        r"<!--mine-->.*?<!--/mine-->|</head>|(?<=<body)[^>]*>|<!--page-->|</body>", html, flags=re.S
    )

    assert [part for part in kept if part.strip() not in page] == []
    assert "newsdesk-" not in page
    assert "reader@example.org" not in page
    assert not re.search(r"unsubscribe|/u/|/p/", page, re.I)
    assert page.count("<h1") == 1


def test_the_mail_links_to_its_page(desk):
    name = one_edition(desk)

    rendered = desk.ledger.rendered(1)

    address = "https://news.example.org/" + name
    assert f'href="{address}"' in rendered.html
    assert address in rendered.text


def test_an_edition_s_atom_twin_has_its_stories_in_their_order(desk):
    desk.subscribe("reader@example.org")
    desk.publish_some(4, MORNING)
    desk.plan()
    files = pages(desk)

    (name,) = (name for name in files if re.fullmatch(r"editions/2026-11-22/\w{12}\.atom", name))
    feed = feedparser.parse(files[name])
    page = files[name.replace(".atom", ".html")]

    assert not feed.bozo
    assert [each.title for each in feed.entries] == [
        " ".join(each.text_content().split())
        for each in lxml.html.fromstring(page).xpath("//h2[a]")
    ]
    assert {each.id[:4] for each in feed.entries} == {"tag:"}
    assert f'href="https://news.example.org/{name}"'.encode() in page


def test_lists_name_editions_by_date_and_by_region(desk):
    desk.subscribe("all@example.org")
    desk.subscribe("m@example.org", "Morocco", "Chile")
    desk.publish_some(3, MORNING)
    desk.plan()
    files = pages(desk)

    index = lxml.html.fromstring(files["editions/index.html"])
    days = [each.text_content() for each in index.xpath("//section[ul[@class='rows']]/h2")]
    rows = [" ".join(each.text_content().split()) for each in index.xpath("//li/p[@class='tag']")]
    ways = {each.get("href") for each in index.xpath("//section[@class='ways']//a")}

    assert days == ["Sunday, 22 November 2026"]
    assert rows == ["all regions", "Chile, Morocco"]
    assert ways == {
        f"{ARCHIVE}2026-11.html",
        f"{ARCHIVE}regions/chile.html",
        f"{ARCHIVE}regions/morocco.html",
    }
    assert "Chile, Morocco" in text(files["editions/regions/chile.html"])
    assert "all regions" not in text(files["editions/regions/chile.html"])
    assert "November 2026" in text(files["editions/2026-11.html"])


def test_a_list_speaks_its_own_language_of_editions_in_any(desk):
    desk.subscribe("l@example.org", "Morocco", language="fr")
    desk.publish("افتتاح الميناء", MORNING - HOUR, "Morocco", language="ar")
    desk.plan()

    (row,) = lxml.html.fromstring(pages(desk)["editions/index.html"]).xpath("//ul/li[p]")

    assert [" ".join(each.split()) for each in row.xpath("p//text()") if each.strip()] == [
        "Morocco",
        "افتتاح الميناء",
        "1 story · Français",
    ]
    assert len(row.xpath(".//bdi")) == 2  # a number beside Arabic would change its place


def test_pages_lead_to_subscribing_where_somebody_answers(desk):
    desk.newsletter = replace(desk.newsletter, subscribe_url="https://mail.example.org/subscribe")
    name = one_edition(desk, "Morocco")

    files = pages(desk, full=True)

    for page in (files[name], files["editions/index.html"]):
        assert b'<a href="https://mail.example.org/subscribe">Digest by mail</a>' in page


def test_every_list_has_an_atom_twin_that_names_its_editions(desk):
    one_edition(desk, "Morocco")
    desk.publish("A bridge opens", MORNING + HOUR, "Morocco")
    desk.plan(MORNING + DAY)
    made = Pages(desk.store, desk.newsletter, TABLE, MORNING + DAY, full=True)
    files = dict(made)

    for name in ("editions/index.atom", "editions/regions/morocco.atom", "editions/2026-11.atom"):
        feed = feedparser.parse(files[name])
        root = ET.fromstring(files[name])
        assert not feed.bozo
        assert [each.title for each in feed.entries] == ["A bridge opens", "A ferry sinks"]
        assert all(each.link.startswith(f"{ARCHIVE}2026-11-2") for each in feed.entries)
        assert [each.id for each in feed.entries] == [each["id"] for each in made.issues()]
        assert {each.id[:4] for each in feed.entries} == {"tag:"}
        assert root.find(f"{ATOM}link[@rel='self']").get("href").endswith(name)
        assert "https://news.example.org/a-bridge-opens" in feed.entries[0].content[0].value


def test_new_editions_are_told_to_the_digests_own_feed(desk):
    one_edition(desk, "Morocco")
    desk.publish("A bridge opens", MORNING + HOUR, "Morocco")
    desk.plan(MORNING + DAY)
    made = Pages(desk.store, desk.newsletter, TABLE, MORNING + DAY)

    issues = made.issues()

    assert [each["title"] for each in issues] == ["A bridge opens", "A ferry sinks"]
    assert re.fullmatch(r"tag:[^:]+:edition/\d+", issues[0]["id"])
    assert issues[0]["url"].startswith(f"{ARCHIVE}2026-11-2")
    assert "https://news.example.org/a-bridge-opens" in issues[0]["content_html"]
    made.published()
    assert Pages(desk.store, desk.newsletter, TABLE, MORNING + DAY).issues() == ()


def test_editions_that_differ_by_what_was_told_before_have_pages_and_one_place_in_the_list(desk):
    early = desk.subscribe("early@example.org", "Morocco")
    desk.publish("Copper miners end their strike", MORNING - DAY - HOUR, "Morocco")
    desk.plan(MORNING - DAY, only=[early.id])
    desk.subscribe("late@example.org", "Morocco", at=MORNING - 2 * DAY)
    desk.publish("Schools close over smog", MORNING - HOUR, "Morocco")
    desk.plan()
    files = pages(desk)

    today = [name for name in files if re.match(r"editions/2026-11-22/.*html", name)]
    index = lxml.html.fromstring(files["editions/index.html"])
    first_day = index.xpath("(//ul[@class='rows'])[1]/li")

    assert len(today) == 2
    assert len(first_day) == 1
    address = first_day[0].xpath(".//a")[0].get("href")
    listed = files[address.removeprefix("https://news.example.org/")]
    assert {"Copper miners end their strike", "Schools close over smog"} <= set(
        re.findall("Copper miners end their strike|Schools close over smog", text(listed))
    )


def test_what_is_published_is_not_written_again(desk):
    one_edition(desk)

    assert pages(desk, MORNING + HOUR) == {}
    assert pages(desk, MORNING + HOUR, full=True) != {}


def test_a_page_keeps_what_was_sent_and_shows_corrections_under_it(desk):
    name = one_edition(desk)
    desk.publish(
        "A ferry runs aground", MORNING, "Morocco", key="ferry", correction="It did not sink."
    )

    page = pages(desk, MORNING + HOUR)[name]

    assert "A ferry sinks" in text(page)
    assert (
        "Corrected since Sunday, 22 November 2026: A ferry runs aground It did not sink."
        in text(page)
    )


def test_a_page_leads_to_the_edition_of_the_same_regions_before_it(desk):
    before = one_edition(desk, "Morocco")
    desk.publish("A bridge opens", MORNING + HOUR, "Morocco")
    desk.plan(MORNING + DAY)
    files = pages(desk, MORNING + DAY)
    name = next(each for each in files if re.match(r"editions/2026-11-23/.*html", each))

    (link,) = lxml.html.fromstring(files[name]).xpath("//a[@rel='prev']")

    assert link.get("href") == "https://news.example.org/" + before
    assert link.text_content() == "Sunday, 22 November 2026"


def test_a_hostile_headline_is_only_words_on_every_page_and_in_every_feed(desk):
    desk.subscribe("reader@example.org", "Morocco")
    title = 'x</title><script>alert(1)</script> "]]> & \u202egnp.exe'
    desk.publish(title, MORNING - HOUR, "Morocco", key="x")
    desk.plan()

    for name, content in pages(desk).items():
        assert b"<script" not in content, name
        if name.endswith(".atom"):
            ET.fromstring(content)
