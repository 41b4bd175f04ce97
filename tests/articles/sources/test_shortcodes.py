"""What WordPress editors wrote becomes the HTML their theme made of it."""

from __future__ import annotations

import pytest

from articles import markup
from articles.sources import shortcodes


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        ("One.\r\n\r\n<h2>Two</h2>\r\n\r\nThree.", "<p>One.</p><h2>Two</h2><p>Three.</p>"),
        ("<!-- wp:paragraph -->\n<p>One\ntwo.</p>\n<!-- /wp:paragraph -->", "<p>One two.</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("He said [sic] so [1] and [...] [citation needed].",
         "<p>He said [sic] so [1] and [...] [citation needed].</p>"),
        ("[vc_row][vc_column width=\"1/2\"]Words.[/vc_column][/vc_row]", "<p>Words.</p>"),
        ("[dropcap]W[/dropcap]ords.", "<p>Words.</p>"),
        ("[contact-form-7 id=\"4\" title=\"Ask\"]", ""),
        ("Write [[gallery]] like that.", "<p>Write [gallery] like that.</p>"),
        ("See:\n\nhttps://video.example/4\n\nDone.",
         '<p>See:</p><p><a href="https://video.example/4" rel="noopener">https://video.example/4'
         "</a></p><p>Done.</p>"),
        ("[embed]https://video.example/4[/embed]",
         '<p><a href="https://video.example/4" rel="noopener">https://video.example/4</a></p>'),
        ("[audio mp3=\"https://a.example/4.mp3\"][/audio]",
         '<p><a href="https://a.example/4.mp3" rel="noopener">https://a.example/4.mp3</a></p>'),
        ("[caption id=\"a4\" width=\"300\"]<img src=\"https://a.example/4.jpg\" alt=\"A\" /> At <i>"
         "sea</i>.[/caption]", '<figure><img src="https://a.example/4.jpg" alt="A"><figcaption>At '
         "<i>sea</i>.</figcaption></figure>"),
    ],
)  # fmt: skip
def test_content_is_shown_as_its_theme_would(content: str, html: str) -> None:
    assert markup.html(shortcodes.html(content)) == html


def test_a_gallery_is_its_pictures() -> None:
    shown = shortcodes.html('Before.\n\n[gallery ids="3,4"]', lambda n: f"<figure>{n}</figure>")

    assert "<figure>3</figure><figure>4</figure>" in shown
