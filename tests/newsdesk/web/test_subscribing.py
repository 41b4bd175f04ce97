"""Subscribing and choosing, over a real server and a real store: what a reader, a stranger and a
link scanner get.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from articles.model import Site
from articles.regions import RegionTable
from newsdesk.web.app import make_app
from newsdesk.web.form_words import FORMS
from newsdesk.web.pages import Pages
from newsdesk.web.parts import Parts
from newsdesk.web.server import running
from newsdesk.web.subscribe import FORMS_PER_MINUTE
from newsletter import letters, signup, subscribers, tokens
from newsletter.model import Newsletter, Subscriber
from newsletter.transport.maildir import Maildir
from newsletter.wishes import checked, resolver
from tests.newsdesk.web.newsroom import Newsroom, article

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECRETS = ("a secret of the test's desk",)
TABLE = RegionTable.load()
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@example.org>",
    site_url="https://news.example.org/",
    feeds_url="https://news.example.org/feeds.opml",
    mail_url="https://news.example.org/mail/",
    archive_url="https://news.example.org/editions/",
    time_zone="Europe/Berlin",
    hour=time(6, 30),
)
SITE = Site(
    name="The Meridian", url="https://news.example.org/", public_url="https://news.example.org/"
)
ADDRESS = "reader@example.org"
FORM = {"address": ADDRESS, "hour": "06:30", "zone": "Europe/Berlin", "language": "en"}


@dataclass
class Desk:
    """A newsroom with two articles, its server, and what it mailed."""

    room: Newsroom
    url: str
    client: httpx.Client
    mail: Path

    def ask(self, address: str = ADDRESS, **fields: object) -> httpx.Response:
        return self.client.post(f"{self.url}subscribe", data=FORM | {"address": address} | fields)

    def letters(self) -> list[str]:
        """Let the sweep write what is to be written; the new letters' texts."""
        before = set(self.mail.rglob("new/*"))
        with self.room.store() as store:
            letters.post(store.db, Maildir(self.mail), self.newsletter, SECRETS, lambda: NOW)
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
            for path in sorted(set(self.mail.rglob("new/*")) - before)
        ]

    @property
    def newsletter(self) -> Newsletter:
        return replace(NEWSLETTER, mail_url=self.url)

    def subscribe(self, address: str = ADDRESS, *regions: str) -> Subscriber:
        wish = checked(
            address,
            resolver(TABLE),
            regions=regions,
            hour=time(6, 30),
            time_zone="Europe/Berlin",
            language="en",
        )
        with self.room.store() as store:
            return subscribers.add(store.db, wish, now=NOW - timedelta(days=9), source="a test")

    def preferences(self, reader: Subscriber) -> str:
        return tokens.preferences_url(self.newsletter, SECRETS, reader)

    def reader(self, address: str = ADDRESS) -> Subscriber | None:
        with self.room.store() as store:
            found = subscribers.find(store.db, address)
            return found if found and subscribers.is_active(store.db, found) else None

    def dump(self) -> list[str]:
        with self.room.store() as store:
            assert store.db.conn is not None
            return list(store.db.conn.iterdump())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    room = Newsroom(tmp_path, SITE)
    room.put(
        article("Port reopens", 1, ("syria", "middle-east", "all"), hours_ago=5),
        article("Fuel convoy arrives", 2, ("mali", "sahel", "all"), hours_ago=30),
        article("Old news", 3, ("mali", "sahel", "all"), hours_ago=24 * 9),
    )
    parts = Parts(
        open_store=room.store,
        site=SITE,
        newsletter=NEWSLETTER,
        table=TABLE,
        secrets=SECRETS,
        public=room.public,
        clock=lambda: NOW,
    )
    app = make_app(parts)
    with running(app, "127.0.0.1", 0) as url, httpx.Client(trust_env=False) as client:
        yield Desk(room, url, client, tmp_path / "mail")


def text_of(page: str) -> str:
    body = page.partition("<body>")[2]
    return " ".join(re.sub("<[^>]+>|[\u2068\u2069]", "", body).split())


