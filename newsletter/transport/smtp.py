"""Where a mail server is in, connections to it that are ready for mail out. Network.

TLS unless the server is on this machine; a password never goes in clear, and is in no message.
"""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from articles.errors import NewsdeskError
from newsletter import password
from newsletter.password import PasswordError
from newsletter.transport.line import SEND_BUFFER_BYTES
from newsletter.transport.protocol import Transport, TransportError
from newsletter.transport.smtp_session import SmtpSession, words

Security = Literal["auto", "starttls", "tls", "none"]

#: A server that does not take a connection within this is not there.
CONNECT_TIMEOUT_S = 30

#: The port of SMTP that is TLS from its first byte (RFC 8314).
SUBMISSIONS_PORT = 465


class SettingsError(NewsdeskError):
    """The mail server's settings contradict each other; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where the mail server is and how to talk to it. Holds the names of secrets, never secrets."""

    host: str = "localhost"
    port: int = 25
    security: Security = "auto"  # TLS, but for a server on this machine
    user: str = ""
    password_env: str = ""  # the environment variable with the password,
    password_file: str = ""  # or the file
    ca_file: str = ""  # who signed the server's certificate, if nobody this machine knows
    hello: str = ""  # our name in EHLO; "" is this machine's

    def __post_init__(self) -> None:
        if self.user and not (self.password_env or self.password_file):
            raise SettingsError("mail: a user but no password_env or password_file")
        if self.user and self.protection == "none" and not self.is_local:
            raise SettingsError(
                f"mail: security is none, so {self.host} would get the password bare"
            )

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine: nobody in between can listen."""
        if self.host == "localhost" or self.host.startswith("/"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def protection(self) -> Literal["starttls", "tls", "none"]:
        """What "auto" comes to."""
        if self.security != "auto":
            return self.security
        if self.port == SUBMISSIONS_PORT:
            return "tls"
        return "none" if self.is_local else "starttls"


class Smtp(Transport):
    """A mail server as a transport."""

    def __init__(
        self, settings: SmtpSettings, environment: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings
        self._environment = os.environ if environment is None else environment

    def session(self) -> SmtpSession:
        """A connection to be made, protected and logged in when it is used.

        No password is in the words of the `TransportError` when that fails.
        """
        return SmtpSession(self.connect)

    def connect(self) -> smtplib.SMTP:
        """A connection that is ready for MAIL."""
        where = f"{self.settings.host}:{self.settings.port}"
        try:
            smtp = self._greeted()
        except ssl.SSLError as error:
            raise TransportError(f"{where}: its TLS cannot be trusted: {error}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(f"{where}: {words(error)}") from error
        try:
            # The dot goes in a packet of its own: without this it waits for the body's ACK, which
            # receivers delay by 40 ms (measured: 19 messages a second instead of 104).
            assert smtp.sock is not None
            smtp.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if smtp.sock.family != socket.AF_UNIX:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._introduce(smtp, where)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greeted(self) -> smtplib.SMTP:
        settings = self.settings
        address, hello = (settings.host, settings.port), settings.hello or None
        if settings.protection == "tls":
            return smtplib.SMTP_SSL(*address, hello, timeout=CONNECT_TIMEOUT_S, context=self._tls())
        return smtplib.SMTP(*address, hello, timeout=CONNECT_TIMEOUT_S)

    def _introduce(self, smtp: smtplib.SMTP, where: str) -> None:
        settings = self.settings
        try:
            smtp.ehlo_or_helo_if_needed()
            if settings.protection == "starttls":
                if not smtp.has_extn("starttls"):
                    # Somebody in between may have taken the word away: no mail goes in clear.
                    raise TransportError(f"{where} offers no STARTTLS; mail does not go in clear")
                smtp.starttls(context=self._tls())
                smtp.ehlo()
            if settings.user:
                smtp.login(settings.user, self._password())
        except smtplib.SMTPAuthenticationError as error:
            raise TransportError(f"{where}: login refused: {words(error)}") from None
        except ssl.SSLError as error:
            raise TransportError(f"{where}: its TLS cannot be trusted: {error}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(f"{where}: {words(error)}") from error

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.settings.ca_file or None)
        except OSError as error:
            raise TransportError(f"ca_file {self.settings.ca_file}: {error}") from error

    def _password(self) -> str:
        said = self.settings
        try:
            return password.read(said.password_file, said.password_env, self._environment)
        except PasswordError as error:
            raise TransportError(str(error)) from error
