"""Messages into maildirs: whole or not there, once, and nowhere else."""

from __future__ import annotations

import mailbox
import os

import pytest

from newsletter.transport.maildir import Maildir
from newsletter.transport.protocol import TransportError

MESSAGE_ID = "<20261122.1@example.org>"
MESSAGE = f"Message-ID: {MESSAGE_ID}\r\nSubject: x\r\n\r\nHello.\r\n".encode()


def offer(root, recipient="reader@example.org", message=MESSAGE, before_dot=lambda: None):
    with Maildir(root).open() as session:
        return session.offer("digest@example.org", recipient, message, before_dot)


def test_a_message_lies_in_its_recipients_maildir_where_any_reader_finds_it(tmp_path):
    outcome = offer(tmp_path / "mail")

    box = mailbox.Maildir(tmp_path / "mail" / "reader@example.org", create=False)
    assert [each["Subject"] for each in box] == ["x"]
    assert outcome.state == "sent"
    assert (tmp_path / "mail" / "reader@example.org" / outcome.reply.partition("/")[2]).is_file()


def test_the_same_message_again_changes_nothing_even_when_it_was_read(tmp_path):
    offer(tmp_path)
    offer(tmp_path)
    (first,) = (tmp_path / "reader@example.org" / "new").iterdir()
    first.rename(tmp_path / "reader@example.org" / "cur" / f"{first.name}:2,S")

    offer(tmp_path)

    assert len(list((tmp_path / "reader@example.org").rglob("*.newsdesk*"))) == 1


def test_it_can_be_asked_whether_a_message_is_there(tmp_path):
    transport = Maildir(tmp_path)
    before = transport.took("reader@example.org", MESSAGE_ID)
    offer(tmp_path)

    assert before is False
    assert transport.took("reader@example.org", MESSAGE_ID) is True
    assert transport.took("reader@example.org", "<other@example.org>") is False
    assert transport.took("other@example.org", MESSAGE_ID) is False


def test_nothing_is_in_new_until_it_was_announced(tmp_path):
    class LeftError(Exception):
        pass

    def leave():
        assert not list((tmp_path / "reader@example.org" / "new").iterdir())
        raise LeftError

    with pytest.raises(LeftError):
        offer(tmp_path, before_dot=leave)

    assert not list((tmp_path / "reader@example.org" / "new").iterdir())
    assert offer(tmp_path).state == "sent"


@pytest.mark.parametrize(
    "address",
    [
        "../../etc@example.org",
        "/etc/passwd@example.org",
        ".hidden@example.org",
        "a/b@example.org",
        "ünï@example.org",
        f"{'long' * 40}@example.org",
        "a\0b@example.org",
    ],
)
def test_an_address_cannot_lead_out_of_the_folder(tmp_path, address):
    root = tmp_path / "mail"
    assert offer(root, address).state == "sent"

    assert os.listdir(tmp_path) == ["mail"]
    assert len(os.listdir(root)) == 1
    assert Maildir(root).took(address, MESSAGE_ID) is True


def test_different_addresses_have_different_folders(tmp_path):
    for address in ("a/b@example.org", "a_b@example.org", "a:b@example.org"):
        offer(tmp_path, address)

    assert len(os.listdir(tmp_path)) == 3


def test_a_folder_that_cannot_be_made_is_the_transports_trouble(tmp_path):
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(TransportError, match="mail"):
        offer(tmp_path / "mail")


def test_a_maildir_that_cannot_be_written_defers(tmp_path):
    (tmp_path / "reader@example.org").write_text("a file where the maildir should be")

    outcome = offer(tmp_path)

    assert (outcome.state, outcome.server) == ("deferred", True)
