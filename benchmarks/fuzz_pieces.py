"""The pieces of which fuzz.py makes its cases, a byte each, as data."""

# ruff: noqa: E501

from __future__ import annotations

MARKUP = [
    "<", ">", "</", "/>", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "&", "&lt;", "&#0;", "&amp;lt;",
    "\"", "'", "=", " ", "\n", "\n\n", "\t", "\0", "\u0338", "\u202e", "\u2028", "\ud800", "\xa0", "a", "words ",
    "<p>", "</p>", "<p id=x>", "<br>", "<hr>", "<div>", "</div>", "<center>", "<b>", "</b>", "<i>", "<u>",
    "<font>", "<span lang=de>", "<a href=#x>", "<a href=http://e.example/>", "<a href=javascript:x>",
    "<a href=' jAvAsCript:x'>", "<a name=x>", "</a>", "<img src=x>", "<img src=//e.example/i.png alt=a>",
    "<img src=x onerror=alert(1)>", "<img srcset='a 1x, b 2x'>", "<script>", "</script>", "<style>",
    "</style>", "<title>", "</title>", "<textarea>", "</textarea>", "<template>", "</template>",
    "<noscript>", "</noscript>", "<xmp>", "<plaintext>", "<iframe src=x>", "</iframe>", "<svg>", "</svg>",
    "<math>", "<mtext>", "<mglyph>", "<annotation-xml encoding=text/html>", "<foreignObject>", "<desc>",
    "<form>", "<input>", "<button>", "<select>", "<option>", "<ul>", "</ul>", "<ol start=-3>", "<li>", "</li>",
    "<dl>", "<dt>", "<dd>", "</dl>", "<table>", "</table>", "<tr>", "<td colspan=2>", "<th>", "<caption>",
    "<tbody>", "<colgroup>", "<figure>", "</figure>", "<figcaption>", "</figcaption>", "<blockquote cite=x>",
    "</blockquote>", "<pre>", "</pre>", "<code>", "<h1>", "</h1>", "<h3>", "<details>", "<summary>",
    "<ruby>", "<rt>", "<q>", "<sup>", "<video src=//e.example/v>", "<audio>", "<source src=x>", "<object>",
    "<embed src=x>", "<base href=//e.example>", "<meta http-equiv=refresh content=0>", "<link rel=x>", "<body>",
    "</body>", "<html>", "<head>", "<frameset>", "<x-y>", " style=x", " onclick=x", " id=y", "data:text/html,x",
]  # fmt: skip
FEED = [
    "<?xml version='1.0'?>", "<rss version='2.0'>", "<channel>", "</channel>", "</rss>", "<item>", "</item>",
    "<title>", "</title>", "<title type='xhtml'>", "<link>", "</link>", "<link href='/x' rel='alternate'/>",
    "<description>", "</description>", "<content:encoded>", "</content:encoded>", "<feed>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<id>", "</id>", "<guid>", "</guid>",
    "<updated>", "</updated>", "<pubDate>", "</pubDate>", "<author>", "<name>", "</name>", "</author>",
    "<content type='html'>", "<content type='xhtml'><div>", "</div></content>", "</content>", "<summary>",
    "<category term='x'/>", "<enclosure url='x' type='image/png'/>", "<media:content url='x' medium='image'/>",
    "<!DOCTYPE rss [<!ENTITY a 'b'>]>", "&a;", "&nbsp;", "&#x0;", "&#38;", "<![CDATA[", "]]>", "<rdf:RDF>",
    "<wp:post_type>", "post", "page", "attachment", "</wp:post_type>", "<wp:status>", "publish", "private",
    "</wp:status>", "<wp:post_id>", "4", "</wp:post_id>", "<wp:postmeta>", "<wp:meta_key>", "_thumbnail_id",
    "</wp:meta_key>", "<wp:meta_value>", "</wp:meta_value>", "</wp:postmeta>", "[caption]", "[/caption]",
    "[gallery ids=\"4\"]", "2026-11-20T08:00:00Z", "Fri, 20 Nov 2026 08:00:00 GMT", "0000-00-00 00:00:00", "\x80",
    "<wp:author>", "<category domain='author' nicename='x'>", "</category>", "xmlns:wp='http://wordpress.org/export/1.2/'",
]  # fmt: skip
JSON = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "null", "true", "1e999", "-1", "\"title\":", "\"T\"", "\"items\":",
    "\"posts\":", "\"db\":", "\"data\":", "\"html\":", "\"<p>x\"", "\"id\":", "\"tags\":", "\"name\":", "\"authors\":",
    "\"url\":", "\"/x\"", "\"status\":", "\"published\"", "\"content\":", "\"rendered\":", "\"page\":", "\"users\":",
    "\"posts_tags\":", "\"sort_order\":", "\"post_id\":", "\"body_text\":", "\"published_at\":", "\"2026-11-20\"", "\ufeff",
]  # fmt: skip
TABLE = [
    "title", "text", "id", "url", "date", "tags", "status", ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n",
    "[\"a\"]", "2026-11-20", "FALSE", "a", "<p>x</p>", "\0", "é",
]  # fmt: skip
MARKDOWN = [
    "---\n", "+++\n", "title: T\n", "title = 'T'\n", "date: 2026-11-20\n", "tags: [a, b]\n", "a: &a\n", "*a", "<<: ", "\n",
    "\n\n", "# ", "T\n===\n", "* ", "- ", "1. ", "> ", "    ", "`", "```\n", "**", "_", "[", "](", ")", "![", "<", ">",
    "|", "|-|-|\n", "~~", "\\", "&amp;", "http://e.example", "[^1]", "[a]: x\n", "<b>", "</b>", "draft: true\n", "!!python/x",
]  # fmt: skip
PAGE = [*MARKUP, "<!doctype html>", "<meta property=og:title content=T>", "<article>", "<main>", "<time datetime=2026-11-20>",
        "<script type=application/ld+json>", "{\"@type\":\"NewsArticle\",\"headline\":\"T\"}"]  # fmt: skip
