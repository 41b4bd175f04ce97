"""What a real Postfix returns, by way of a real Dovecot, a Maildir and our own LMTP server."""

from __future__ import annotations

import shutil
import smtplib
import tempfile
import threading
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from flufl.bounce import all_failures

from newsletter import verp
from newsletter.inbound import handling
from newsletter.inbound.imap import ImapBox, ImapSettings
from newsletter.inbound.lmtp import LmtpServer
from newsletter.inbound.maildir import MailboxError, MaildirBox
from newsletter.inbound.report import read
from tests.newsletter.inbound import postfix
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

pytestmark = pytest.mark.slow

#: What the next server says to whom, after the dot: so that Postfix has to report it.
ANSWERS = {"gone": "550 5.1.1 no such user", "full": "552 5.2.2 mailbox full"}


@pytest.fixture
def folder():
    """A short path: Dovecot's sockets may have 100 characters."""
    path = Path(tempfile.mkdtemp())
    yield path
    shutil.rmtree(path)


@pytest.fixture
def next_hop():
    server = ScriptedServer(
        lambda event, recipient: (
            ANSWERS.get(recipient.partition("@")[0]) if event == "dot" else None
        )
    )
    with server.running():
        yield server


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    yield desk
    desk.store.close()


def send(servers, desk, *names):
    """A message to each, as their edition of MORNING; the subscribers."""
    readers = [desk.subscribe(f"{name}@reader.example") for name in names]
    with smtplib.SMTP("127.0.0.1", servers.smtp) as smtp:
        for reader in readers:
            back = verp.address("bounces@news.example", SECRETS, reader.key, MORNING.date())
            smtp.sendmail(back, reader.address, b"Subject: The Meridian\r\n\r\nNews.\r\n")
    return readers


def until(condition, within_s=120.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_bounces_are_read_over_imap_and_agree_with_flufl_bounce(folder, next_hop, desk):
    with postfix.running(folder, next_hop=next_hop.port, returns="dovecot") as servers:
        settings = ImapSettings(
            host="127.0.0.1",
            port=servers.imap,
            user="bounces",
            password=lambda: "a-password-of-the-test",
        )
        box, raws = ImapBox(settings), []
        gone, full, fine = send(servers, desk, "gone", "full", "fine")

        def take(raw):
            raws.append(raw)
            handling.handle(desk.store.db, SECRETS, raw, now=MORNING)

        until(lambda: box.drain(take, 10) + len(raws) >= 2)
        assert box.drain(take, 10) == 0  # seen

        wrong = ImapBox(
            ImapSettings(
                host="127.0.0.1", port=servers.imap, user="x", password=lambda: "a wrong password"
            )
        )
        with pytest.raises(MailboxError) as refused:
            wrong.drain(take, 10)
    assert "a wrong password" not in str(refused.value)
    assert sorted(read(raw).status for raw in raws) == ["5.1.1", "5.2.2"]
    for raw in raws:
        _, permanent = all_failures(message_from_bytes(raw))
        assert len(permanent) == 1
        assert read(raw).kind == "failed"
    assert [desk_active(desk, each) for each in (gone, full, fine)] == [False, True, True]


def test_bounces_are_read_from_a_maildir(folder, next_hop, desk):
    with postfix.running(folder, next_hop=next_hop.port, returns="maildir") as servers:
        (gone,) = send(servers, desk, "gone")
        new = servers.maildir / "new"
        until(lambda: new.is_dir() and list(new.iterdir()))
        counts = handling.collect(
            desk.store.db, MaildirBox(servers.maildir), SECRETS, lambda: MORNING
        )
    assert counts == {"suppressed": 1}
    assert not desk_active(desk, gone)


def test_bounces_are_taken_over_lmtp_and_offered_again_while_the_store_is_away(
    folder, next_hop, desk, tmp_path
):
    taken: list[str] = []
    locked = threading.Event()

    def take(raw, envelope):
        from articles.errors import TryAgainError

        if not locked.is_set():
            locked.set()
            raise TryAgainError("the store is locked")
        theirs = Desk.open(tmp_path, create=False)
        outcome = handling.handle(theirs.store.db, SECRETS, raw, now=MORNING, envelope=envelope)
        theirs.store.close()
        taken.append(outcome.did)

    server = LmtpServer("127.0.0.1", postfix.free_port(), take)
    server.start()
    try:
        with postfix.running(
            folder, next_hop=next_hop.port, returns=f"lmtp:{server.port}"
        ) as servers:
            (gone,) = send(servers, desk, "gone")
            servers.wait_for("451 4.3.0 try again later")
            servers.flush()
            until(lambda: taken)
    finally:
        server.stop()
    assert taken == ["suppressed"]
    assert not desk_active(desk, gone)


def desk_active(desk, reader):
    from newsletter import subscribers

    return subscribers.is_active(desk.store.db, reader)
