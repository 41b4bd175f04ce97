"""MJML compiled away once, and the same page as with MJML each time."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import skeleton
from newsletter.model import Edition
from newsletter.render import TEMPLATES, render
from tests.newsletter import editions
from tests.newsletter.editions import NEWSLETTER, PAGE, Newsroom


def long_day() -> Edition:
    room = Newsroom()
    for number in range(80):
        room.write(f"Story {number}", standfirst="It has words.", regions=("syria",))
    return room.edition(minutes=10)


def wordless_day() -> Edition:
    room = Newsroom()
    room.write("No page, no picture", url=None)
    room.write("Pictured, without a page", url=None, image=editions.CHART, hours_ago=1)
    return room.edition()


DAYS = {
    "ordinary": editions.ordinary_day,
    "quiet": editions.quiet_day,
    "corrections": editions.corrections_alone,
    "arabic": editions.arabic_day,
    "long": long_day,
    "wordless": wordless_day,
}
#: MJML writes it only where there is a picture; in a skeleton there may always be one.
PICTURE_STYLE = re.compile(r"@media only screen and \(max-width:479px\).*?(</style>)", re.DOTALL)


def seen(page: str) -> str:
    """The page as a browser reads it: blanks between elements say nothing."""
    page = PICTURE_STYLE.sub(r"\1", page)
    page = page.replace('<style type="text/css"></style>', "")
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", page)).replace(
        '<style type="text/css"></style>', ""
    )


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("brand", [{}, {"logo": "https://news.example.org/l.png"}])
def test_a_page_by_the_skeleton_is_the_page_by_mjml(tmp_path: Path, name: str, brand) -> None:
    edition, newsletter = DAYS[name](), replace(NEWSLETTER, **brand)
    shutil.copytree(TEMPLATES, tmp_path / "own")  # an operator's templates go by MJML each time

    ours = render(edition, newsletter, web_url=PAGE)
    theirs = render(edition, replace(newsletter, templates=tmp_path / "own"), web_url=PAGE)

    assert seen(ours.html) == seen(theirs.html)
    assert "njdk" not in ours.html


def test_included_templates_are_joined_in_place() -> None:
    files = {"a": "1 {% include 'b' %}\n2", "b": '[{% include "c" %}]', "c": "3"}

    assert skeleton.joined(files["a"], files.__getitem__) == "1 [3]2"


def test_every_tag_comes_back_where_it_was() -> None:
    source = (
        '<mj-section padding="0">{% for x in xs %}<mj-text css-class="{{ x }}">{{ x }}'
        '<p{{ y }} class="{{ z }}">{# said aside #}</p></mj-text>{% endfor %}</mj-section>'
    )

    marked, tags = skeleton.marked(source, lambda _: None)

    assert "{" not in marked
    assert marked.count("<mj-raw>") == 2
    back = skeleton.restored(marked, tags).replace("<mj-raw>", "").replace("</mj-raw>", "")
    assert back.replace("<p {{", "<p{{") == source.replace("{# said aside #}", "")


def test_what_mjml_computes_with_is_put_in_before_it_reads_it() -> None:
    marked, tags = skeleton.marked(
        '<mj-text align="{{ side }}">{{ side }}', {"{{ side }}": "left"}.get
    )

    assert marked == '<mj-text align="left">njdk0e'
    assert tags == ["{{ side }}"]
