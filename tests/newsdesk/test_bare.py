"""Lines of a file as articles without a desk: only words are read, and an error names its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from articles.markup import MARKUP_MAX
from newsdesk import bare


def lines(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_only_the_words_of_a_body_are_read(tmp_path: Path) -> None:
    body = "<p>Aid for <b>Syria</b></p><script>var place = 'Peru'</script><noscript>Chad</noscript>"

    (found,) = bare.read(lines(tmp_path, {"id": "1", "title": "T", "body_html": body}))

    assert found.article.body_text == "Aid for Syria"


def test_a_body_given_as_text_goes_before_its_html(tmp_path: Path) -> None:
    row = {"id": "1", "title": "T", "body_text": "Text", "body_html": "<p>HTML</p>"}

    (found,) = bare.read(lines(tmp_path, row))

    assert found.article.body_text == "Text"


def test_a_body_past_its_limit_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = lines(tmp_path, {"id": "1"}, {"id": "2", "body_html": "<p>" + "x" * MARKUP_MAX})

    with pytest.raises(bare.FileError, match=r"articles\.jsonl: line 2: .*the limit is"):
        list(bare.read(path))
