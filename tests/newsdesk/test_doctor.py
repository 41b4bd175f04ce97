from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from newsdesk import config, doctor, mailing, setup
from newsletter import dkim
from tests.newsletter.transport.smtp_servers import ScriptedServer
from tests.newsletter.zone import Zone

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    setup.make_desk(tmp_path / "desk", "The Meridian", "https://news.example.org/", NOW)
    return tmp_path / "desk"


def settled(folder, text):
    path = folder / "newsdesk.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", encoding="utf-8")
    return config.load(folder)


def found(desk, zone=None, **more):
    every = doctor.findings(desk, zone or Zone(), lambda: NOW, their_clock=lambda _url: NOW, **more)
    return {each.about: each for each in every}


def test_a_new_desk_is_well_but_for_what_it_lacks(folder):
    every = found(config.load(folder))

    assert every["store"].level == every["disk"].level == every["clock"].level == "fine"
    assert every["mail"].level == "mind"
    assert every["address"].level == "mind"
    assert all(each.do for each in every.values() if each.level in ("mind", "wrong"))


def test_a_store_that_is_damaged_is_found(folder):
    path = folder / "store.db"
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 20))

    assert found(config.load(folder))["store"].level == "wrong"


def test_a_key_that_others_can_read_is_found(folder):
    (folder / "secret.key").chmod(0o644)

    assert "chmod 600" in found(config.load(folder))["secret"].do


@pytest.mark.parametrize(("apart", "level"), [(10, "fine"), (1_000, "wrong")])
def test_a_clock_is_compared(folder, apart, level):
    desk = config.load(folder)
    every = list(
        doctor.findings(
            desk, Zone(), lambda: NOW, their_clock=lambda _url: NOW + timedelta(seconds=apart)
        )
    )

    assert next(each for each in every if each.about == "clock").level == level


def test_links_without_https_are_wrong(folder):
    desk = settled(folder, '[web]\nurl = "http://mail.example.org/"')

    assert found(desk)["links"].level == "wrong"


def test_the_mail_server_is_greeted_and_nothing_is_sent(folder):
    server = ScriptedServer()
    with server.running():
        mail = f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {server.port}'
        every = found(settled(folder, mail))

    assert every["login"].level == "fine"
    assert server.offered == []
    assert not any(line.upper().startswith("MAIL") for line in server.seen)


def test_a_mail_server_that_is_away_is_named(folder):
    mail = '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = 1'
    every = found(settled(folder, mail))

    assert every["login"].level == "wrong"
    assert "127.0.0.1:1" in every["login"].found


def test_the_dns_is_asked_about_the_senders_domain(folder):
    key = dkim.generated("nd1", "news.example.org", "ed25519")
    zone = Zone(
        {
            "mail.news.example.org A": ["203.0.114.7"],
            "news.example.org TXT": ["v=spf1 ip4:203.0.114.7 -all"],
            "nd1._domainkey.news.example.org TXT": [key.record],
            "_dmarc.news.example.org TXT": ["v=DMARC1; p=none"],
            "203.0.114.7 PTR": ["mail.news.example.org"],
        }
    )
    desk = settled(folder, '[mail]\ntransport = "smtp"\nhost = "mail.news.example.org"')
    names = {
        each.about: each.level
        for each in doctor.findings(
            desk, zone, lambda: NOW, keys=(key,), their_clock=lambda _url: NOW
        )
    }

    assert names["SPF"] == names["DKIM"] == names["DMARC"] == names["PTR"] == "fine"


def test_colours_that_cannot_be_read_are_told_with_what_is_used(folder):
    toml = folder / "newsdesk.toml"
    desk = config.load(folder)
    newsletter = replace_settings(desk, accent="#FFD400")

    assert "#FFD400" in found(newsletter)["colour"].found
    assert toml.exists()


def replace_settings(desk, **newsletter):
    import msgspec

    settings = msgspec.structs.replace(
        desk.settings, newsletter=msgspec.structs.replace(desk.settings.newsletter, **newsletter)
    )
    return config.Desk(desk.folder, settings)


def test_the_keys_that_sign_are_those_looked_for(folder):
    desk = config.load(folder)
    keys = mailing.new_keys(desk, "k")
    names = ", ".join(f'"{key.selector}"' for key in keys)
    mail = '[mail]\ntransport = "sendmail"\nsendmail = "/bin/true"\n'
    desk = settled(folder, mail + f'bounces = "b@bounces.news.example.org"\ndkim = [{names}]')
    zone = Zone({"bounces.news.example.org TXT": ["v=spf1 -all"]})

    every = list(doctor.findings(desk, zone, lambda: NOW, their_clock=lambda _url: NOW))

    said = [each.found for each in every if each.about == "DKIM"]
    assert said == [f"{key.record_name} is not published" for key in keys]
    assert any("bounces.news.example.org" in each.found for each in every if each.about == "SPF")