def link_in(letter: str) -> str:
    (link,) = [line for line in letter.splitlines() if "/c/" in line]
    return link


# Subscribing.


def test_from_the_form_to_the_first_digests_hour(desk: Desk) -> None:
    page = desk.client.get(f"{desk.url}subscribe")
    assert page.status_code == 200
    answer = desk.ask(region=["sahel", "syria"])
    assert answer.status_code == 200
    assert "Look into your mailbox" in text_of(answer.text)
    assert desk.reader() is None

    (letter,) = desk.letters()
    question = desk.client.get(link_in(letter))
    assert "The digest is to go to r***@example.org, each morning at 06:30 in Berlin:" in text_of(
        question.text
    )
    assert desk.reader() is None  # a GET, as link scanners send: nothing happened
    done = desk.client.post(link_in(letter))

    reader = desk.reader()
    assert reader is not None
    assert reader.regions == ("sahel", "syria")
    assert "The first digest comes on Monday at 06:30 in Berlin to r***@example.org." in text_of(
        done.text
    )
    (way_on,) = re.findall('href="([^"]*/p/[^"]+)"', done.text)
    assert desk.client.get(httpx.URL(link_in(letter)).join(way_on)).status_code == 200


def test_every_page_leads_to_the_others_that_stand(desk: Desk) -> None:
    def ways(path: str) -> dict[str, str]:
        page = desk.client.get(f"{desk.url}{path}").text
        nav = page.partition("<nav")[2].partition("</nav>")[0]
        return dict(re.findall('<a href="([^"]+)"[^>]*>([^<]+)</a>', nav))

    base = NEWSLETTER.mail_url
    assert ways("subscribe") == {f"{base}feeds/": "Feeds", f"{base}subscribe": "Digest by mail"}
    assert ways("subscribe?language=fr")[f"{base}feeds/"] == "Flux"
    assert ways("mail/feeds/") == ways("feeds/") == ways("subscribe")

    index = desk.room.public / "editions" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("<h1>Editions</h1>", encoding="utf-8")
    assert ways("subscribe")[NEWSLETTER.archive_url] == "Editions"


def test_the_pages_are_the_operator_s_to_change(desk: Desk, tmp_path: Path) -> None:
    """One that fails is named in the log, and readers get ours."""
    own = tmp_path / "templates" / "pages"
    own.mkdir(parents=True)
    newsletter = replace(NEWSLETTER, templates=own.parent)
    pages = Pages(newsletter, TABLE, desk.room.public)
    (own / "answer.html.j2").write_text("<p>Nobody here: {{ answer.sentence }}</p>", "utf-8")

    changed = pages.unknown()
    (own / "answer.html.j2").write_text("<p>\n{{ answer.sentense }}</p>", "utf-8")
    with capture_logs() as lines:
        repaired = pages.unknown()

    assert changed.startswith("<p>Nobody here: ")
    assert repaired == Pages(NEWSLETTER, TABLE, desk.room.public).unknown()
    (line,) = lines
    assert line["error"] == (
        "pages/answer.html.j2 line 2: no field 'sentense' (did you mean 'sentence'?)"
    )


def test_consent_is_what_they_read(desk: Desk) -> None:
    desk.ask()
    (letter,) = desk.letters()
    desk.client.post(link_in(letter))

    reader = desk.reader()
    assert reader is not None
    with desk.room.store() as store:
        (consent,) = signup.consents(store.db, reader)
    page = desk.client.get(f"{desk.url}subscribe").text
    assert consent["words"] in text_of(page)
    assert consent["page"] == f"{NEWSLETTER.mail_url}subscribe"


def test_nobody_learns_from_the_form_who_reads_us(desk: Desk) -> None:
    desk.subscribe("known@example.org")
    gone = desk.subscribe("gone@example.org")
    with desk.room.store() as store:
        subscribers.remove(store.db, gone, now=NOW, reason="complained")

    answers = {
        (answer.status_code, answer.text)
        for answer in (
            desk.ask("known@example.org"),
            desk.ask("gone@example.org"),
            desk.ask("unknown@example.org"),
            desk.ask("unknown@example.org"),
        )
    }

    assert len(answers) == 1


