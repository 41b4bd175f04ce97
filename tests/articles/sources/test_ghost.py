"""A Ghost export gives its public posts; what is for members stays with them."""

from __future__ import annotations

import json
from typing import Any

from articles.model import Draft, LeftOut, Refusal
from articles.sources import jsonfile

POST = {
    "id": "p1", "uuid": "0c1f", "title": "Fog & ferries", "slug": "fog", "status": "published",
    "visibility": "public", "type": "post", "custom_excerpt": "Nobody sails.",
    "html": '<p>Nine ferries. <a href="__GHOST_URL__/map/">Map</a></p>',
    "feature_image": "__GHOST_URL__/content/images/ferry.jpg",
    "published_at": "2026-11-20T07:00:00.000Z", "updated_at": "2026-11-20T09:00:00.000Z",
}  # fmt: skip


def read(*posts: dict[str, Any], **tables: Any) -> list[Draft | Refusal | LeftOut]:
    document = {"db": [{"meta": {"version": "5.9"}, "data": {"posts": posts} | tables}]}
    return list(jsonfile.read(json.dumps(document).encode(), url="https://courier.example/"))


def test_a_post_gives_all_it_says() -> None:
    found = read(
        POST,
        users=[{"id": 1, "name": "Ines Halvorsen"}, {"id": 2, "name": "B. Author"}],
        posts_authors=[
            {"post_id": "p1", "author_id": 2, "sort_order": 1},
            {"post_id": "p1", "author_id": 1, "sort_order": 0},
        ],
        tags=[{"id": "t1", "name": "Sea"}, {"id": "t2", "name": "#internal"}],
        posts_tags=[{"post_id": "p1", "tag_id": "t1"}, {"post_id": "p1", "tag_id": "t2"}],
        posts_meta=[{"post_id": "p1", "feature_image_alt": "A ferry",
                     "feature_image_caption": "At <i>anchor</i>."}],
        settings=[{"key": "locale", "value": "en"}],
    )  # fmt: skip

    assert found == [
        Draft(
            source="https://courier.example",
            source_key="0c1f",
            url="https://courier.example/fog/",
            title="Fog & ferries",
            standfirst="Nobody sails.",
            body_html='<p>Nine ferries. <a href="https://courier.example/map/">Map</a></p>',
            authors=("Ines Halvorsen", "B. Author"),
            language="en",
            published_at="2026-11-20T07:00:00.000Z",
            updated_at="2026-11-20T09:00:00.000Z",
            section="Sea",
            tags=("Sea",),
            image_url="https://courier.example/content/images/ferry.jpg",
            image_alt="A ferry",
            image_caption="At anchor.",
        )
    ]


def test_pages_mails_and_posts_for_members_are_left_out_and_counted() -> None:
    found = read(
        POST | {"type": "page"},
        POST | {"type": "", "page": 1},
        POST | {"status": "sent"},
        POST | {"visibility": "paid"},
    )

    kinds = [each.what for each in found if isinstance(each, LeftOut)]
    assert kinds == ["page", "page", "post sent by mail only", "post for members"]


def test_the_public_beginning_of_a_post_for_members_is_an_article() -> None:
    html = "<p>For all.</p><!--members-only--><p>Secret.</p>"

    (found,) = read(POST | {"visibility": "members", "html": html})

    assert isinstance(found, Draft)
    assert found.body_html == "<p>For all.</p>"


def test_drafts_are_drafts_and_scheduled_posts_wait_for_their_hour() -> None:
    states = [read(POST | {"status": status})[0] for status in ("draft", "scheduled")]

    assert [each.status for each in states if isinstance(each, Draft)] == ["draft", "published"]


def test_boxes_that_ask_for_something_go() -> None:
    box = '<div class="kg-card kg-signup-card"><div>Sign up<form><input></form></div></div>'

    (found,) = read(POST | {"html": f"<p>One.</p>{box}<p>Two.</p>"})

    assert isinstance(found, Draft)
    assert "Sign up" not in found.body_html
    assert found.body_html.endswith("<p>Two.</p>")


def test_odd_tables_cost_nobody_anything() -> None:
    (found, refused) = read(
        POST, {"title": None}, users=3, tags=[4], posts_tags=[{"post_id": "p1", "sort_order": "x"}]
    )

    assert isinstance(found, Draft)
    assert isinstance(refused, Refusal)


def test_posts_of_wordpress_rest_are_articles_too() -> None:
    post = {
        "id": 4, "date": "2026-11-20T08:00:00", "date_gmt": "2026-11-20T07:00:00", "type": "post",
        "modified_gmt": "2026-11-20T09:00:00", "status": "publish",
        "guid": {"rendered": "https://courier.example/?p=4"},
        "link": "https://courier.example/fog/", "title": {"rendered": "Fog &#038; ferries"},
        "content": {"rendered": "<p>Nine ferries.</p>", "protected": False},
        "excerpt": {"rendered": "<p>Nobody sails.</p>"},
        "_embedded": {
            "author": [{"name": "Ines Halvorsen"}],
            "wp:featuredmedia": [{"source_url": "https://courier.example/f.jpg", "alt_text": "A",
                                  "caption": {"rendered": "<p>At anchor.</p>"}}],
            "wp:term": [[{"taxonomy": "category", "name": "Sea"}],
                        [{"taxonomy": "post_tag", "name": "Fog"}]],
        },
    }  # fmt: skip

    found = list(jsonfile.read(json.dumps([post, post | {"type": "page"}]).encode()))

    assert found == [
        Draft(
            source="https://courier.example/",
            source_key="https://courier.example/?p=4",
            url="https://courier.example/fog/",
            title="Fog & ferries",
            standfirst="Nobody sails.",
            body_html="<p>Nine ferries.</p>",
            authors=("Ines Halvorsen",),
            published_at="2026-11-20T07:00:00Z",
            updated_at="2026-11-20T09:00:00Z",
            section="Sea",
            tags=("Sea", "Fog"),
            image_url="https://courier.example/f.jpg",
            image_alt="A",
            image_caption="At anchor.",
        ),
        LeftOut(what="page"),
    ]
