"""A table's rows are articles, whatever its columns are called."""

from __future__ import annotations

import pytest

from articles.model import Draft, LeftOut, Refusal
from articles.sources import table


def read(text: str | bytes, **names: str) -> list[Draft | Refusal | LeftOut]:
    data = text.encode() if isinstance(text, str) else text
    return list(table.read(data, url="https://courier.example/", names=names))


def test_columns_are_known_by_the_usual_names() -> None:
    (found,) = read(
        "ID,Headline,Excerpt,Content,Author,Published Date,Tags,Post Page URL,Cover Image\n"
        '7,Fog & ferries,Nobody sails.,"<p>Nine\nferries.</p>","A. Writer, B. Author",2026-11-20,'
        '"[""Sea"", ""Fog""]",/fog,https://courier.example/f.jpg\n'
    )

    assert found == Draft(
        source="https://courier.example/",
        source_key="7",
        url="https://courier.example/fog",
        title="Fog & ferries",
        standfirst="Nobody sails.",
        body_html="<p>Nine\nferries.</p>",
        authors=("A. Writer", "B. Author"),
        published_at="2026-11-20",
        tags=("Sea", "Fog"),
        image_url="https://courier.example/f.jpg",
    )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_columns_may_be_parted_by_other_marks(mark: str) -> None:
    (found,) = read(mark.join(("id", "title", "text")) + "\r\n" + mark.join("7TW"))

    assert isinstance(found, Draft)
    assert (found.title, found.body_text) == ("T", "W")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_save_in_other_encodings(encoding: str) -> None:
    (found,) = read("title,text\nCafé,“W”\n".encode(encoding))

    assert isinstance(found, Draft)
    assert (found.title, found.body_text) == ("Café", "“W”")


def test_a_column_may_be_named() -> None:
    (found,) = read("Überschrift,Inhalt\nT,W\n", title="Überschrift", body_text="inhalt")

    assert isinstance(found, Draft)
    assert (found.title, found.body_text) == ("T", "W")


@pytest.mark.parametrize(
    ("header", "names", "reason"),
    [
        ("email,First name", {}, "--map title=COLUMN"),
        ("title,text", {"title": "Headline"}, "no column 'Headline'"),
        ("title,text", {"titel": "title"}, "no field 'titel'"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(
    header: str, names: dict[str, str], reason: str
) -> None:
    (found,) = read(f"{header}\na,b\n", **names)

    assert isinstance(found, Refusal)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("column", "cell", "status"),
    [("status", "draft", "draft"), ("is_published", "FALSE", "draft"), ("draft", "true", "draft"),
     ("state", "Private", "withdrawn"), ("status", "publish", "published"),
     ("published", "2026-11-20", "published")],
)  # fmt: skip
def test_a_row_says_in_its_own_way_whether_it_is_published(
    column: str, cell: str, status: str
) -> None:
    (found,) = read(f"title,text,{column}\nT,W,{cell}\n")

    assert isinstance(found, Draft)
    assert found.status == status


def test_a_bad_row_does_not_cost_the_others() -> None:
    found = read("title,text\n,W\n\nT,W,more,cells\nU\n")

    assert [type(each) for each in found] == [Refusal, Draft, Draft]
    assert isinstance(found[0], Refusal)
    assert found[0].where == "line 2"


def test_an_unended_quotation_is_named() -> None:
    found = read('title,text\nT,W\nU,"' + "x" * (table.CELL_CHARS_MAX + 2))

    assert isinstance(found[-1], Refusal)
    assert "not CSV" in found[-1].reason