FILES = {
    "a.xml": FEED + MARKUP[:60], "a.rss": FEED, "a.json": JSON, "a.jsonl": JSON, "a.csv": TABLE,
    "a.md": MARKDOWN, "a.html": PAGE, "a.txt": ["Words ", "By A. B", "Updated on ", "20 Nov. 2026", "\n", "\n\n", "Photo: ", ". "],
}  # fmt: skip
#: Half of the cases begin as a file of their kind does.
BEGINNINGS = {
    "a.xml": ("<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><item><title>T</title>",
              "<rss version='2.0'><channel><item><title>T</title>",
              "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title>"),
    "a.json": ("{\"posts\":[{\"title\":\"T\",", "[{\"title\":\"T\",", "{\"items\":[{\"title\":\"T\","),
    "a.md": ("---\ntitle: T\n", "# T\n"), "a.csv": ("title,text\n",), "a.html": ("<!doctype html><h1>A T</h1>",),
}  # fmt: skip
REQUEST = [
    b"GET ", b"HEAD ", b"POST ", b"OPTIONS ", b"BREW ", b"/", b"/feeds/", b"all", b"syria", b"middle-east", b".atom", b".rss",
    b".json", b".html", b".gz", b"+", b"-", b"mali", b"/2026-11", b"?", b"&", b"=", b"feed=", b"feeds.opml", b"hub", b"healthz",
    b"%", b"%00", b"%2e%2e", b"%ff", b"%2F", b"..", b"//", b"http://x/", b"*", b" ", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n",
    b"\r\n", b"\r\n\r\n", b"\n", b"\0", b"\xff", b"\xc3\xa9", b"Host: x\r\n", b"If-None-Match: ", b"If-Modified-Since: ",
    b"If-Match: ", b"If-Unmodified-Since: ", b"If-Range: ", b"Range: bytes=0-1", b"A-IM: feed\r\n", b"A-IM: ", b"Accept: text/html\r\n",
    b"Accept-Encoding: ", b"gzip", b"br", b"identity", b";q=", b"0", b"0.5", b"1e9", b"-1", b",", b"\"", b"W/\"", b"\"a\"",
    b"Sun, 22 Nov 2026 07:00:00 GMT", b"Sun, 99 Nov 0000 99:00:00 GMT", b"X-Forwarded-For: ", b"Forwarded: for=", b"[::1]:5",
    b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Content-Length: 5\r\n", b"Content-Length: ", b"Expect: 100-continue\r\n",
    b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"Content-Type: application/x-www-form-urlencoded\r\n",
    b"hub.mode=subscribe", b"&hub.topic=https://news.example.org/feeds/all.atom", b"&hub.callback=http://127.0.0.1:1/",
    b"hub.lease_seconds=9", b"Upgrade: websocket\r\n", b"Cookie: a=b\r\n", b"Origin: x\r\n", b": ", b"x: y\r\n", b"\t",
]  # fmt: skip
#: Of a request's target, and whole fields of its head.
TARGET = [
    b"all", b"syria", b"middle-east", b".atom", b".rss", b".json", b".html", b"+", b"-", b"mali", b"/2026-11", b"?", b"&",
    b"feed=syria", b"%", b"%00", b"%2e%2e/", b"%ff", b"%2F", b"../", b"//", b"story_1", b"tag_x", b"author_ines_halvorsen", b"#",
    b"syria+mali.atom", b"all-syria.rss", b"mali+syria-middle-east.json", b"digest", b"feeds.opml", b"\xc3\xa9", b"x" * 300,
]  # fmt: skip
FIELDS = [
    b"%s: %s\r\n" % (name, value)
    for name, values in {
        b"If-None-Match": (b"*", b'"a"', b'W/"a"', b'"a", "b"', b"a,,b", b'"', b"", b'"a-gzip"', b"x" * 9000),
        b"If-Modified-Since": (b"Sun, 22 Nov 2026 07:00:00 GMT", b"Sun, 99 Nov 0000 99:00:00 GMT", b"yesterday", b"1"),
        b"If-Unmodified-Since": (b"Sun, 22 Nov 1970 07:00:00 GMT", b"never"), b"If-Match": (b"*", b'"a"'),
        b"A-IM": (b"feed", b"feed, gzip", b"x;q=1", b""), b"Range": (b"bytes=0-1",), b"If-Range": (b'"a"',),
        b"Accept-Encoding": (b"gzip", b"br;q=0.5, gzip;q=0", b"*;q=0", b"identity;q=1e9", b"br;q=-1", b";;,,q=", b"gzip;q=" + b"9" * 400),
        b"Accept": (b"text/html", b"*/*;q=x", b"application/rss+xml"), b"Host": (b"y",), b"Cookie": (b"a=b",),
        b"X-Forwarded-For": (b"1.2.3.4, x", b"[::1]:5"), b"Forwarded": (b'for="[2001:db8::1]:4"',), b"Via": (b"1.1 x",),
        b"Connection": (b"close", b"keep-alive", b"upgrade"), b"Content-Length": (b"5", b"18", b"-1", b"99999999999"),
        b"Transfer-Encoding": (b"chunked", b"gzip"), b"Expect": (b"100-continue",), b"Upgrade": (b"websocket",),
        b"Content-Type": (b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"), b"X": (b"\xff", b"\x7f", b" "),
        b"Origin": (b"https://x.example",), b"Access-Control-Request-Method": (b"GET",),
    }.items()
    for value in values
]  # fmt: skip
FORM = [
    b"hub.mode=subscribe", b"hub.mode=unsubscribe", b"&hub.topic=https://news.example.org/feeds/all.atom", b"&hub.topic=x", b"&", b"=",
    b"&hub.callback=http://reader.example.org/push", b"&hub.callback=http://127.0.0.1:1/", b"&hub.lease_seconds=9", b"&hub.lease_seconds=x",
    b"&hub.secret=s", b"&hub.secret=" + b"s" * 300, b"%", b"%00", b"%ff", b"+", b"\xff", b"\0", b"hub.mode=publish", b"&a=b" * 40,
]  # fmt: skip
ANSWER = [
    b"HTTP/1.1 ", b"HTTP/1.0 ", b"HTTP/9", b"200", b"304", b"301", b"100 Continue\r\n\r\n", b"-1", b" OK\r\n", b"\r\n", b"\n", b" ",
    b"\r\n\r\n", b"\0", b"\xff", b"Content-Length: ", b"5", b"0", b"999999999999", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n",
    b"0\r\n\r\n", b"ffffffffffffffff\r\n", b";x=y", b"hello", b"Content-Encoding: ", b"gzip\r\n", b"deflate\r\n", b"br\r\n", b"identity\r\n",
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x03\0\0\0\0\0\0\0\0\0", b"x\x9c", b"K\xcc\xcc\x03\0", b"Location: ", b"http://feeds.example.org/b\r\n",
    b"http://127.0.0.1/\r\n", b"/x\r\n", b"//e.example\r\n", b"javascript:x\r\n", b"http://[\r\n", b"\xc3\xa9\r\n", b"ETag: \"a\"\r\n",
    b"ETag: ", b"Last-Modified: ", b"Cache-Control: max-age=", b"Retry-After: ", b"Content-Type: ", b"x: y\r\n", b" folded\r\n", b": ",
    b"x" * 300, b"y: " + b"z" * 70_000, b"\t", b"\r",
]  # fmt: skip
