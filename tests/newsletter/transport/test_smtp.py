"""A message is handed over once; what became of it is known, or said to be unknown."""

from __future__ import annotations

import socket

import pytest
from aiosmtpd.controller import Controller

from newsletter.transport import smtp_session as module
from newsletter.transport.protocol import AT_DOT, TransportError, waited
from newsletter.transport.smtp import SettingsError, Smtp, SmtpSettings
from tests.newsletter.transport.smtp_servers import ScriptedServer, certificate

SENDER, READER = "digest@example.org", "reader@example.org"
MESSAGE = b"Message-ID: <1@example.org>\r\nSubject: x\r\n\r\nHello.\r\n.\r\n.. dots\r\nEnd.\r\n"


class Dots:
    """Counts how often the final dot was announced."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def settings(server, **more):
    return SmtpSettings(**{"host": "127.0.0.1", "port": server.port, "hello": "desk"} | more)


def offer_once(server, message=MESSAGE, **more):
    dots = Dots()
    with Smtp(settings(server, **more)).open() as session:
        return session.offer(SENDER, READER, message, dots), dots.count


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def at(event, action):
    return lambda here, _recipient: action if here == event else None


def test_a_message_arrives_byte_for_byte_at_a_real_server():
    class Keep:
        async def handle_DATA(self, server, session, envelope):
            self.got = envelope
            return "250 2.0.0 queued as 4711"

    keep = Keep()
    port = free_port()
    controller = Controller(keep, hostname="127.0.0.1", port=port)
    controller.start()
    dots = Dots()
    try:
        with Smtp(SmtpSettings(host="127.0.0.1", port=port)).open() as session:
            outcome = session.offer(SENDER, READER, MESSAGE, dots)
    finally:
        controller.stop()

    assert (outcome.state, outcome.reply) == ("sent", "250 2.0.0 queued as 4711")
    assert dots.count == 1
    assert (keep.got.mail_from, keep.got.rcpt_tos) == (SENDER, [READER])
    assert keep.got.content == MESSAGE


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_bare_line_ends_cannot_end_the_message_early(end):
    smuggling = MESSAGE + b"a" + end + b"." + end + b"MAIL FROM:<evil@example.com>" + end

    with ScriptedServer().running() as server:
        outcome, _ = offer_once(server, smuggling)

    assert outcome.state == "sent"
    assert len(server.taken) == 1
    assert b"\r\n.\r\nMAIL FROM" in server.taken[0][1]
    assert not any("evil" in line for line in server.seen)


def test_a_message_without_a_last_line_end_gets_one():
    with ScriptedServer().running() as server:
        offer_once(server, MESSAGE + b"no end")

    assert server.taken == [(READER, MESSAGE + b"no end\r\n")]


@pytest.mark.parametrize(
    ("event", "action", "state", "servers", "dots"),
    [
        ("rcpt", "450 4.7.1 greylisted", "deferred", False, 0),
        ("rcpt", "550 5.1.1 unknown", "refused", False, 0),
        ("rcpt", "421 4.3.2 going down", "deferred", True, 0),
        ("rcpt", "drop", "deferred", True, 0),
        ("mail", "452 4.3.1 full", "deferred", True, 0),
        ("mail", "550 5.7.1 not this sender", "deferred", True, 0),
        ("mail", "drop", "deferred", True, 0),
        ("data", "451 4.3.0 later", "deferred", False, 0),
        ("data", "554 5.7.1 no", "refused", False, 0),
        ("data", "drop", "deferred", True, 0),
        ("dot", "451 4.3.0 later", "deferred", False, 1),
        ("dot", "552 5.2.2 full", "refused", False, 1),
        ("dot", "421 4.3.2 going down", "deferred", True, 1),
        ("dot", "drop", "doubt", True, 1),
        ("dot", "take, drop", "doubt", True, 1),
        ("dot", "take, garbage", "doubt", True, 1),
        ("dot", "late 0.2", "sent", False, 1),
    ],
)
@pytest.mark.parametrize("extensions", [(), ("PIPELINING", "SIZE 10000000")])
def test_what_becomes_of_a_message(event, action, state, servers, dots, extensions):
    with ScriptedServer(at(event, action), extensions).running() as server:
        outcome, announced = offer_once(server, MESSAGE + b"more\r\n" * 999)

    assert (outcome.state, outcome.server) == (state, servers)
    assert announced == dots
    if action[:3].isdigit():
        assert outcome.reply == action


def test_a_server_that_left_before_the_final_dot_leaves_no_doubt():
    server = ScriptedServer(at("body", "drop"))
    with server.running(), Smtp(settings(server)).open() as session:
        outcome = session.offer(SENDER, READER, MESSAGE, lambda: server.hung_up.wait(10))

    assert (outcome.state, outcome.server) == ("deferred", True)


def test_no_answer_to_the_final_dot_is_doubt(monkeypatch):
    monkeypatch.setattr(module, "DOT_TIMEOUT_S", 0.2)

    with ScriptedServer(at("dot", "late 1")).running() as server:
        outcome, _ = offer_once(server)

    assert outcome.state == "doubt"
    assert "timed out" in outcome.reply


def test_one_connection_serves_many_messages_also_after_a_refusal():
    def script(event, recipient):
        return "550 5.1.1 unknown" if (event, recipient) == ("rcpt", "r1@example.org") else None

    with ScriptedServer(script).running() as server, Smtp(settings(server)).open() as session:
        states = [
            session.offer(SENDER, f"r{n}@example.org", MESSAGE, Dots()).state for n in range(4)
        ]

    assert states == ["sent", "refused", "sent", "sent"]
    assert server.connections == 1


def test_a_dropped_connection_is_made_again_for_the_next_message():
    drops = iter(["take, drop", None, None])

    def script(event, _recipient):
        return next(drops) if event == "dot" else None

    with ScriptedServer(script).running() as server, Smtp(settings(server)).open() as session:
        states = [
            session.offer(SENDER, f"r{n}@example.org", MESSAGE, Dots()).state for n in range(3)
        ]

    assert states == ["doubt", "sent", "sent"]
    assert [recipient for recipient, _ in server.taken] == [f"r{n}@example.org" for n in range(3)]


def test_a_reply_nobody_asked_for_is_not_taken_for_the_next_answer():
    """The first message is accepted with an extra 250; the second is refused, and must not pass."""
    answers = iter(["extra", "550 5.7.1 no"])

    def script(event, _recipient):
        return next(answers) if event == "dot" else None

    with ScriptedServer(script).running() as server, Smtp(settings(server)).open() as session:
        first = session.offer(SENDER, "r1@example.org", MESSAGE, Dots())
        second = session.offer(SENDER, "r2@example.org", MESSAGE, Dots())

    assert (first.state, second.state) == ("sent", "refused")
    assert len(server.taken) == 1


def test_an_extra_reply_after_data_is_not_taken_for_an_acceptance():
    def script(event, _recipient):
        return {"data": "extra", "dot": "550 5.7.1 no"}.get(event)

    with ScriptedServer(script).running() as server:
        outcome, dots = offer_once(server)

    assert outcome.state == "deferred"
    assert dots == 0
    assert server.taken == []


def test_what_before_dot_raises_passes_through_and_nothing_is_taken():
    class LeftError(Exception):
        pass

    def leave():
        raise LeftError

    with ScriptedServer().running() as server, Smtp(settings(server)).open() as session:
        with pytest.raises(LeftError):
            session.offer(SENDER, READER, MESSAGE, leave)
        assert session.offer(SENDER, "next@example.org", MESSAGE, Dots()).state == "sent"

    assert [recipient for recipient, _ in server.taken] == ["next@example.org"]


@pytest.mark.parametrize("greeting", ["554 5.7.1 go away", "421 4.3.2 busy", "drop"])
def test_a_server_that_wants_none_of_us_is_the_servers_trouble(greeting):
    with (
        ScriptedServer(at("connect", greeting)).running() as server,
        pytest.raises(TransportError, match=rf"127.0.0.1:{server.port}"),
        Smtp(settings(server)).open(),
    ):
        pass


def test_nobody_listening_is_the_servers_trouble():
    settings = SmtpSettings(host="127.0.0.1", port=free_port())
    with pytest.raises(TransportError, match="refused"), Smtp(settings).open():
        pass


def test_starttls_protects_the_mail_and_checks_the_name(tmp_path):
    ca, context = certificate(tmp_path)
    server = ScriptedServer(extensions=("STARTTLS",), tls=context)

    with server.running():
        outcome, _ = offer_once(server, host="localhost", security="starttls", ca_file=str(ca))

    assert outcome.state == "sent"
    assert server.seen[1].lower() == "starttls"


@pytest.mark.parametrize("name", ["localhost", "mail.example.com"])
def test_a_certificate_of_nobody_or_of_another_host_is_not_trusted(tmp_path, name):
    ca, context = certificate(tmp_path, name)
    server = ScriptedServer(extensions=("STARTTLS",), tls=context)
    known = {"ca_file": str(ca)} if name != "localhost" else {}

    with server.running(), pytest.raises(TransportError, match="cannot be trusted"):
        offer_once(server, host="localhost", security="starttls", **known)

    assert server.taken == []


def test_no_mail_goes_in_clear_where_starttls_was_stripped():
    server = ScriptedServer()
    with server.running(), pytest.raises(TransportError, match="offers no STARTTLS"):
        offer_once(server, security="starttls")

    assert not any(line.startswith("mail") for line in server.seen)


@pytest.mark.parametrize(
    ("host", "port", "protection"),
    [
        ("localhost", 25, "none"),
        ("127.0.0.1", 2525, "none"),
        ("::1", 25, "none"),
        ("mail.example.org", 587, "starttls"),
        ("mail.example.org", 25, "starttls"),
        ("mail.example.org", 465, "tls"),
        ("192.0.2.7", 25, "starttls"),
    ],
)
def test_only_a_server_on_this_machine_gets_mail_without_tls(host, port, protection):
    assert SmtpSettings(host=host, port=port).protection == protection


@pytest.mark.parametrize("way", ["file", "environment"])
def test_the_password_comes_from_a_file_or_the_environment(tmp_path, way):
    (tmp_path / "password").write_text("open sesame\n")
    how = (
        {"password_file": str(tmp_path / "password")}
        if way == "file"
        else {"password_env": "DESK_PASSWORD"}
    )
    server = ScriptedServer(extensions=("AUTH PLAIN",))

    with server.running():
        smtp = Smtp(settings(server, user="desk", **how), {"DESK_PASSWORD": "open sesame"})
        with smtp.open() as session:
            assert session.offer(SENDER, READER, MESSAGE, Dots()).state == "sent"

    assert "AUTH PLAIN AGRlc2sAb3BlbiBzZXNhbWU=" in server.seen


def test_a_refused_login_is_named_without_the_password():
    server = ScriptedServer(at("auth", "535 5.7.8 wrong"), extensions=("AUTH PLAIN",))

    with (
        server.running(),
        pytest.raises(TransportError) as caught,
        Smtp(settings(server, user="desk", password_env="P"), {"P": "open sesame"}).open(),
    ):
        pass

    assert "login refused: 535 5.7.8 wrong" in str(caught.value)
    assert "sesame" not in repr(caught.value)


def test_a_missing_password_is_named():
    server = ScriptedServer()
    with server.running(), pytest.raises(TransportError, match="no DESK_PASSWORD in the envir"):
        Smtp(settings(server, user="desk", password_env="DESK_PASSWORD"), {}).connect()


def test_settings_that_would_show_the_password_to_the_network_are_refused():
    with pytest.raises(SettingsError, match="password"):
        SmtpSettings(host="mail.example.org", security="none", user="desk", password_env="P")
    with pytest.raises(SettingsError, match="password_env"):
        SmtpSettings(user="desk")


def test_a_reply_of_control_characters_is_stored_as_one_printable_line():
    with ScriptedServer(
        at("rcpt", "550 5.1.1 no\x1b[31m\x07 such\tuser " + "x" * 900)
    ).running() as server:
        outcome, _ = offer_once(server)

    assert outcome.reply.startswith("550 5.1.1 no [31m such user xxx")
    assert outcome.reply.isprintable()
    assert len(outcome.reply) == 500


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_a_message_larger_than_any_buffer_arrives_byte_for_byte(tmp_path, security):
    ca, context = certificate(tmp_path)
    server = ScriptedServer(extensions=("STARTTLS",), tls=context)
    large = (MESSAGE, *(bytes([letter]) * 99_998 + b"\r\n" for letter in b"abcdefghijklm" * 4))

    with server.running():
        smtp = Smtp(settings(server, host="localhost", security=security, ca_file=str(ca)))
        with smtp.open() as session:
            outcome = waited(granted(session.offering(SENDER, READER, large)))

    assert outcome.state == "sent"
    assert server.taken == [(READER, b"".join(large))]


def granted(offering):
    """The same, with leave given at the dot."""
    step = next(offering)
    while True:
        try:
            step = offering.send(True if step is AT_DOT else (yield step))
        except StopIteration as end:
            return end.value
