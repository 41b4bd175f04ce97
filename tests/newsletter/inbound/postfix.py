"""A Postfix and a Dovecot of the test's own, in its folder, on 127.0.0.1. Needs root.

Postfix takes mail by SMTP, hands `@reader.example` to another SMTP server (the test's), and what
comes back for `bounces@news.example` to Dovecot by LMTP, to a Maildir, or to the test's own LMTP
server. Nothing of the machine's own mail set-up is read or changed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_WITHIN_S = 60.0

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = {folder}/etc
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.news.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
recipient_delimiter = +
smtp_host_lookup = native
smtpd_recipient_restrictions = permit_mynetworks, reject
transport_maps = inline:{{ {{reader.example = smtp:[127.0.0.1]:{next_hop}}},
  {{news.example = {returns}}} }}
bounce_queue_lifetime = 5s
maximal_queue_lifetime = {lifetime}
delay_warning_time = 0h
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
alias_maps =
alias_database =
local_recipient_maps =
biff = no
virtual_mailbox_base = /
virtual_mailbox_domains = news.example
virtual_mailbox_maps = static:{folder}/maildir/
virtual_minimum_uid = 100
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""

MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
recipient_delimiter = +
auth_username_format = %Ln
passdb {{
  driver = static
  args = password=a-password-of-the-test
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


@dataclass(frozen=True)
class MailServers:
    """Where they listen."""

    smtp: int
    imap: int
    maildir: Path
    log: Path
    config: Path

    def flush(self) -> None:
        """Try again at once what is put off."""
        subprocess.run(["postqueue", "-c", str(self.config), "-f"], check=True)

    def wait_for(self, words: str, within_s: float = 120.0) -> str:
        """The line of Postfix's log that has these words."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            text = self.log.read_text() if self.log.exists() else ""
            for line in text.splitlines():
                if words in line:
                    return line
            time.sleep(0.05)
        raise AssertionError(f"{words!r} not in the log:\n{text[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    folder: Path, *, next_hop: int, returns: str, lifetime: str = "1d"
) -> Iterator[MailServers]:
    """Both servers, until the block ends. `returns` is "dovecot", "maildir" or "lmtp:PORT"."""
    folder.chmod(0o755)
    for parent in folder.parents[:3]:  # pytest's folders are its user's alone
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    smtp, imap, lmtp = free_port(), free_port(), free_port()
    ways = {
        "dovecot": f"lmtp:inet:127.0.0.1:{lmtp}",
        "maildir": "virtual:",
    }
    way = ways.get(returns, f"lmtp:inet:127.0.0.1:{returns.partition(':')[2]}")
    with (
        _dovecot(folder / "dovecot", imap, lmtp),
        _postfix(folder / "postfix", smtp, next_hop, way, lifetime),
    ):
        for port in (smtp, imap):
            _wait_for_port(port)
        yield MailServers(
            smtp=smtp,
            imap=imap,
            maildir=folder / "postfix" / "maildir",
            log=folder / "postfix" / "log" / "postfix.log",
            config=folder / "postfix" / "etc",
        )


@contextmanager
def _postfix(folder: Path, port: int, next_hop: int, returns: str, lifetime: str) -> Iterator[None]:
    for name in ("etc", "queue", "data", "log", "maildir"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "maildir", "postfix", "postfix")
    owner = os.stat(folder / "maildir")
    (folder / "etc" / "main.cf").write_text(
        MAIN.format(
            folder=folder,
            next_hop=next_hop,
            returns=returns,
            lifetime=lifetime,
            uid=owner.st_uid,
            gid=owner.st_gid,
        )
    )
    (folder / "etc" / "master.cf").write_text(MASTER.format(port=f"127.0.0.1:{port}"))
    shutil.copy("/etc/postfix/postfix-files", folder / "etc" / "postfix-files")
    shutil.copy("/etc/postfix/dynamicmaps.cf", folder / "etc" / "dynamicmaps.cf")
    command = ["postfix", "-c", str(folder / "etc")]
    # Its daemons keep what they are given as stdout: a pipe would never end.
    with (folder / "log" / "out.log").open("wb") as out:
        subprocess.run([*command, "start"], check=True, stdout=out, stderr=out)
        try:
            yield
        finally:
            subprocess.run([*command, "stop"], check=True, stdout=out, stderr=out)


@contextmanager
def _dovecot(folder: Path, imap: int, lmtp: int) -> Iterator[None]:
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(parents=True)
    for name in ("mail", "home"):
        shutil.chown(folder / name, "dovecot", "dovecot")
    owner = os.stat(folder / "mail")
    config = folder / "dovecot.conf"
    config.write_text(
        DOVECOT.format(folder=folder, imap=imap, lmtp=lmtp, uid=owner.st_uid, gid=owner.st_gid)
    )
    with (folder / "out.log").open("wb") as out:
        server = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stdout=out, stderr=out)
    try:
        _wait_for_port(lmtp)
        yield
    finally:
        server.terminate()
        server.wait(START_WITHIN_S)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
