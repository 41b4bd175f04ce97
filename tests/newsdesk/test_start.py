"""How little a command loads before it does anything: what a person who types it waits for."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdesk import setup

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

#: What takes a tenth of a second or more to load, and what it is for.
GROUPING = {"numpy"}
MAIL = {"jinja2", "mjml", "babel", "cryptography", "email_validator"}
LOG = {"structlog", "rich", "pygments"}
RUN = {"apscheduler", "uvicorn", "starlette", "aiosmtpd", "asyncio"}
IMPORT = {"trafilatura", "feedparser", "yaml", "markdown_it"}
FEEDS = {"feedgen", "lxml", "inscriptis"}

_LOADED = """
import sys
from newsdesk.cli import main
try:
    main({words!r})
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "useless"),
    [
        ("--help", GROUPING | MAIL | LOG | RUN | IMPORT | FEEDS | {"sqlite_utils"}),
        ("status", GROUPING | MAIL | LOG | RUN | IMPORT | FEEDS),
        ("publish", GROUPING | MAIL | LOG | RUN | IMPORT),
    ],
)
def test_a_command_loads_no_library_it_has_no_work_for(
    tmp_path: Path, command: str, useless: set[str]
) -> None:
    setup.make_desk(tmp_path, "The Meridian", "https://news.example.org/", NOW)

    assert not loaded(command, folder=tmp_path) & useless


def loaded(*words: str, folder: Path) -> set[str]:
    """The modules of a process that ran `newsdesk` with these words."""
    code = _LOADED.format(words=["-C", str(folder), *words])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())
