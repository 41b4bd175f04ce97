"""A desk's folder in, its settings out: newsdesk.toml read, checked and completed. Reads files.

Every setting has a default but the site's name and address. An unknown key is an error that names
the nearest known one: a misspelt setting that is ignored shows months later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from articles.errors import NewsdeskError
from articles.http import Client
from articles.model import Site
from articles.standing.model import Source
from feeds.selections import KINDS, Kind
from newsdesk import keys, standing
from newsletter.model import Fonts, Newsletter

FILE = "newsdesk.toml"

#: Beside it, where a newsroom has many regions and names of its own.
REGION_FILE = "regions.toml"


class ConfigError(NewsdeskError):
    """newsdesk.toml cannot be used; the message names the key and what to do."""


class SiteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[site]: the publication."""

    name: str
    url: str
    public_url: str = ""  # where public/ is served; the site's own address unless said
    description: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    home: str = ""  # ISO code of the country whose news is domestic; empty for a world site
    logo: str = ""  # a picture's address, for readers to show beside the feed's name
    hub: str | tuple[str, ...] = ""  # WebSub hubs to tell of news


class NewsletterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[newsletter]: the digest."""

    name: str = ""  # the site's name unless said
    sender: str = ""  # "digest@" the site's host unless said
    reply_to: str = ""
    postal_address: str = ""
    hour: str = "07:00"
    accent: Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#14506A"
    mark: Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#A6381E"
    fonts: Fonts = "paper"
    logo: str = ""  # an address, or a file in public/
    logo_dark: str = ""
    max_late_hours: Annotated[int, msgspec.Meta(ge=1, le=20)] = 6


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[mail], or one of several [[mail.servers]]: a way out."""

    name: str = ""  # as status and the ledger know it
    transport: Literal["maildir", "smtp", "lmtp", "sendmail"] = "maildir"
    host: str = "localhost"  # for lmtp also the path of a socket
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Literal["auto", "starttls", "tls", "none"] = "auto"
    username: str = ""
    password_env: str = ""  # the name of an environment variable
    password_file: str = ""  # or a file whose first line it is
    ca_file: str = ""  # who signed the server's certificate, if nobody this machine knows
    hello: str = ""  # our name in EHLO; this machine's unless said
    sendmail: str = "/usr/sbin/sendmail"  # the program, for that transport
    connections: Annotated[int, msgspec.Meta(ge=1, le=100)] = 4
    weight: Annotated[int, msgspec.Meta(ge=1)] = 1  # its share beside other servers
    per_minute: Annotated[int, msgspec.Meta(ge=0)] = 0  # messages; 0 is no limit
    warm_up: tuple[int, ...] = ()  # messages on its first, second, ... day


class MailSettings(ServerSettings, frozen=True, forbid_unknown_fields=True):
    """[mail]: how messages leave."""

    servers: tuple[ServerSettings, ...] = ()  # instead of the one above
    domains: dict[str, int] = {}  # receivers' domains: messages a minute
    dkim: tuple[str, ...] = ()  # selectors that sign; `newsdesk dkim new` makes their keys
    bounces: str = ""  # the mailbox that collects bounces; the sender's own unless said


class InboundSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[inbound]: where bounces, complaints and answers arrive. One of three ways, or none."""

    maildir: str = ""  # a Maildir that the mail server delivers into
    lmtp: str = ""  # "127.0.0.1:2424": where `run` takes them from the mail server
    imap_host: str = ""  # or a mailbox to read, over TLS
    imap_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 993
    imap_username: str = ""
    imap_password_env: str = ""  # the name of an environment variable
    imap_password_file: str = ""  # or a file whose first line it is
    imap_folder: str = "INBOX"
    imap_ca_file: str = ""  # who signed the server's certificate, if nobody this machine knows


class WebSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[web]: what is served, and to whom."""

    listen: str = ""  # "127.0.0.1:8080": where `run` serves them; not at all unless said
    url: str = ""  # where readers reach their pages; site.public_url unless said
    # Full answers to one address in the long run; 0 is no limit. Short ones (304) count a tenth.
    answers_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 300
    forwarded: str = ""  # "X-Forwarded-For": the field in which our proxy names its client
    renamed: dict[str, str] = {}  # feeds by their former names: redirected for good
    removed: tuple[str, ...] = ()  # names of feeds there are no more
    hub: bool = False  # be a WebSub hub: tell whoever asks of each change, by `run`


class PublishSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[publish]: where else public/ goes."""

    bucket: str = ""  # "s3://newsroom/desk": object storage that gets the same files
    endpoint: str = ""  # of a service that is not Amazon's
    region: str = ""
    key_env: str = "AWS_ACCESS_KEY_ID"  # the names of environment variables
    secret_env: str = "AWS_SECRET_ACCESS_KEY"  # noqa: S105, a name and no secret
    secret_file: str = ""  # or a file whose first line is the key and whose second the secret


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[network]: whom the desk may ask."""

    private_hosts: tuple[str, ...] = ()  # names that may lie on a private or loopback address


class FeedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[feeds]: which there are beside those of regions."""

    combinations: tuple[str, ...] = ()  # "middle-east+balkans-syria"
    kinds: tuple[Kind, ...] = KINDS


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of newsdesk.toml."""

    site: SiteSettings
    newsletter: NewsletterSettings = NewsletterSettings()
    mail: MailSettings = MailSettings()
    inbound: InboundSettings = InboundSettings()
    web: WebSettings = WebSettings()
    publish: PublishSettings = PublishSettings()
    network: NetworkSettings = NetworkSettings()
    source: tuple[standing.SourceSettings, ...] = ()
    feeds: FeedSettings = FeedSettings()
    regions: dict[str, tuple[str, ...]] = {}  # sets of countries of the operator's own, by slug
    places: dict[str, str | tuple[str, ...]] = {}  # names in articles, and the countries they mean
    labels: dict[str, str] = {}  # what the newsroom calls a region, by slug


class RegionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of regions.toml: the same three tables, where they are too long for the other."""

    regions: dict[str, tuple[str, ...]] = {}
    places: dict[str, str | tuple[str, ...]] = {}
    labels: dict[str, str] = {}


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk's folder: what lies where, and how it is set."""

    folder: Path
    settings: Settings

    @property
    def store(self) -> Path:
        return self.folder / "store.db"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def dkim(self) -> Path:
        return self.folder / "dkim"

    @property
    def lock(self) -> Path:
        return self.folder / "desk.lock"

    @property
    def site(self) -> Site:
        site = self.settings.site
        public_url = _folder_url(site.public_url or site.url)
        return Site(
            name=site.name,
            url=_folder_url(site.url),
            public_url=public_url,
            description=site.description,
            language=site.language,
            time_zone=site.time_zone,
            home=site.home or None,
            logo=site.logo or None,
            hubs=(*self.hubs, *((f"{public_url}hub",) if self.settings.web.hub else ())),
        )

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs of others that are told of news."""
        return _hubs(self.settings)

    @property
    def answers(self) -> bool:
        """Whether somebody answers readers' pages, as far as the settings say."""
        return bool(self.settings.web.listen or self.settings.web.url)

    @property
    def newsletter(self) -> Newsletter:
        site, chosen = self.site, self.settings.newsletter
        name = chosen.name or site.name
        mail_url = _folder_url(self.settings.web.url or site.public_url)
        return Newsletter(
            name=name,
            sender=chosen.sender or f"{name} <digest@{urlsplit(site.url).hostname}>",
            site_url=site.url,
            feeds_url=f"{mail_url}feeds/" if self.answers else f"{site.public_url}feeds.opml",
            mail_url=mail_url,
            postal_address=chosen.postal_address,
            reply_to=chosen.reply_to,
            language=site.language,
            time_zone=site.time_zone,
            hour=time.fromisoformat(chosen.hour),
            accent=chosen.accent,
            mark=chosen.mark,
            fonts=chosen.fonts,
            logo=urljoin(site.public_url, chosen.logo) if chosen.logo else "",
            logo_dark=urljoin(site.public_url, chosen.logo_dark) if chosen.logo_dark else "",
            archive_url=f"{site.public_url}editions/",
            subscribe_url=f"{mail_url}subscribe" if self.answers else "",
            max_late=timedelta(hours=chosen.max_late_hours),
            templates=next(filter(Path.is_dir, [self.folder / "templates"]), None),
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where articles come from by themselves."""
        return tuple(standing.source(each, self.folder) for each in self.settings.source)

    @property
    def http(self) -> Client:
        """How addresses that strangers gave are asked."""
        from newsdesk import __version__

        hosts = self.settings.network.private_hosts
        return Client(
            private_hosts=frozenset(host.lower().rstrip(".") for host in hosts),
            agent=f"newsdesk/{__version__} (+{self.site.url})",
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys of links and message ids, the one that signs first (newsdesk/keys.py)."""
        return keys.keys(self.folder)


def load(folder: Path) -> Desk:
    """Read the desk in `folder`.

    Raises:
        ConfigError: no newsdesk.toml there, or something in it cannot be used.
    """
    path = folder / FILE
    try:
        settings = _read(path, Settings)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no desk here; `newsdesk init` makes one, `-C DIR` picks another folder"
        ) from error
    _check(settings, path)
    if wrong := standing.wrong(settings.source, folder):
        raise ConfigError(f"{path}: {wrong}")
    return Desk(folder, _with_region_file(settings, folder / REGION_FILE))


