"""[[source]] of newsdesk.toml in, standing sources out, or what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from articles.addresses import web_address
from articles.standing.model import Kind, Source

#: How often a feed is asked. Folders and databases of ours are looked at in each sweep.
FOLLOW_EVERY = timedelta(minutes=30)


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[source]]: where articles come from by themselves. One of three kinds."""

    follow: str = ""  # a feed's address
    watch: str = ""  # a folder
    database: str = ""  # another program's SQLite file
    query: str = ""  # its rows that are articles
    name: str = ""  # the host's, the folder's or the file's, unless said
    url: str = ""  # the site's address, for relative ones
    map: dict[str, str] = {}  # field = column
    every_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] | None = None
    missing: Literal["keep", "withdraw"] = "keep"  # what becomes of rows that are gone


def source(said: SourceSettings, folder: Path) -> Source:
    """The source as it is looked at; paths are below the desk's folder."""
    kind: Kind
    if said.follow:
        kind, place = "follow", said.follow
        name = urlsplit(said.follow).hostname or said.follow
    elif said.watch:
        kind, place, name = "watch", str(folder / said.watch), Path(said.watch).name
    else:
        kind, place, name = "database", str(folder / said.database), Path(said.database).stem
    every = FOLLOW_EVERY if kind == "follow" else timedelta()
    return Source(
        name=said.name or name,
        kind=kind,
        place=place,
        every=timedelta(minutes=said.every_minutes) if said.every_minutes else every,
        url=said.url,
        query=said.query,
        names=said.map,
        missing=said.missing,
    )


def wrong(sources: Sequence[SourceSettings], folder: Path) -> str:
    """What is wrong with them, in one sentence; "" if nothing is."""
    return next(_wrongs(sources, folder), "")


def _wrongs(sources: Sequence[SourceSettings], folder: Path) -> Iterator[str]:
    names = set()
    for number, said in enumerate(sources, 1):
        where = f"source {number}"
        if bool(said.follow) + bool(said.watch) + bool(said.database) != 1:
            yield f"{where}: give one of follow, watch and database"
        if said.follow and web_address(said.follow) is None:
            yield f"{where}: follow = {said.follow!r} is no address; write https://host/feed"
        if bool(said.database) != bool(said.query):
            yield f"{where}: a database needs a query, and only it: query = 'SELECT ...'"
        if said.map:
            yield from _unknown(said, where)
        name = source(said, folder).name
        if name in names:
            yield f"{where}: a source is named {name!r} already; give it a name"
        names.add(name)


def _unknown(said: SourceSettings, where: str) -> Iterator[str]:
    from articles.sources import fields  # brings the libraries of all formats

    for field in said.map.keys() - fields.NAMES.keys():
        yield f"{where}: map.{field} is no field; known are {', '.join(fields.NAMES)}"
