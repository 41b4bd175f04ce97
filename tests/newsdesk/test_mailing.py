"""What newsdesk.toml says about mail is what a run of deliveries does."""

from __future__ import annotations

import stat

import dkim as dkimpy
import pytest

from articles.errors import NewsdeskError
from newsdesk import config, mailing
from newsdesk.config import ConfigError
from newsletter.dkim import Signer
from newsletter.transport.lmtp import Lmtp
from newsletter.transport.maildir import Maildir
from newsletter.transport.sendmail import Sendmail
from newsletter.transport.smtp import Smtp

SITE = '[site]\nname = "The Meridian"\nurl = "https://news.example.org/"\n'


def desk(folder, mail=""):
    (folder / "newsdesk.toml").write_text(SITE + mail)
    return config.load(folder)


def test_mail_goes_into_a_folder_until_a_server_is_named(tmp_path):
    (server,) = mailing.post(desk(tmp_path)).servers

    assert isinstance(server.transport, Maildir)
    assert (server.name, server.connections) == ("maildir", 1)


def test_several_servers_each_with_its_share(tmp_path):
    post = mailing.post(
        desk(
            tmp_path,
            '[mail]\nbounces = "bounces@example.org"\n[mail.domains]\n"example.com" = 600\n'
            '[[mail.servers]]\ntransport = "smtp"\nhost = "a.example.org"\nweight = 3\n'
            'per_minute = 900\nwarm_up = [200, 500]\nca_file = "ca.pem"\nhello = "desk.example"\n'
            '[[mail.servers]]\ntransport = "lmtp"\nhost = "/run/lmtp"\nname = "store"\n'
            '[[mail.servers]]\ntransport = "sendmail"\n',
        )
    )

    first, second, third = post.servers
    assert isinstance(first.transport, Smtp)
    assert (first.name, first.weight, first.per_minute) == ("a.example.org", 3, 900)
    assert first.warm_up == (200, 500)
    assert first.transport.settings.ca_file == str(tmp_path / "ca.pem")
    assert first.transport.settings.hello == "desk.example"
    assert isinstance(second.transport, Lmtp)
    assert second.name == "store"
    assert isinstance(third.transport, Sendmail)
    assert third.name == "sendmail"
    assert post.bounces == "bounces@example.org"
    assert post.domains == {"example.com": 600}


def test_two_servers_of_one_name_are_refused(tmp_path):
    at = '[[mail.servers]]\ntransport = "smtp"\nhost = "a.example.org"\nport = '

    with pytest.raises(ConfigError, match=r"two of mail\.servers are called 'a\.example\.org'"):
        mailing.post(desk(tmp_path, f"{at}25\n{at}2525\n"))


def test_new_keys_sign_when_the_settings_name_them(tmp_path):
    made = mailing.new_keys(desk(tmp_path), "2026nov")

    assert [key.selector for key in made] == ["2026nov-rsa", "2026nov-ed25519"]
    for path in (tmp_path / "dkim").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert mailing.post(desk(tmp_path)).keys == ()

    post = mailing.post(desk(tmp_path, '[mail]\ndkim = ["2026nov-rsa", "2026nov-ed25519"]\n'))
    message = Signer(post.keys).sign(b"From: digest@news.example.org\r\n\r\nHello.\r\n")
    records = {f"{key.record_name}.".encode(): key.record.encode() for key in made}
    assert dkimpy.DKIM(message).verify(0, dnsfunc=lambda name, timeout=5: records[name])
    assert dkimpy.DKIM(message).verify(1, dnsfunc=lambda name, timeout=5: records[name])


def test_keys_are_never_written_over(tmp_path):
    mailing.new_keys(desk(tmp_path), "2026nov")

    with pytest.raises(ConfigError, match="is there already"):
        mailing.new_keys(desk(tmp_path), "2026nov")


@pytest.mark.parametrize("selector", ["missing", "../secret", "UPPER"])
def test_a_selector_without_a_key_is_named(tmp_path, selector):
    with pytest.raises(NewsdeskError, match=selector):
        mailing.post(desk(tmp_path, f'[mail]\ndkim = ["{selector}"]\n'))
