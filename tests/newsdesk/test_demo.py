"""`newsdesk demo`: what a newcomer sees first."""

from __future__ import annotations

import email
import email.policy
import sqlite3
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsdesk.demo import play

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo-desk"
    play.play(folder, NOW)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("store.db", "desk.lock"))
    }


def mails(desk: Path, address: str) -> list[EmailMessage]:
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (desk / "mail" / address / "new").iterdir()
    ]
    assert all(isinstance(each, EmailMessage) for each in found)
    return sorted(found, key=lambda each: each["date"].datetime)  # type: ignore[arg-type,return-value]


def words(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.slow
def test_three_readers_get_two_days_of_their_regions(desk: Path) -> None:
    boxes = sorted(path.name for path in (desk / "mail").iterdir())

    assert boxes == ["ada@example.org", "ben@example.com", "chloe@example.net"]
    for box in boxes:
        yesterday, today = mails(desk, box)
        assert (today["date"].datetime - yesterday["date"].datetime).days == 1
    assert "Bamako" not in words(mails(desk, "ada@example.org")[1], "plain")
    assert "Bamako" in words(mails(desk, "ben@example.com")[1], "plain").title()


@pytest.mark.slow
def test_who_was_mailed_the_wrong_figure_is_told_the_right_one(desk: Path) -> None:
    yesterday, today = (words(mail, "plain") for mail in mails(desk, "ada@example.org"))

    assert "CORRECTED" not in yesterday
    assert "CORRECTED SINCE WE WROTE" in today
    assert "Earlier in this story" in today


@pytest.mark.slow
def test_nobody_is_told_an_article_twice_but_for_its_correction(desk: Path) -> None:
    with sqlite3.connect(desk / "store.db") as db:
        told = db.execute(
            """
            SELECT subscriber_id, article, max(a.correction <> '') FROM deliveries d
            JOIN edition_articles a USING (edition_id)
            GROUP BY subscriber_id, article HAVING count(*) > 1
            """
        ).fetchall()
    db.close()

    assert told
    assert all(corrected for _, _, corrected in told)


@pytest.mark.slow
def test_a_second_run_changes_nothing_and_says_so(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(desk)

    play.play(desk, NOW.replace(hour=18))

    assert files(desk) == before
    assert capsys.readouterr().out.startswith("Nothing has changed in ")


@pytest.mark.slow
def test_the_next_day_the_demo_is_still_of_its_own_day(desk: Path) -> None:
    before = files(desk)

    play.play(desk, NOW.replace(day=29))

    assert files(desk) == before


@pytest.mark.slow
def test_pictures_of_a_preview_are_seen_without_a_network(desk: Path) -> None:
    page = (desk / "preview" / "digest.html").read_text(encoding="utf-8")

    assert 'src="../public/pictures/' in page
