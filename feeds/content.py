"""An article in, the HTML and the summary its feeds' readers see out. Pure."""

from __future__ import annotations

import re
from html import escape
from zoneinfo import ZoneInfo

from articles.model import Article, Image, Site

#: Readers show about three lines in a list; this is how much of an article without a standfirst.
SUMMARY_CHARS_MAX = 280

#: A text that takes more than this in a feed is not sent whole: a feed has 250 kB in all, and what
#: is behind it would fall out. The longest of 14,771 real articles takes 118 kB.
TEXT_BYTES_MAX = 200_000

#: Languages written from right to left, by their primary subtag.
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

#: What stands before a correction, in the article's own language; English where we have no word.
CORRECTION = {
    "ar": "تصحيح",
    "da": "Rettelse",
    "de": "Korrektur",
    "en": "Correction",
    "es": "Corrección",
    "fa": "تصحیح",
    "fi": "Korjaus",
    "fr": "Correction",
    "he": "תיקון",
    "it": "Correzione",
    "ja": "訂正",
    "nl": "Correctie",
    "no": "Rettelse",
    "pl": "Sprostowanie",
    "pt": "Correção",
    "ru": "Исправление",
    "sv": "Rättelse",
    "tr": "Düzeltme",
    "uk": "Виправлення",
    "ur": "تصحیح",
    "zh": "更正",
}

_PREFORMATTED = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_BLOCK_END = re.compile(
    r"(</(?:p|h[1-6]|li|[ou]l|d[ltd]|blockquote|fig(?:ure|caption)|t(?:able|[rhd])|pre|div)>|<br>)"
    r"(?=\S)"
)
_LINE_BREAK = re.compile(r"[\r\n]\s*")
_END_TAGS = re.compile(r"(?:\s*</\w+>)*\s*$")

#: Shown by nobody, a word's end for who searches, and not in ISO 8859-1.
_ZERO_WIDTH_SPACE = "\u200b"

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def content_html(article: Article, site: Site) -> str:
    """The full text: lead picture, correction, standfirst, body.

    Wrapped with its language and direction where these are not the site's.
    """
    language = article.language or site.language
    parts = [
        _figure(article),
        _correction(article, site, language),
        _standfirst(article),
        _text(article),
    ]
    inner = (
        " ".join(part for part in parts if part) or f"<p>{escape(article.title, quote=False)}</p>"
    )
    if primary(language) == primary(site.language) and not is_right_to_left(language):
        return inner
    direction = "rtl" if is_right_to_left(language) else "ltr"
    # A reader's page is in the reader's language: without this, full stops stand on the wrong side.
    return f'<div lang="{escape(language)}" dir="{direction}">{inner}</div>'


def summary(article: Article) -> str:
    """The standfirst; without one the beginning of the text; without that the title."""
    if article.standfirst:
        return article.standfirst
    text = _beginning(article, SUMMARY_CHARS_MAX + 1)
    if len(text) <= SUMMARY_CHARS_MAX:
        return text or article.title
    cut = text[:SUMMARY_CHARS_MAX].rsplit(" ", 1)[0]
    sentence = re.match(r".{80,}[.!?。؟](?= |$)", cut)
    return sentence.group() if sentence else f"{cut}…"


def for_programs(html: str, title: str) -> str:
    """The same HTML, written so that programs between here and the reader can hold it.

    Some keep an entry in a line of text, where a line break, or a backslash before an "n", are
    marks of theirs. Some mail an entry in the smallest set of characters that has all of its words,
    and what takes the mail up reads ISO 8859-1 for UTF-8: a character more, at the end, that only
    Unicode has settles which it is.
    """
    html = html.replace("\\", "&#92;").replace("\n", "&#10;")
    if (title + html).isascii() or max(title + html) > "\xff":
        return html
    end = _END_TAGS.search(html)
    assert end  # it may be empty
    return html[: end.start()] + _ZERO_WIDTH_SPACE + html[end.start() :]


def is_right_to_left(language: str) -> bool:
    return primary(language) in RIGHT_TO_LEFT


def primary(language: str) -> str:
    """The language without region or script: "pt-BR" is "pt"."""
    return re.split("[-_]", language.lower(), maxsplit=1)[0]


def _correction(article: Article, site: Site, language: str) -> str:
    if not article.correction:
        return ""
    spoken = primary(language) if primary(language) in CORRECTION else "en"
    day = article.updated_at.astimezone(ZoneInfo(site.time_zone)).date()
    # ISO 8601 is read in every language; English has the months spelled out.
    date = f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if spoken == "en" else day.isoformat()
    note = escape(article.correction, quote=False)
    return f"<p><strong>{CORRECTION[spoken]}, {date}:</strong> {note}</p>"


def _figure(article: Article) -> str:
    image = article.image
    # Some newsrooms put the lead picture into the body too; once is enough.
    if image is None or escape(image.url) in article.body_html or image.url in article.body_html:
        return ""
    caption = _caption(image)
    return (
        f'<figure><img src="{escape(image.url)}" alt="{escape(image.alt)}">'
        + (f" <figcaption>{caption}</figcaption>" if caption else "")
        + "</figure>"
    )


def _caption(image: Image) -> str:
    """Caption, then credit, in one line; the caption ends in a full stop, the credit bare."""
    caption = image.caption
    if caption and image.credit and caption[-1] not in ".!?…。؟":
        caption += "."
    return escape(" ".join(filter(None, (caption, image.credit))), quote=False)


def _standfirst(article: Article) -> str:
    """Readers show content or summary, never both: the full text needs the standfirst as well."""
    text = article.standfirst
    if not text or _beginning(article, len(text)).startswith(" ".join(text.split())):
        return ""
    return f"<p><strong>{escape(text, quote=False)}</strong></p>"


def _text(article: Article) -> str:
    """The body; of one that is too large for a feed the way to it."""
    text = _on_one_line(article.body_html) or _paragraphs(article.body_text)
    if len(escape(text, quote=False).encode()) <= TEXT_BYTES_MAX:
        return text
    title = escape(article.title, quote=False)
    return f'<p><a href="{escape(article.url)}">{title}</a></p>' if article.url else ""


def _beginning(article: Article, count: int) -> str:
    """At least the first `count` characters of the text, white space folded."""
    return " ".join(article.body_text[: 2 * count].split())


def _on_one_line(html: str) -> str:
    """HTML with line breaks only where they show: some readers keep an entry in one line."""
    parts = _PREFORMATTED.split(html.strip())
    return "".join(
        part if _PREFORMATTED.fullmatch(part) else _apart(_LINE_BREAK.sub(" ", part))
        for part in parts
    )


def _apart(html: str) -> str:
    """A blank behind each block: who takes the tags out must not join the words around them."""
    return _BLOCK_END.sub(r"\1 ", html)


def _paragraphs(text: str) -> str:
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return " ".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part)
