"""The words of an article are the same whichever way they were won."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.plain import paragraphs, paragraphs_and_text, text_of, text_of_ours

TEXTS = st.lists(
    st.sampled_from(
        ["Words ", "&amp;", "<b>", "\n", "\n\n", "  ", "\t", "\xa0", "\xad", "\u0338", "\u2028",
         "\u202e", "é", "\x00", "\ufeff", " \n "]
    )
    | st.text(max_size=5),
    max_size=20,
).map("".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_text_made_into_paragraphs_has_the_words_of_its_html(text: str) -> None:
    body, words = paragraphs_and_text(text)

    assert body == paragraphs(text)
    assert words == text_of_ours(body)


@pytest.mark.parametrize(
    "body", ["<ul><li>One</li><li>Two</li></ul>", "<p>A &amp;amp; b</p><h2>C</h2><p>D<br>e</p>"]
)
def test_both_ways_to_the_words_agree(body: str) -> None:
    assert text_of_ours(body) == text_of(body)
