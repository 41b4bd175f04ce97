"""The demo's newspaper: what a newcomer sees first has to be whole, varied and harmless."""

from __future__ import annotations

import csv
import json
import re
import struct
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree, html

from articles import clean, stories
from articles.model import Article
from articles.plain import text_of
from articles.regions import RegionTable, tag
from articles.sources import jsonl

Fields = dict[str, Any]

DEMO = Path(__file__).parents[2] / "newsdesk" / "demo"
SITE = "https://news.example.org/"
PICTURES = f"{SITE}pictures/"

#: Fields that are text, "" where there is nothing to say.
TEXTS = (
    *("id", "source", "url", "title", "summary", "body_html", "dateline", "published_time"),
    *("section", "image_url", "image_alt", "image_caption", "image_credit"),
    *("language", "status", "correction"),
)
LISTS = ("authors", "tags", "regions", "related")
UPDATED = ("updated_days_ago", "updated_time")

#: The stories of more than one article: the name of one of them, and how many tell it.
STORIES = {
    "bab-el-mandeb-first-convoy": 8,
    "syunik-railway-inspection": 4,
    "fuel-lorries-reach-bamako": 4,
    "nusaybin-first-lorries": 4,
    "montenegro-court-orders-recount": 4,
    "mekong-lowest-at-luang-prabang": 2,
    "aktau-second-container-terminal": 2,
}

#: Where the news has to come from.
REGIONS = {
    *("middle-east", "caucasus", "sahel", "balkans", "horn-of-africa", "southeast-asia"),
    *("central-asia", "latin-america", "nordics", "baltics", "east-asia", "south-asia"),
    *("pacific-islands", "southern-africa", "european-union"),
}

#: The demo's day moves, so no weekday may stand in its prose.
WEEKDAYS = re.compile(
    r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
    r"|\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b"
    r"|\b(lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b"
    r"|يوم (الأحد|الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت)",
)


def read(name: str) -> list[Fields]:
    return [json.loads(line) for line in (DEMO / name).read_text("utf-8").splitlines()]


ARTICLES = read("articles.jsonl")
CORRECTIONS = read("corrections.jsonl")
EVERY = [*ARTICLES, *CORRECTIONS]
BY_ADDRESS = {fields["url"]: fields for fields in ARTICLES}


def slug(fields: Fields) -> str:
    return str(fields["url"]).removeprefix(f"{SITE}a/")


def body(fields: Fields) -> html.HtmlElement:
    return html.fragment_fromstring(fields["body_html"], create_parent="div")


def words(fields: Fields) -> int:
    return len(body(fields).text_content().split())


def article(fields: Fields, now: datetime, number: int = 0) -> Article:
    """The article as the desk takes it in, on the demo day `now`."""
    day = (now - timedelta(days=fields["published_days_ago"])).date()
    at = datetime.combine(day, time.fromisoformat(fields["published_time"]), UTC)
    draft = jsonl.draft({**fields, "published": at.isoformat()})
    return clean.article(draft, id=fields["id"], first_seen_at=now, now=now, number=number)


each_article = pytest.mark.parametrize("fields", EVERY, ids=lambda f: f"{slug(f)}-{f['status']}")


# --- every article -----------------------------------------------------------------------------


@each_article
def test_an_article_has_the_fields_of_an_import_and_no_others(fields: Fields) -> None:
    expected = {*TEXTS, *LISTS, "published_days_ago"}

    assert expected <= set(fields) <= {*expected, *UPDATED}
    assert all(isinstance(fields[name], str) for name in TEXTS)
    assert all(isinstance(word, str) and word for name in LISTS for word in fields[name])
    for name in ("id", "url", "title", "summary", "body_html", "section", "language"):
        assert fields[name] == fields[name].strip() != "", name
    assert fields["authors"]
    assert fields["tags"]


@each_article
def test_an_article_is_dated_by_its_distance_from_the_demo_day(fields: Fields) -> None:
    assert fields["published_days_ago"] in range(-1, 6)
    assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", fields["published_time"])
    if "updated_time" in fields:
        published = (-fields["published_days_ago"], fields["published_time"])
        assert (-fields["updated_days_ago"], fields["updated_time"]) > published
    assert not WEEKDAYS.search(" ".join((fields["title"], fields["summary"], fields["body_html"])))


