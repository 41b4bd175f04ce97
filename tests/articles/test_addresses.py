"""An address is absolute, safe in an attribute, and leads pictures into nobody's own network."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.addresses import URL_MAX, image_address, web_address
from tests.articles.border import BASE, article


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://news.example.org", "https://news.example.org/"),
        ("HTTPS://NEWS.EXAMPLE.ORG:443/X", "https://news.example.org/X"),
        ("http://news.example.org:8080/x", "http://news.example.org:8080/x"),
        ("//news.example.org/x", "https://news.example.org/x"),
        ("https://news.example.org/a b", "https://news.example.org/a%20b"),
        (" https://news.example.org/a\tb\n", "https://news.example.org/ab"),
        ("https://news.example.org/100%", "https://news.example.org/100%25"),
        (
            "https://news.example.org/%C3%A9?q=1&amp;#é",
            "https://news.example.org/%C3%A9?q=1&amp;#%C3%A9",
        ),
        ("https://bücher.example/ß", "https://xn--bcher-kva.example/%C3%9F"),
        ("https://аpple.example/", "https://xn--pple-43d.example/"),
        ('https://news.example.org/" onclick="x', "https://news.example.org/%22%20onclick=%22x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://news.example.org/\u202egnp.exe", "https://news.example.org/%E2%80%AEgnp.exe"),
    ],
)
def test_an_address_is_absolute_ascii(said: str, address: str) -> None:
    assert web_address(said) == address
    assert web_address(address) == address


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "not available",
        "urn:reuters:1",
        "javascript:alert(1)",
        "jAvA\tsCript:x",
        "file:///x",
        "ftp://x.example/",
        "data:text/html,x",
        "http://",
        "https://user:pw@news.example.org/",
        "/relative",
        "https://user@news.example.org/",
        "https://good.example\\@evil.example/",
        "https://a b.example/",
        "https://news.example.org:99999/",
        "https://news.example.org:port/",
        "https://[::1",
        "https://%31.example/",
        "https://news.example.org/" + "a" * URL_MAX,
        "https://news.example.org/\ud800",
        "https://news.example.org/" + chr(0xFFFD),
        "https://..example/",
        "https://-/",
    ],
)
def test_what_is_no_web_address_is_left_out_and_the_article_stays(said: str) -> None:
    assert web_address(said) is None
    assert article(url=said).url is None


def test_relative_addresses_are_resolved_against_the_article() -> None:
    assert web_address("../i/1.jpg", BASE) == "https://news.example.org/i/1.jpg"
    assert web_address("//cdn.example.org/1.jpg", BASE) == "https://cdn.example.org/1.jpg"
    assert web_address("javascript:alert(1)", BASE) is None


@given(st.text(max_size=80) | st.from_regex(r"https?:[/\\]{0,3}[^\s]{0,40}", fullmatch=True))
@settings(max_examples=300)
def test_every_address_is_safe_in_an_attribute(said: str) -> None:
    for base in (None, BASE):
        address = web_address(said, base)
        assert address is None or re.fullmatch(r"https?://[^\s\"'<>\\@/]+/[!-~]*", address)
        assert address is None or web_address(address) == address


PRIVATE = [
    "http://127.0.0.1/x.jpg",
    "http://10.0.0.1/x",
    "http://172.16.0.1/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://0/x",
    "http://2130706433/x",
    "http://0x7f.1/x",
    "http://0177.0.0.1/x",
    "http://127.1/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[fd00::1]/x",
    "http://[fe80::1]/x",
    "http://[64:ff9b::7f00:1]/x",
    "http://[2002:7f00:1::]/x",
    "http://100.64.0.1/x",
    "http://224.0.0.1/x",
    "http://localhost:6379/",
    "http://printer/x",
    "http://printer.local/x",
    "http://metadata.google.internal/x",
    "http://127.0.0.1.nip.example/x",
    "http://10-0-0-1.nip.example/x",
    "http://１２７.０.０.１/x",
    "http://localhost./x",
]


@pytest.mark.parametrize("said", PRIVATE)
def test_no_picture_is_fetched_from_a_readers_own_network(said: str) -> None:
    found = article(image_url=said, body_html=f'<p>Words <img src="{said}"></p>')

    assert found.image is None
    assert found.body_html == "<p>Words</p>"


def test_public_pictures_stay() -> None:
    said = "https://93.184.216.34/1.jpg"

    assert article(image_url=said).image is not None
    assert image_address("https://cdn-1.2.example.org/a.jpg") is not None
