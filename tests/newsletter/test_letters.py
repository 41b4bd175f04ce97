from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from newsletter import dkim, letters, signup, tokens
from newsletter.letter_words import LETTERS
from newsletter.signup import Consent
from newsletter.transport.maildir import Maildir
from newsletter.transport.smtp import Smtp, SmtpSettings
from newsletter.wishes import checked, resolver
from tests.newsletter.mail_desk import MORNING, NEWSLETTER, SECRETS, TABLE, Desk, replace
from tests.newsletter.transport.smtp_servers import ScriptedServer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    yield desk
    desk.store.close()


def ask(desk, address="reader@example.org", language="en"):
    wish = checked(address, resolver(TABLE), hour="07:00", time_zone="UTC", language=language)
    signup.ask(desk.store.db, wish, Consent(words="w", page="p"), now=MORNING)


def post(desk, transport, now=MORNING, **more):
    return letters.post(desk.store.db, transport, NEWSLETTER, SECRETS, lambda: now, **more)


def smtp(server):
    return Smtp(SmtpSettings(host="127.0.0.1", port=server.port))


def test_the_letter_has_one_link_that_confirms(desk, tmp_path):
    ask(desk)
    assert post(desk, Maildir(tmp_path / "mail")) == {"mailed": 1}

    (path,) = (tmp_path / "mail").rglob("new/*")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text = message.get_content()
    (link,) = [line for line in text.splitlines() if "/c/" in line]
    key = tokens.subscriber_of(SECRETS, link.rpartition("/")[2], tokens.CONFIRM)
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == "Please confirm: the digest of The Meridian"
    assert "48 hours" in text
    reader = signup.confirm(desk.store.db, key, MORNING + MINUTE)
    assert reader.address == "reader@example.org"


def test_who_reads_us_already_gets_a_link_to_their_preferences(desk, tmp_path):
    reader = desk.subscribe("reader@example.org")
    ask(desk)
    post(desk, Maildir(tmp_path / "mail"))

    (path,) = (tmp_path / "mail").rglob("new/*")
    text = message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
    assert tokens.preferences_url(NEWSLETTER, SECRETS, reader) in text.splitlines()


@pytest.mark.parametrize("language", LETTERS)
def test_every_language_says_it_whole(desk, language):
    ask(desk, language=language)
    signup.decide(desk.store.db, MORNING)
    (letter,) = signup.ready(desk.store.db, MORNING)
    for kind in ("confirm", "known"):
        raw = letters.message(
            replace(letter, letter=kind), NEWSLETTER, "https://news.example.org/x"
        )
        message = message_from_bytes(raw, policy=policy.default)
        text = message.get_content()

        assert message["Content-Language"] == language
        assert "The Meridian" in message["Subject"]
        assert "https://news.example.org/x" in text.splitlines()
        assert "{" not in text + message["Subject"]
        assert not message.defects
        assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_a_name_cannot_write_headers(desk):
    ask(desk)
    signup.decide(desk.store.db, MORNING)
    (letter,) = signup.ready(desk.store.db, MORNING)
    hostile = replace(NEWSLETTER, name="=?utf-8?q?=0D=0ABcc:_x@example.org?=\r\nBcc: y@example.org")

    raw = letters.message(letter, hostile, "https://news.example.org/x")

    message = message_from_bytes(raw, policy=policy.default)
    assert message["Bcc"] is None
    assert b"\nBcc" not in raw


def test_a_letter_put_off_is_tried_again_the_same_to_the_byte(desk):
    answers = iter(["451 later", "drop", None])
    server = ScriptedServer(lambda event, _to: next(answers) if event == "dot" else None)
    with server.running():
        ask(desk)
        assert post(desk, smtp(server)) == {"waiting": 1}
        assert post(desk, smtp(server)) == {}
        assert post(desk, smtp(server), MORNING + 2 * MINUTE) == {"waiting": 1}  # in doubt
        assert post(desk, smtp(server), MORNING + 10 * MINUTE) == {"mailed": 1}
    assert len({raw for _to, raw in server.offered}) == 1
    assert len(server.offered) == 3


def test_a_letter_nobody_takes_is_given_up(desk):
    server = ScriptedServer(lambda event, _to: "550 5.1.1 nobody" if event == "rcpt" else None)
    with server.running():
        ask(desk)
        assert post(desk, smtp(server)) == {"refused": 1}
        assert post(desk, smtp(server), MORNING + 60 * MINUTE) == {}


def test_letters_are_signed_like_digests(desk, tmp_path):
    ask(desk)
    key = dkim.generated("test", "example.org", "ed25519")
    post(desk, Maildir(tmp_path / "mail"), keys=(key,))

    (path,) = (tmp_path / "mail").rglob("new/*")
    assert path.read_bytes().startswith(b"DKIM-Signature: v=1; a=ed25519-sha256;")
