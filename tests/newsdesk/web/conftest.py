"""A newsroom with two articles in its feeds, and a client of its server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import httpx
import pytest

from tests.newsdesk.web.newsroom import SITE, Newsroom, article


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test has a copy."""
    root = tmp_path_factory.mktemp("newsroom")
    room = Newsroom(root, SITE)
    room.put(
        article("Port reopens", 1, ("syria", "middle-east", "all"), hours_ago=5),
        article("Fuel convoy arrives", 2, ("mali", "sahel", "all"), hours_ago=3),
    )
    room.publish()
    return root


@pytest.fixture
def newsroom(published: Path, tmp_path: Path) -> Newsroom:
    return Newsroom(copytree(published, tmp_path / "newsroom", symlinks=True), SITE)


@pytest.fixture(scope="session")
def client(published: Path) -> Iterator[httpx.Client]:
    """Of a newsroom that no test changes."""
    with Newsroom(published, SITE).serve() as client:
        yield client


@pytest.fixture
def live(newsroom: Newsroom) -> Iterator[httpx.Client]:
    """Of a newsroom of the test's own."""
    with newsroom.serve() as client:
        yield client
