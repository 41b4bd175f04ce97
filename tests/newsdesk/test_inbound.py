"""Bounces as the operator meets them: settings, `inbound read` and `list`, `run`."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta

import pytest

from articles.errors import NewsdeskError
from newsdesk import config, inbound, setup
from newsdesk.commands import inbound as command
from newsletter import subscribers, verp, wishes
from newsletter.inbound.imap import ImapBox
from newsletter.inbound.maildir import MaildirBox
from tests.newsletter.inbound.postfix import free_port
from tests.newsletter.inbound.received import dsn


@pytest.fixture
def folder(tmp_path):
    setup.make_desk(tmp_path / "desk", "The Meridian", "https://news.example.org/", now())
    return tmp_path / "desk"


def now():
    return datetime.now(UTC)


def settled(folder, lines):
    """The desk with `[inbound]` set so."""
    path = folder / "newsdesk.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[inbound]\n{lines}\n", encoding="utf-8")
    return config.load(folder)


def subscribe(desk):
    """A reader, and a report that their mailbox is gone."""
    table = setup.region_table(desk)
    wish = wishes.checked(
        "gone@example.org",
        wishes.resolver(table),
        hour="07:00",
        time_zone="UTC",
        language="en",
    )
    with setup.opened(desk) as store:
        reader = subscribers.add(store.db, wish, now=now() - timedelta(days=2), source="a test")
    return reader, verp.address("bounces@example.org", desk.secrets, reader.key, now().date())


def is_active(desk, reader):
    with setup.opened(desk) as store:
        return subscribers.is_active(store.db, reader)


def test_bounces_in_a_maildir_are_read_and_listed(folder, capsys):
    desk = settled(folder, 'maildir = "returns"')
    reader, back = subscribe(desk)
    new = folder / "returns" / "new"
    new.mkdir(parents=True)
    (new / "1.host").write_bytes(dsn(to=back))
    (new / "2.host").write_bytes(dsn())

    class Context:
        obj = folder

    command.read_(Context())
    command.list_(Context())

    said = capsys.readouterr()
    assert "1 ignored, 1 suppressed" in said.out
    assert "gone@example.org" in said.out
    assert "failed 5.1.1 550 5.1.1 no such mailbox" in said.out
    assert not is_active(desk, reader)


def test_no_mailbox_is_said_with_what_to_set(folder):
    class Context:
        obj = folder

    with pytest.raises(NewsdeskError, match=r"inbound\.maildir"):
        command.read_(Context())


def test_run_takes_bounces_over_lmtp(folder):
    port = free_port()
    desk = settled(folder, f'lmtp = "127.0.0.1:{port}"')
    reader, back = subscribe(desk)

    with inbound.listening(desk), smtplib.LMTP("127.0.0.1", port) as lmtp:
        lmtp.sendmail("", back, dsn(to="somebody@example.org"))

    assert not is_active(desk, reader)


def test_a_port_in_use_is_named(folder):
    port = free_port()
    desk = settled(folder, f'lmtp = "127.0.0.1:{port}"')
    with (
        inbound.listening(desk),
        pytest.raises(NewsdeskError, match=str(port)),
        inbound.listening(desk),
    ):
        pass


def test_each_way_is_made_of_its_settings(folder):
    assert inbound.mailbox(config.load(folder)) is None
    desk = settled(
        folder, 'imap_host = "imap.example.org"\nimap_username = "b"\nimap_password_env = "SECRET"'
    )

    box = inbound.mailbox(desk, {"SECRET": "hush"})

    assert isinstance(box, ImapBox)
    assert box.settings.password() == "hush"
    assert "hush" not in repr(box.settings)
    without = inbound.mailbox(desk, {})
    assert isinstance(without, ImapBox)
    with pytest.raises(NewsdeskError, match="SECRET"):
        without.settings.password()


def test_a_maildir_lies_in_the_desks_folder(folder):
    box = inbound.mailbox(settled(folder, 'maildir = "returns"'))

    assert isinstance(box, MaildirBox)
    assert box.folder == folder / "returns"


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ('maildir = "a"\nlmtp = "127.0.0.1:2424"', "choose one"),
        ('lmtp = "2424"', "inbound.lmtp"),
        ('imap_host = "imap.example.org"', "imap_username"),
        ('imap = "imap.example.org"', "inbound.imap"),
    ],
)
def test_settings_that_cannot_work_are_refused(folder, lines, named):
    with pytest.raises(config.ConfigError, match=named):
        settled(folder, lines)
