"""People come, change their minds and leave; whoever left is not mailed again by accident."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import time, timedelta

import pytest

from newsletter import exchange, subscribers
from newsletter.exchange import Defaults
from newsletter.subscribers import KnownError, SuppressedError
from newsletter.wishes import SubscriberError, checked, resolver
from tests.newsletter.mail_desk import MORNING, TABLE, Desk

RESOLVE = resolver(TABLE)
DEFAULTS = Defaults(hour=time(7), time_zone="UTC", language="en")


@pytest.fixture
def desk(tmp_path):
    with closing(Desk.open(tmp_path)) as desk:
        yield desk


@pytest.fixture
def db(desk):
    return desk.store.db


def wish(address="reader@example.org", **more):
    return checked(address, RESOLVE, **{"hour": "7", "time_zone": "UTC", "language": "en"} | more)


def load(db, text, **more):
    content = text if isinstance(text, bytes) else text.encode()
    return exchange.import_csv(
        db, content, RESOLVE, DEFAULTS, now=MORNING, source="members.csv", **more
    )


def addresses(db):
    return [each.address for each in subscribers.active(db)]


def test_a_subscriber_is_kept_as_they_asked(db):
    subscribers.add(
        db,
        wish(regions=["Syria", "Middle East"], hour="6.30", time_zone="Asia/Amman", language="ar"),
        now=MORNING,
        source="the form on the site",
    )

    (found,) = subscribers.active(db)
    assert found.address == "reader@example.org"
    assert found.regions == ("middle-east", "syria")
    assert (found.hour, found.time_zone, found.language) == (time(6, 30), "Asia/Amman", "ar")
    assert found.asked_at == MORNING
    assert subscribers.find(db, " reader@EXAMPLE.org ") == found
    assert subscribers.by_key(db, found.key) == found


def test_an_address_is_subscribed_once_however_its_domain_is_written(db):
    subscribers.add(db, wish("reader@münchen.example"), now=MORNING, source="")

    with pytest.raises(KnownError):
        subscribers.add(db, wish("reader@XN--MNCHEN-3YA.example"), now=MORNING, source="")


def test_the_local_part_belongs_to_the_receiver(db):
    subscribers.add(db, wish("Reader@example.org"), now=MORNING, source="")
    subscribers.add(db, wish("reader@example.org"), now=MORNING, source="")

    assert addresses(db) == ["Reader@example.org", "reader@example.org"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "reader"}, "no e-mail address"),
        ({"address": "a@example.org\r\nRCPT TO:<b@example.org>"}, "no e-mail address"),
        ({"address": "ü@example.org"}, "no e-mail address"),
        ({"regions": ["Atlantis"]}, "no region 'Atlantis'"),
        ({"hour": "25:00"}, "07:00"),
        ({"hour": "early"}, "07:00"),
        ({"time_zone": "Europe/Berlln"}, "did you mean Europe/Berlin"),
        ({"time_zone": "../../etc/passwd"}, "no time zone"),
        ({"time_zone": ""}, "no time zone"),
        ({"language": "<b>"}, "no language"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(wrong, said):
    with pytest.raises(SubscriberError, match=said):
        wish(**wrong)


@pytest.mark.parametrize("words", [[], [""], ["all"], ["Syria", "everything"]])
def test_no_region_and_all_regions_are_the_same(words):
    assert wish(regions=words).regions == ()


def test_equal_choices_are_equal_in_whatever_order():
    assert wish(regions=["SY", "JO"]).regions == wish(regions=["Jordan", "syria", "SY"]).regions


def test_who_left_is_not_subscribed_again_unless_they_asked(db):
    reader = subscribers.add(db, wish(), now=MORNING, source="")
    subscribers.remove(db, reader, now=MORNING, reason="unsubscribed")

    with pytest.raises(SuppressedError, match="unsubscribed, 2026-11-22"):
        subscribers.add(db, wish("READER@example.org"), now=MORNING, source="")

    again = subscribers.add(db, wish(), now=MORNING, source="the form", asked_again=True)
    assert again.key == reader.key  # links in their old digests still work
    assert addresses(db) == ["reader@example.org"]


def test_leaving_twice_is_leaving_once(db):
    reader = subscribers.add(db, wish(), now=MORNING, source="")
    for n in range(2):
        subscribers.remove(db, reader, now=MORNING + timedelta(days=n), reason=f"click {n}")

    assert subscribers.suppressed(db, "reader@example.org") == "click 0, 2026-11-22"
    assert not subscribers.is_active(db, reader)


def test_preferences_change_and_the_address_stays(db):
    reader = subscribers.add(db, wish(), now=MORNING, source="")
    subscribers.change(db, replace(reader, hour=time(18), regions=("jordan",)), now=MORNING)

    assert subscribers.by_id(db, reader.id) == replace(reader, hour=time(18), regions=("jordan",))


def test_erased_is_forgotten_and_still_never_mailed(db, tmp_path):
    reader = subscribers.add(db, wish(regions=["Syria"]), now=MORNING, source="a form")
    subscribers.erase(db, reader, now=MORNING)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert "reader@" not in exchange.export_json(db)
    assert db.execute("SELECT count(*) FROM subscribers WHERE address <> ''").fetchone() == (0,)
    with pytest.raises(SuppressedError):
        subscribers.add(db, wish(), now=MORNING, source="")


def test_the_suppression_list_holds_no_addresses(db):
    subscribers.suppress(db, "reader@example.org", now=MORNING, reason="bounced")

    ((stored, reason, _),) = db.execute("SELECT * FROM suppressions").fetchall()
    assert "reader" not in stored
    assert reason == "bounced"


def test_a_list_from_elsewhere_is_taken_line_by_line(db):
    result = load(
        db,
        "Email Address,First Name,Topics,Send at,TZ,Locale\n"
        "one@example.org,A,Syria; JO,6:30,Europe/Berlin,de\n"
        "two@example.org,B,,,,\n"
        "not an address,C,,,,\n"
        "\n"
        "three@example.org,D,Atlantis,,,\n"
        "two@example.org,E,,,,\n",
    )

    assert (result.added, result.known) == (2, 1)
    assert [(each.where, each.reason) for each in result.unchanged] == [
        ("line 7", "two@example.org is subscribed already")
    ]
    assert [(each.where, each.reason.partition(":")[0]) for each in result.refused] == [
        ("line 4", "'not an address' is no e-mail address"),
        ("line 6", "no region 'Atlantis'; `newsdesk regions list` shows them"),
    ]
    assert result.ignored == ("First Name",)
    one, two = subscribers.active(db)
    assert (one.regions, one.hour, one.time_zone) == (
        ("jordan", "syria"),
        time(6, 30),
        "Europe/Berlin",
    )
    assert (two.regions, two.hour, two.language) == ((), time(7), "en")


@pytest.mark.parametrize(
    "content",
    [
        "one@example.org\ntwo@example.org\n",
        "address\none@example.org\ntwo@example.org",
        "﻿E-Mail;Name\r\none@example.org;Zoë\r\ntwo@example.org;B\r\n",
        "name\te_mail\nA\tone@example.org\nB\ttwo@example.org\n",
        "E-Mail;Name\none@example.org;Zoë\ntwo@example.org;B\n".encode("cp1252"),
        "mail,name\none@example.org,Zoë\ntwo@example.org,B\n".encode("utf-16"),
        'email,name\none@example.org,"two\nlines"\ntwo@example.org,"a ""word"""\n',
    ],
)
def test_lists_come_in_many_shapes(db, content):
    assert load(db, content).added == 2
    assert addresses(db) == ["one@example.org", "two@example.org"]


