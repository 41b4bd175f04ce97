"""LMTP into a mail store and this machine's sendmail, with the same outcomes as SMTP."""

from __future__ import annotations

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from newsletter.transport.lmtp import Lmtp
from newsletter.transport.protocol import TransportError
from newsletter.transport.sendmail import Sendmail
from newsletter.transport.smtp import SmtpSettings
from tests.newsletter.transport.test_smtp import MESSAGE, READER, SENDER, Dots, free_port


class Store:
    def __init__(self, answer):
        self.answer, self.got = answer, []

    async def handle_DATA(self, server, session, envelope):
        self.got.append(envelope.content)
        return self.answer


class LmtpController(Controller):
    def factory(self):
        return LMTP(self.handler)


@pytest.mark.parametrize(
    ("answer", "state"), [("250 2.0.0 kept", "sent"), ("452 4.2.2 full", "deferred")]
)
def test_a_message_goes_into_a_mail_store(answer, state):
    store, port = Store(answer), free_port()
    controller = LmtpController(store, hostname="127.0.0.1", port=port)
    controller.start()
    dots = Dots()
    try:
        with Lmtp(SmtpSettings(host="127.0.0.1", port=port, hello="desk")).open() as session:
            outcome = session.offer(SENDER, READER, MESSAGE, dots)
    finally:
        controller.stop()

    assert (outcome.state, outcome.reply) == (state, answer)
    assert (dots.count, store.got) == (1, [MESSAGE])


@pytest.fixture
def program(tmp_path):
    def make(body):
        path = tmp_path / "sendmail"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return Sendmail(str(path))

    return make


def test_sendmail_is_told_sender_and_recipient_and_gets_a_whole_file(program, tmp_path):
    transport = program(f'echo "$@" > {tmp_path}/args; cat > {tmp_path}/message')
    dots = Dots()

    with transport.open() as session:
        outcome = session.offer(SENDER, READER, MESSAGE, dots)

    assert (outcome.state, dots.count) == ("sent", 1)
    assert (tmp_path / "args").read_text() == f"-i -f {SENDER} -- {READER}\n"
    assert (tmp_path / "message").read_bytes() == MESSAGE.replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("body", "state", "servers"),
    [
        ("echo no such user >&2; exit 67", "refused", False),
        ("exit 75", "deferred", True),
        ("kill -9 $$", "doubt", True),
    ],
)
def test_what_sendmails_status_means(program, body, state, servers):
    with program(body).open() as session:
        outcome = session.offer(SENDER, READER, MESSAGE, Dots())

    assert (outcome.state, outcome.server) == (state, servers)


def test_a_sendmail_that_is_not_there_is_named(tmp_path):
    with (
        pytest.raises(TransportError, match="no program there"),
        Sendmail(str(tmp_path / "none")).open(),
    ):
        pass