@each_article
def test_an_article_passes_the_border_unchanged(fields: Fields, now: datetime) -> None:
    accepted = article(fields, now)

    assert accepted.title == fields["title"]
    assert accepted.standfirst == fields["summary"]
    assert accepted.url == fields["url"]
    assert accepted.language == fields["language"]
    assert accepted.correction == fields["correction"]
    assert accepted.authors == tuple(fields["authors"])
    assert accepted.body_text.split() == text_of(fields["body_html"]).split()
    assert (accepted.image is not None) == bool(fields["image_url"])


@each_article
def test_a_body_is_well_formed_and_of_plain_parts(fields: Fields) -> None:
    tree = etree.fromstring(f"<div>{fields['body_html']}</div>")  # XML: nothing left open

    blocks = {"p", "h2", "blockquote", "table", "ol", "ul", "figure"}
    assert {str(block.tag) for block in tree} <= blocks
    assert all(block.tag != "p" or block.xpath("normalize-space()") for block in tree)
    assert tree[0].tag == "p"
    assert not (tree.text or "").strip()


@each_article
def test_links_lead_to_articles_of_the_demo(fields: Fields) -> None:
    links = [link.get("href") for link in body(fields).iter("a")]

    assert set(links) <= set(BY_ADDRESS) - {fields["url"]}
    titles = {each["title"] for each in ARTICLES}
    assert set(fields["related"]) <= (titles | set(BY_ADDRESS)) - {fields["title"], fields["url"]}


@each_article
def test_a_picture_exists_and_is_described(fields: Fields) -> None:
    shown = [image.get("src") for image in body(fields).iter("img")]
    assert all(image.get("alt") for image in body(fields).iter("img"))
    if fields["image_url"]:
        shown.append(fields["image_url"])
        assert fields["image_alt"]
        assert fields["image_caption"].endswith(".")
        assert fields["image_credit"]

    for address in shown:
        assert address.startswith(PICTURES)
        assert (DEMO / "pictures" / address.removeprefix(PICTURES)).is_file()


@each_article
def test_an_editors_region_is_one_we_know(fields: Fields) -> None:
    table = RegionTable.load()

    assert None not in [table.resolve(region) for region in fields["regions"]]


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.jsonl")), ids=lambda path: path.name)
def test_nothing_names_a_mailbox_or_a_host_outside_of_the_example(path: Path) -> None:
    text = path.read_text("utf-8")

    assert "@" not in text
    assert set(re.findall(r"https?://[^/\"]+/", text)) == {SITE}


# --- the paper as a whole ----------------------------------------------------------------------


def test_the_paper_has_some_fifty_articles_each_with_its_own_id_address_and_headline() -> None:
    assert len(ARTICLES) in range(45, 60)
    for name in ("id", "url", "title", "summary"):
        assert len({fields[name] for fields in ARTICLES}) == len(ARTICLES), name
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(fields)) for fields in ARTICLES)


def test_most_articles_are_of_a_newspapers_length_and_some_are_short() -> None:
    lengths = [words(fields) for fields in ARTICLES]

    assert sum(length >= 240 for length in lengths) >= 0.75 * len(lengths)
    assert any(length <= 150 for length in lengths)
    assert max(lengths) <= 700


def test_every_day_of_the_week_before_has_news_and_most_has_come_this_morning() -> None:
    days = Counter(fields["published_days_ago"] for fields in ARTICLES)
    this_morning = [fields for fields in ARTICLES if fields["published_days_ago"] == 0]

    assert [days[day] >= least for day, least in enumerate((15, 12, 5, 5, 5, 5))] == [True] * 6
    assert all(fields["published_time"] < "06:00" for fields in this_morning)


def test_one_article_is_under_embargo_until_tomorrow() -> None:
    assert sum(fields["published_days_ago"] < 0 for fields in ARTICLES) == 1


def test_the_paper_is_written_in_four_languages_one_of_them_from_right_to_left() -> None:
    languages = Counter(fields["language"] for fields in ARTICLES)

    assert languages.keys() == {"en", "fr", "es", "ar"}
    assert min(languages.values()) >= 2
    for fields in ARTICLES:
        arabic = len(re.findall(r"[\u0620-\u064a]", fields["title"]))
        assert (arabic > 10) == (fields["language"] == "ar")