def _read(path: Path, struct: type[_Struct]) -> _Struct:
    """A file of settings, checked.

    Raises:
        FileNotFoundError: it is not there.
        ConfigError: something in it cannot be used.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        if isinstance(values.get("source"), dict):  # [source] for one alone
            values["source"] = [values["source"]]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    _refuse_unknown(values, struct, str(path), "")
    try:
        return msgspec.convert(values, struct)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_plain(str(error))}") from error


def _with_region_file(settings: Settings, path: Path) -> Settings:
    """The settings, and what the file beside them adds."""
    try:
        more = _read(path, RegionFile)
    except FileNotFoundError:
        return settings
    added = {}
    for table in RegionFile.__struct_fields__:
        here, there = getattr(settings, table), getattr(more, table)
        if twice := sorted(here.keys() & there.keys()):
            raise ConfigError(
                f"{path}: {table}.{twice[0]} stands in {FILE} too; take one of the two out"
            )
        added[table] = here | there
    return msgspec.structs.replace(settings, **added)


def shown(settings: Settings) -> str:
    """The settings as they are in force, defaults included, as TOML. No secret is among them."""
    lines: list[str] = []
    for section, values in _sections(settings):
        lines.append(section)
        lines += [f"{_toml_key(key)} = {_toml(value)}" for key, value in values.items()]
        lines.append("")
    return "\n".join(lines)


def _sections(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    for section, values in msgspec.to_builtins(settings).items():
        if isinstance(values, dict):
            yield f"[{section}]", values
        else:
            for each in values:
                said = {key: value for key, value in each.items() if value not in ("", None, {})}
                yield f"[[{section}]]", said


def _refuse_unknown(values: Mapping[str, Any], struct: type, path: str, section: str) -> None:
    known = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in values.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise ConfigError(f"{path}: unknown key {section + key!r}: {hint}")
        inner = known[key]
        if (
            isinstance(value, dict)
            and isinstance(inner, type)
            and issubclass(inner, msgspec.Struct)
        ):
            _refuse_unknown(value, inner, path, f"{section}{key}.")


def _check(settings: Settings, path: Path) -> None:
    """What types cannot say."""
    for key, url in (
        ("site.url", settings.site.url),
        ("site.public_url", settings.site.public_url),
        ("site.logo", settings.site.logo),
        *(("site.hub", hub) for hub in _hubs(settings)),
        ("web.url", settings.web.url),
        ("publish.endpoint", settings.publish.endpoint),
    ):
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ConfigError(
                f"{path}: {key} = {url!r} is no web address; write https://news.example.org/"
            )
    bucket = urlsplit(settings.publish.bucket)
    if settings.publish.bucket and (bucket.scheme != "s3" or not bucket.hostname):
        raise ConfigError(
            f"{path}: publish.bucket = {settings.publish.bucket!r} is no bucket; write"
            " s3://newsroom-feeds"
        )
    if not settings.site.url:
        raise ConfigError(f"{path}: site.url is empty; write https://news.example.org/")
    try:
        ZoneInfo(settings.site.time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"{path}: site.time_zone = {settings.site.time_zone!r} is unknown; write Europe/Berlin"
        ) from error
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", settings.newsletter.hour):
        raise ConfigError(
            f"{path}: newsletter.hour = {settings.newsletter.hour!r} is no time of day; write 07:00"
        )
    for key, listen in (
        ("web.listen", settings.web.listen),
        ("inbound.lmtp", settings.inbound.lmtp),
    ):
        try:
            if listen:
                host_and_port(listen)
        except ConfigError as error:
            raise ConfigError(f"{path}: {key} = {error}") from error
    inbound = settings.inbound
    if sum(map(bool, (inbound.maildir, inbound.lmtp, inbound.imap_host))) > 1:
        raise ConfigError(f"{path}: inbound: choose one of maildir, lmtp and imap_host")
    if inbound.imap_host and not (
        inbound.imap_username and (inbound.imap_password_env or inbound.imap_password_file)
    ):
        raise ConfigError(
            f"{path}: inbound.imap_host needs imap_username, and imap_password_env or"
            " imap_password_file"
        )


def _hubs(settings: Settings) -> tuple[str, ...]:
    hub = settings.site.hub
    return tuple(filter(None, (hub,) if isinstance(hub, str) else hub))


def host_and_port(listen: str) -> tuple[str, int]:
    """`127.0.0.1:8080` or `[::1]:8080` in its parts.

    Raises:
        ConfigError: it is not of that shape.
    """
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})", listen)
    if match and int(match[3]) <= 65535:
        return match[1] or match[2], int(match[3])
    raise ConfigError(f"{listen!r} is no address to listen on; write 127.0.0.1:8080")


def _folder_url(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _plain(message: str) -> str:
    """msgspec's "... - at `$.mail.port`" with the key in front, as an operator reads it."""
    text, _, where = message.partition(" - at `$.")
    return f"{where.rstrip('`')}: {text}" if where else text


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: object) -> str:
    return msgspec.json.encode(value).decode()
