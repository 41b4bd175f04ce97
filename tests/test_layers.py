"""The pipeline runs one way: who may import whom, and who meets which library."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = {
    "articles": {"articles"},
    "feeds": {"feeds", "articles"},
    "newsletter": {"newsletter", "articles"},
    "scheduler": {"articles", "feeds", "newsletter", "newsdesk"},
    "newsdesk": {"newsdesk", "scheduler", "articles", "feeds", "newsletter"},
}
OURS = set(LAYERS)

#: Each library that others could replace is met in one place.
MET_IN = {
    "feedgen": ("feeds/",),
    "obstore": ("feeds/bucket.py",),
    "mjml": ("newsletter/render.py",),
    "jinja2": ("newsletter/render.py",),
    "apscheduler": ("scheduler.py",),
    "wordllama": ("articles/vectors.py",),
    "sqlite_utils": ("articles/database.py",),
    "nh3": ("articles/markup.py",),
    "isal": ("feeds/encodings.py",),
    "brotli": ("newsdesk/web/codings.py", "feeds/"),
    "starlette": ("newsdesk/web/",),
    "uvicorn": ("newsdesk/web/server.py", "newsdesk/web/protocol.py"),
    "babel": ("newsletter/words.py",),
    "cryptography": ("newsletter/dkim.py", "newsletter/signer_process.py"),
    "aiosmtpd": ("newsletter/inbound/lmtp.py",),
    "dns": ("newsletter/dns.py",),
    "flufl": ("newsletter/inbound/report.py",),
    "typer": ("newsdesk/",),
    "feedparser": ("articles/sources/",),
    "trafilatura": ("articles/sources/",),
    "yaml": ("articles/sources/markdown.py",),
    "markdown_it": ("articles/sources/markdown.py",),
}

#: Modules that decide and do not act.
PURE = (
    "articles/model.py",
    "articles/clean.py",
    "articles/characters.py",
    "articles/addresses.py",
    "articles/filing.py",
    "articles/moments.py",
    "articles/markup.py",
    "articles/elements.py",
    "articles/plain.py",
    "articles/writer.py",
    "articles/regions.py",
    "articles/stories.py",
    "articles/scoring.py",
    "articles/neighbourhood.py",
    "articles/linkage.py",
    "articles/hints.py",
    "articles/live.py",
    "articles/reconciliation.py",
    "articles/related.py",
    "feeds/model.py",
    "feeds/catalog.py",
    "feeds/content.py",
    "feeds/delta.py",
    "feeds/archives.py",
    "feeds/build.py",
    "feeds/encodings.py",
    "feeds/digest.py",
    "feeds/extension.py",
    "feeds/formats.py",
    "feeds/jsonfeed.py",
    "feeds/selections.py",
    "feeds/splice.py",
    "feeds/rss.py",
    "feeds/atom.py",
    "feeds/opml.py",
    "newsletter/edition.py",
    "newsletter/message.py",
    "newsletter/dkim.py",
    "newsletter/verp.py",
    "newsletter/spf.py",
    "newsletter/reputation.py",
    "newsletter/letter_words.py",
    "newsdesk/web/forms.py",
    "newsdesk/web/form_words.py",
    "newsletter/inbound/report.py",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "articles" / "sources").glob("*.py")),
)
CLOCKS = ("datetime.now", "datetime.utcnow", "date.today", "time.time")


def modules() -> list[Path]:
    packages = ("articles", "feeds", "newsletter", "newsdesk")
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return [ROOT / "scheduler.py", *found]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_data_flows_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    ours = {name.split(".")[0] for name in imports(path)} & OURS

    assert ours <= LAYERS[package] | {package}


def test_only_the_entry_of_scheduler_py_names_the_command_line() -> None:
    """`python scheduler.py` is `newsdesk run`; nothing else under newsdesk/ imports upwards."""
    tree = ast.parse((ROOT / "scheduler.py").read_text(encoding="utf-8"))
    above_main = [node for node in tree.body if not isinstance(node, ast.If)]

    names = {
        node.module
        for part in above_main
        for node in ast.walk(part)
        if isinstance(node, ast.ImportFrom)
    }

    assert not {name for name in names if name and name.split(".")[0] == "newsdesk"}


@pytest.mark.parametrize("library", MET_IN)
def test_a_library_is_met_in_one_place(library: str) -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if library in {name.split(".")[0] for name in imports(path)}
    }

    assert users, "nobody uses it: take it out of pyproject.toml"
    assert {user for user in users if not user.startswith(MET_IN[library])} == set()


@pytest.mark.parametrize("name", PURE)
def test_what_decides_reads_no_clock_and_no_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert [clock for clock in CLOCKS if clock in text] == []
    assert not imports(ROOT / name) & {"os", "sqlite3", "smtplib", "urllib.request", "subprocess"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_first_line_of_a_module_says_what_it_is(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]

    assert first.endswith(".")