def test_about_half_of_the_regions_are_left_to_the_tagger_which_finds_them(now: datetime) -> None:
    table = RegionTable.load()
    left = [fields for fields in ARTICLES if not fields["regions"]]

    assert 0.4 * len(ARTICLES) <= len(left) <= 0.6 * len(ARTICLES)
    assert all(tag(article(fields, now), table) for fields in left)


def test_the_news_is_of_many_editorial_regions(now: datetime) -> None:
    table = RegionTable.load()
    found: Counter[str] = Counter()
    for fields in ARTICLES:
        given = [code for region in fields["regions"] if (code := table.resolve(region))]
        codes = given or [placement.code for placement in tag(article(fields, now), table)]
        found.update(table.slugs(codes))

    assert set(found) >= REGIONS


def test_the_desk_sees_the_stories_the_newsroom_meant(now: datetime) -> None:
    out = [fields for fields in ARTICLES if fields["published_days_ago"] >= 0]
    names = {fields["id"]: slug(fields) for fields in out}
    articles = [article(fields, now, number) for number, fields in enumerate(out, 1)]

    grouped = [{names[each] for each in group} for group in stories.group(articles)]

    told = {lead: len(group) for group in grouped for lead in STORIES if lead in group}
    assert told == STORIES
    assert sum(len(group) > 1 for group in grouped) == len(STORIES)


def test_a_story_goes_on_for_days_and_in_more_than_one_language(now: datetime) -> None:
    convoy = [fields for fields in ARTICLES if "escort plan" in fields["body_html"]]
    abroad = [fields for fields in ARTICLES if "bab-el-mandeb" in slug(fields)]

    assert len({fields["published_days_ago"] for fields in convoy}) >= 3
    assert {fields["language"] for fields in abroad} == {"en", "fr", "ar"}


def test_the_bodies_show_all_that_a_body_can_be_made_of() -> None:
    parts = Counter(str(each.tag) for fields in ARTICLES for each in body(fields).iter())

    assert {"h2", "table", "caption", "ol", "blockquote", "figure", "img", "a"} <= set(parts)


# --- what is delivered afterwards --------------------------------------------------------------


def test_the_second_delivery_corrects_one_figure_and_withdraws_one_article() -> None:
    corrected, withdrawn = CORRECTIONS
    before = BY_ADDRESS[corrected["url"]]

    assert before["id"] == corrected["id"]
    assert corrected["status"] == "published"
    assert corrected["summary"] == before["summary"].replace("12 million", "1.2 million")
    assert corrected["body_html"] == before["body_html"].replace("12 million", "1.2 million")
    assert corrected["summary"] != before["summary"]
    assert "12 million" in corrected["correction"]
    assert "1.2 million" in corrected["correction"]

    assert BY_ADDRESS[withdrawn["url"]]["id"] == withdrawn["id"]
    assert BY_ADDRESS[withdrawn["url"]]["status"] == "published"
    assert withdrawn["status"] == "withdrawn"


def test_three_people_ask_for_the_digest_from_addresses_that_cannot_exist() -> None:
    table = RegionTable.load()
    with (DEMO / "subscribers.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))

    assert [list(person) for person in people] == [
        ["address", "regions", "hour", "time_zone", "language"]
    ] * 3
    assert {person["address"].partition("@")[2] for person in people} == {
        "example.org",
        "example.com",
        "example.net",
    }
    for person in people:
        assert all(table.resolve(name) for name in person["regions"].split(";") if name)
        assert time.fromisoformat(person["hour"])
        assert ZoneInfo(person["time_zone"])
    assert [person["address"] for person in people if not person["regions"]] == [
        "chloe@example.net"
    ]


# --- pictures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((DEMO / "pictures").iterdir()), ids=lambda path: path.stem)
def test_a_picture_is_a_png_of_twice_the_mails_measure_and_is_used(path: Path) -> None:
    data = path.read_bytes()

    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1104, 621)
    assert len(data) < 60_000
    assert any(f"{PICTURES}{path.name}" == fields["image_url"] for fields in ARTICLES)


def test_the_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in (DEMO / "pictures").iterdir()) < 400_000
