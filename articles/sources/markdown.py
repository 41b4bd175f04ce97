"""A Markdown or HTML file with front matter (YAML or TOML) in, a draft out. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache

import yaml
from markdown_it import MarkdownIt

from articles.model import Draft, Refusal
from articles.sources import fields
from articles.sources.jsonl import FieldError

#: Front matter is a dozen lines; more of it is something else.
FRONT_MATTER_MAX = 65_536
#: Five books' worth of chapters; brackets alone take the parser 17 µs each.
CHARS_MAX = 262_144

_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?\n)??(?:\1|\.\.\.)[ \t]*(?:\n|$)", re.S)
#: Site generators put the date into the file's name: 2026-11-20-ferries.md.
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
_HEADING = re.compile(r"\s*(?:#[ \t]+([^\n]+?)[ \t#]*|([^\n]+)\n=+[ \t]*)(?:\n|$)")


def read(data: bytes, *, name: str, url: str = "", published: str = "") -> Draft | Refusal:
    """The article of one file. `name` is the file's: its date and, without an id, its identity."""
    try:
        words = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Refusal(where="", reason=f"not UTF-8 at byte {error.start + 1}; save it as UTF-8")
    if len(words) > CHARS_MAX:
        return Refusal(where="", reason=f"over {CHARS_MAX:,} characters long: shorten it")
    try:
        matter, body = front_matter(words)
        return _draft(matter, body, name, url, published)
    except FieldError as error:
        return Refusal(where="", reason=str(error))


def front_matter(words: str) -> tuple[dict[str, object], str]:
    """(the values before the text, the text).

    Raises:
        FieldError: they are not YAML (between ---) or TOML (between +++).
    """
    found = _FRONT.match(words)
    if not found:
        return {}, words
    raw, kind = found[2] or "", "TOML" if found[1] == "+++" else "YAML"
    if len(raw) > FRONT_MATTER_MAX:
        raise FieldError(f"front matter over {FRONT_MATTER_MAX:,} characters; shorten it")
    try:
        values = tomllib.loads(raw) if kind == "TOML" else yaml.load(raw, _Plain)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        said = " ".join(str(error).split())[:200]
        raise FieldError(f"the front matter is not {kind} ({said})") from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise FieldError("the front matter is not a list of `name: value` lines")
    return {str(key): value for key, value in values.items()}, words[found.end() :]


class _Plain(yaml.SafeLoader):
    """YAML without references: ten lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*name) are not read; write the value itself")
        return super().compose_node(parent, index)


def _draft(matter: dict[str, object], body: str, name: str, url: str, published: str) -> Draft:
    stem = re.sub(r"(\.gz)?$", "", name).rpartition(".")[0] or name
    dated = _DATED.fullmatch(stem)
    known = {fields.normal(key) for key in matter}
    values: dict[str, object] = dict(matter)
    if not known & set(fields.NAMES["title"]) and (heading := _HEADING.match(body)):
        values["title"], body = heading[1] or heading[2], body[heading.end() :]
    if not known & {*fields.NAMES["published_at"]} - {"published"}:
        values["date"] = dated[1] if dated else published
    if not known & {*fields.NAMES["source_key"], "url", "permalink"}:
        values["id"] = matter.get("slug") or (dated[2] if dated else stem)
    is_html = name.lower().removesuffix(".gz").endswith((".html", ".htm"))
    values["body_html"] = body if is_html else html(body)
    return fields.draft(values, source="", url=url)


def html(words: str) -> str:
    """CommonMark with tables and strikethrough as HTML, not yet clean: the border does that."""
    return str(_parser().render(words))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
