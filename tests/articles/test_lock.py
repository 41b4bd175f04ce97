"""One desk, one holder."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from articles.lock import HeldError, hold

HOLDER = """
import sys, time
from pathlib import Path
from articles.lock import hold
with hold(Path(sys.argv[1]), "newsdesk run"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_holds_the_desk(tmp_path: Path) -> None:
    lock = tmp_path / "desk.lock"

    with (
        hold(lock, "newsdesk run since 07:00"),
        pytest.raises(HeldError, match="held by newsdesk run since 07:00, process"),
        hold(lock, "newsdesk publish"),
    ):
        pass

    with hold(lock, "newsdesk publish"):
        pass


def test_the_desk_is_free_the_moment_its_holder_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "desk.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, lock],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(HeldError), hold(lock, "newsdesk publish"):
        pass

    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()

    with hold(lock, "newsdesk publish"):
        pass