def test_the_form_does_the_same_work_for_every_address(desk: Desk) -> None:
    """One row each: whatever is decided, is decided later. So the time tells nothing either."""
    desk.subscribe("known@example.org")
    for address in ("known@example.org", "unknown@example.org"):
        desk.ask(address)

    with desk.room.store() as store:
        rows = store.db.execute("SELECT state, letter FROM signups").fetchall()
    assert rows == [("asked", ""), ("asked", "")]


def test_a_typing_error_is_shown_beside_the_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = desk.ask("reader@", region=["sahel"])

    assert answer.status_code == 400
    assert "<title>Error: The digest by mail</title>" in answer.text
    assert 'value="reader@"' in answer.text
    assert 'aria-describedby="address-hint address-error"' in answer.text
    assert 'value="sahel" checked' in answer.text
    assert desk.letters() == []


def test_what_somebody_types_cannot_become_markup(desk: Desk) -> None:
    answer = desk.ask('"><script>alert(1)</script>@example.org')

    assert "<script" not in answer.text


def test_who_asks_too_often_is_asked_to_wait(desk: Desk) -> None:
    statuses = [desk.ask(f"r{n}@example.org").status_code for n in range(4 * FORMS_PER_MINUTE)]

    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert desk.ask().headers["retry-after"]


def test_a_link_works_once(desk: Desk) -> None:
    desk.ask()
    (letter,) = desk.letters()
    desk.client.post(link_in(letter))
    assert desk.client.post(link_in(letter)).status_code == 200  # a second press is no mishap

    reader = desk.reader()
    assert reader is not None
    with desk.room.store() as store:
        subscribers.remove(store.db, reader, now=NOW, reason="unsubscribed")
    again = desk.client.post(link_in(letter))
    assert again.status_code == 410
    assert "too old" in text_of(again.text)
    assert desk.reader() is None


def test_a_link_of_another_purpose_confirms_nothing(desk: Desk) -> None:
    reader = desk.subscribe()
    wrong = tokens.token(SECRETS, reader.key, tokens.UNSUBSCRIBE)

    assert desk.client.post(f"{desk.url}c/{wrong}").status_code == 404
    assert desk.client.get(f"{desk.url}c/{'A' * 39}").status_code == 404


@pytest.mark.parametrize("language", FORMS)
def test_every_language_has_the_whole_form(desk: Desk, language: str) -> None:
    page = desk.client.get(f"{desk.url}subscribe", params={"language": language}).text

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert FORMS[language].agreed in page.replace("&#39;", "'")
    answer = desk.ask(language=language).text
    assert f'<html lang="{language}"' in answer


# Choosing.


def test_choices_are_shown_and_saved(desk: Desk) -> None:
    reader = desk.subscribe(ADDRESS, "Syria")
    link = desk.preferences(reader)
    page = desk.client.get(link)
    assert 'value="syria" checked' in page.text
    assert "For r***@example.org, since 13 November 2026." in text_of(page.text)

    saved = desk.client.post(
        link,
        data={
            "region": ["sahel"],
            "hour": "18:00",
            "zone": "Africa/Bamako",
            "language": "fr",
            "day": ["1", "8"],
            "minutes": "2",
            "form": "text",
        },
    )

    assert saved.status_code == 200
    now = desk.reader()
    assert now is not None
    assert (now.regions, now.hour, now.time_zone) == (("sahel",), time(18), "Africa/Bamako")
    assert (now.language, now.days, now.minutes, now.format) == ("fr", 0b1001, 2, "text")
    assert "Enregistré. Votre prochain condensé arrive" in text_of(saved.text)


def test_what_they_would_have_had_is_counted_before_anything_is_saved(desk: Desk) -> None:
    link = desk.preferences(desk.subscribe(ADDRESS, "Syria"))
    before = desk.dump()

    def counted(**query: object) -> str:
        return text_of(desk.client.get(link, params=query).text)

    assert "Last week there was 1 story" in counted()
    assert "Last week there were 2 stories" in counted(region=["sahel", "syria"], hour="06:30")
    assert "Last week there was no story" in counted(region="chile", hour="06:30")
    assert "Last week there were 2 stories" in counted(hour="06:30")  # none chosen is everything
    assert desk.dump() == before