def test_people_who_left_elsewhere_or_here_are_not_brought_back(db):
    reader = subscribers.add(db, wish("left@example.org"), now=MORNING, source="")
    subscribers.remove(db, reader, now=MORNING, reason="unsubscribed")

    result = load(
        db,
        "email,status\nleft@example.org,active\ngone@example.org,Unsubscribed\nin@example.org,\n",
    )

    assert addresses(db) == ["in@example.org"]
    assert [each.where for each in result.refused] == ["line 2", "line 3"]


def test_importing_again_changes_nobody(db):
    load(db, "email,hour\none@example.org,9\n")
    result = load(db, "email,hour\none@example.org,18\n")

    assert (result.added, result.known) == (0, 1)
    assert subscribers.active(db)[0].hour == time(9)


def test_a_dry_run_says_the_same_and_writes_nothing(db):
    text = "email\none@example.org\nno\n"

    dry = load(db, text, dry_run=True)

    assert addresses(db) == []
    assert dry == load(db, text)


@pytest.mark.parametrize("content", ["", "name,age\nA,3\n", "\0\0\0"])
def test_what_is_no_list_of_addresses_is_refused_whole(db, content):
    with pytest.raises(SubscriberError, match="column of addresses"):
        load(db, content)


def test_a_monstrous_cell_costs_its_line_only(db):
    result = load(db, f"email\none@example.org\n{'x' * 200_000}\ntwo@example.org\n")

    assert result.added == 2
    assert len(result.refused) == 1


def test_what_was_exported_can_be_imported(db, tmp_path):
    load(
        db, "email,regions,hour,tz\none@example.org,Syria;JO,6:30,Europe/Berlin\nb@example.org,,,\n"
    )
    reader = subscribers.find(db, "b@example.org")
    subscribers.remove(db, reader, now=MORNING, reason="unsubscribed")

    exported = exchange.export_csv(db)

    with closing(Desk.open(_made(tmp_path / "other"))) as other:
        result = load(other.store.db, exported)
        (theirs,) = subscribers.active(other.store.db)
    assert (result.added, len(result.refused)) == (1, 1)
    (mine,) = subscribers.active(db)
    assert replace(theirs, key=mine.key) == mine
    assert [each["state"] for each in json.loads(exchange.export_json(db))] == ["active", "removed"]


def _made(folder):
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("typed", "bits"),
    [
        ("mon", 0b1),
        ("Mon, Thursday", 0b1001),
        ("weekdays", 0b11111),
        ("weekend", 0b1100000),
        ("daily", 127),
        (64, 64),
    ],
)
def test_days_are_chosen_by_their_names(typed, bits):
    assert wish(days=typed).days == bits


@pytest.mark.parametrize("words", [{"days": ""}, {"days": "someday"}, {"days": 128}])
def test_a_digest_on_no_day_is_refused(words):
    with pytest.raises(SubscriberError, match="are no days; write them like mon,thu"):
        wish(**words)


@pytest.mark.parametrize(
    ("words", "why"),
    [({"minutes": "7"}, "takes 2, 5, 10 minutes"), ({"form": "pdf"}, "write html or text")],
)
def test_a_length_or_format_there_is_not_is_refused(words, why):
    with pytest.raises(SubscriberError, match=why):
        wish(**words)
