from __future__ import annotations

import pytest

from newsletter.inbound.maildir import MailboxError, MaildirBox


@pytest.fixture
def box(tmp_path):
    (tmp_path / "new").mkdir()
    for n in range(3):
        (tmp_path / "new" / f"{n}.host").write_bytes(b"Subject: %d\r\n\r\n" % n)
    return MaildirBox(tmp_path)


def test_new_messages_are_handed_over_in_order_and_then_seen(box):
    taken: list[bytes] = []

    assert box.drain(taken.append, 2) == 2
    assert box.drain(taken.append, 10) == 1
    assert box.drain(taken.append, 10) == 0
    assert taken == [b"Subject: %d\r\n\r\n" % n for n in range(3)]
    assert [path.name for path in sorted((box.folder / "cur").iterdir())] == [
        f"{n}.host:2,S" for n in range(3)
    ]


def test_what_was_not_acted_on_stays_new(box):
    def fails(_raw: bytes) -> None:
        raise RuntimeError("the store is gone")

    with pytest.raises(RuntimeError):
        box.drain(fails, 10)
    assert box.drain(lambda _raw: None, 10) == 3


def test_a_folder_that_is_no_maildir_is_named(tmp_path):
    with pytest.raises(MailboxError, match="nowhere"):
        MaildirBox(tmp_path / "nowhere").drain(lambda _raw: None, 10)