def test_a_pause_ends_by_itself(desk: Desk) -> None:
    reader = desk.subscribe()
    saved = desk.client.post(desk.preferences(reader), data={"day": ["1"], "pause": "7"})

    paused = desk.reader()
    assert paused is not None
    assert paused.paused_until == date(2026, 11, 29)
    assert "Nothing comes before 29 November 2026." in text_of(saved.text)
    kept = desk.client.post(desk.preferences(reader), data={"day": ["1"], "pause": "keep"})
    assert "29 November" in text_of(kept.text)
    desk.client.post(desk.preferences(reader), data={"day": ["1"], "pause": ""})
    ended = desk.reader()
    assert ended is not None
    assert ended.paused_until is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ["1"], "region": "atlantis"},
        {"day": ["1"], "hour": "25:00"},
        {"day": ["1"], "zone": "../../etc/passwd"},
        {"day": ["1"], "minutes": "7"},
        {"day": []},
        {"day": ["1"], "language": "<b>"},
    ],
)
def test_a_choice_that_cannot_be_changes_nothing(desk: Desk, wrong: dict[str, object]) -> None:
    reader = desk.subscribe(ADDRESS, "Syria")
    before = desk.dump()

    answer = desk.client.post(desk.preferences(reader), data={"region": "syria"} | wrong)

    assert answer.status_code == 400
    assert "Not saved:" in text_of(answer.text)
    assert desk.dump() == before


def test_everything_known_of_a_reader_is_theirs_to_have(desk: Desk) -> None:
    desk.ask(region=["sahel"])
    (letter,) = desk.letters()
    desk.client.post(link_in(letter))
    reader = desk.reader()
    assert reader is not None

    answer = desk.client.get(f"{desk.preferences(reader)}/data")

    known = json.loads(answer.text)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert known["address"] == ADDRESS
    assert known["regions"] == ["sahel"]
    assert known["consents"][0]["words"]


def test_everything_is_erased_after_a_question(desk: Desk) -> None:
    reader = desk.subscribe()
    link = f"{desk.preferences(reader)}/erase"
    before = desk.dump()
    assert "Erase everything?" in text_of(desk.client.get(link).text)
    assert desk.dump() == before

    answer = desk.client.post(link)

    assert "Everything is erased" in text_of(answer.text)
    assert ADDRESS not in "\n".join(desk.dump())


def test_who_left_finds_nothing_to_choose(desk: Desk) -> None:
    reader = desk.subscribe()
    with desk.room.store() as store:
        subscribers.remove(store.db, reader, now=NOW, reason="unsubscribed")

    answer = desk.client.post(desk.preferences(reader), data={"day": ["1"]})

    assert "You are unsubscribed" in text_of(answer.text)
    assert desk.reader() is None


def test_no_get_changes_anything_however_often_it_is_sent(desk: Desk) -> None:
    reader = desk.subscribe()
    desk.ask("other@example.org")
    (letter,) = desk.letters()
    link = desk.preferences(reader)
    before = desk.dump()

    for _ in range(10):
        for url in (link, f"{link}/data", f"{link}/erase", f"{desk.url}subscribe"):
            assert desk.client.get(url).status_code == 200
        assert desk.client.get(link_in(letter)).status_code == 200

    assert desk.dump() == before


def test_pages_run_nothing_and_set_nothing(desk: Desk) -> None:
    link = desk.preferences(desk.subscribe())
    for url in (f"{desk.url}subscribe", link, f"{link}/erase"):
        answer = desk.client.get(url)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
        assert "<script" not in answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_form_too_large_is_refused(desk: Desk) -> None:
    assert desk.ask("x" * 20_000).status_code == 413
    many = "&".join(f"region=r{n}" for n in range(500))
    answer = desk.client.post(
        f"{desk.url}subscribe",
        content=many,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400
