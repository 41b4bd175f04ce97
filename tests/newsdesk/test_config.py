"""newsdesk.toml: what may stand in it, and what is said of what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdesk import config, setup
from newsdesk.config import ConfigError, Desk

SITE = '[site]\nname = "The Meridian"\nurl = "https://news.example.org"\n'


def desk(folder: Path, text: str) -> Desk:
    (folder / "newsdesk.toml").write_text(text, encoding="utf-8")
    return config.load(folder)


def test_a_name_and_an_address_are_enough(tmp_path: Path) -> None:
    made = desk(tmp_path, SITE)

    assert made.site.url == made.site.public_url == "https://news.example.org/"
    assert made.newsletter.sender == "The Meridian <digest@news.example.org>"
    assert f"{made.newsletter.hour:%H:%M}" == "07:00"
    assert made.settings.mail.transport == "maildir"


def test_readers_are_led_to_pages_where_somebody_answers_and_else_to_files(tmp_path: Path) -> None:
    alone = desk(tmp_path, SITE).newsletter
    served = desk(tmp_path, SITE + '[web]\nlisten = "127.0.0.1:8080"\n').newsletter
    elsewhere = desk(tmp_path, SITE + '[web]\nurl = "https://mail.example.org"\n').newsletter

    assert (alone.feeds_url, alone.subscribe_url) == ("https://news.example.org/feeds.opml", "")
    assert served.feeds_url == "https://news.example.org/feeds/"
    assert served.subscribe_url == "https://news.example.org/subscribe"
    assert elsewhere.feeds_url == "https://mail.example.org/feeds/"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SITE + "[newsleter]\n", "unknown key 'newsleter': did you mean 'newsletter'?"),
        (SITE + '[mail]\nhots = "x"\n', "unknown key 'mail.hots': did you mean 'host'?"),
        (SITE + '[mail]\nport = "25"\n', "mail.port: Expected `int`, got `str`"),
        (SITE + "[mail]\nport = 70000\n", "mail.port: Expected `int` <= 65535"),
        (SITE + '[mail]\ntransport = "pigeon"\n', "mail.transport: Invalid enum value 'pigeon'"),
        (SITE + '[publish]\nbucket = "newsroom"\n', "publish.bucket = 'newsroom' is no bucket"),
        (SITE + '[newsletter]\nhour = "7 am"\n', "newsletter.hour = '7 am' is no time of day"),
        (SITE + '[newsletter]\naccent = "blue"\n', "newsletter.accent"),
        (SITE + 'time_zone = "Berlin"\n', "site.time_zone = 'Berlin' is unknown"),
        (SITE + 'public_url = "ftp://x"\n', "site.public_url = 'ftp://x' is no web address"),
        (SITE + "[[source]]\nname = 'x'\n", "source 1: give one of follow, watch and database"),
        (SITE + "[source]\nfollow = 'ftp://x'\n", "source 1: follow = 'ftp://x' is no address"),
        (SITE + "[source]\ndatabase = 'x.db'\n", "source 1: a database needs a query"),
        (SITE + "[[source]]\nwatch = 'a'\n[[source]]\nwatch = 'b/a'\n", "named 'a' already"),
        (SITE + "[source]\nwatch = 'a'\nmap = {titel = 'x'}\n", "map.titel is no field"),
        (SITE + "[source]\nwtach = 'a'\n", "wtach"),
        ("[site]\nname = 'x'\n", "missing required field `url`"),
        ("[site\n", "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError) as error:
        desk(tmp_path, text)

    assert message in str(error.value)
    assert str(tmp_path / "newsdesk.toml") in str(error.value)


def test_a_folder_without_settings_is_no_desk(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no desk here; `newsdesk init` makes one"):
        config.load(tmp_path)


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    made = desk(tmp_path, SITE + '[regions]\nlevant = ["SY", "LB"]\n')

    again = desk(tmp_path, config.shown(made.settings))

    assert again.settings == made.settings


def test_the_keys_of_a_bucket_come_from_a_file_or_the_environment_and_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-environment")
    (tmp_path / "bucket.secret").write_text("key-of-the-file\nsecret-of-the-file\n")
    with_file = '[publish]\nbucket = "s3://newsroom/desk"\nsecret_file = "bucket.secret"\n'

    by_environment = setup.bucket(desk(tmp_path, SITE + '[publish]\nbucket = "s3://newsroom"\n'))
    by_file = setup.bucket(desk(tmp_path, SITE + with_file))

    assert by_environment is not None
    assert by_file is not None
    assert by_environment.secret == "secret-of-the-environment"
    assert (by_file.key, by_file.secret) == ("key-of-the-file", "secret-of-the-file")
    assert by_file.prefix == "desk/"
    shown = repr(by_file) + config.shown(desk(tmp_path, SITE + with_file).settings)
    assert "secret-of" not in shown
    assert "key-of" not in shown
