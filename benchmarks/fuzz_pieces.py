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
