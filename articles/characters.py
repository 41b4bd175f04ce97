"""Any text in, text valid in XML 1.0, in NFC, on one line and of a length out. Pure."""

from __future__ import annotations

import re
import unicodedata

#: Captions, credits, alternative texts, datelines, sections: one line of a page. Cut at a word.
CAPTION_MAX = 500
#: No one-line field is looked at further than this: what follows could never be shown.
LINE_RAW_MAX = 20_000
#: Marks on one letter. Vietnamese has 2, pointed Hebrew 4; sorting more of them takes square time.
MARKS_MAX = 8

# Controls, lone surrogates, byte order marks, annotation anchors, noncharacters: XML 1.0 section
# 2.2 forbids most, and none is ever meant.
_INVALID = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Each ends a mail header line somewhere.
_BREAKS = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s{2,}|[\t\n\r]")  # a single no-break or ideographic space is typography
_OVERRIDES = re.compile("[\u202d\u202e]")  # show a word backwards
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")  # reach past the field into our own words
_MARKS = "".join(chr(c) for c in range(0x300, 0x1F000) if unicodedata.combining(chr(c)))
# Three times as fast on Latin text, curly quotes and all, as looking for each mark.
_PERHAPS_MARKS = re.compile(
    "[\u0300-\u1fff\u20d0-\u303f\u3099\u309a\ua66f-\uabff\ufb1e-\U0001efff]"
)
_MANY_MARKS = re.compile(f"([{_MARKS}]{{{MARKS_MAX}}})[{_MARKS}]+")


def line(text: str, limit: int = CAPTION_MAX) -> str:
    """One clean line: valid, NFC, spaces collapsed, no directional controls, cut at a word."""
    text = text[:LINE_RAW_MAX]
    if text.isprintable():  # else none of these is in it, and no blank but the space
        text = valid(text)
        return cut(_one_space(text).strip() if "  " in text else text.strip(), limit)
    text = _BIDI.sub("", valid(text)).replace("\xad", "")
    return cut(_one_space(text).strip(), limit)


def prose(text: str) -> str:
    """Valid text with its spaces collapsed; isolates, which prose in two directions needs, stay."""
    if text.isprintable():
        text = valid(text)
        return _one_space(text) if "  " in text else text
    return _one_space(verbatim(text))


def verbatim(text: str) -> str:
    """Valid text with its spaces and line ends as they are, none of it shown backwards."""
    text = valid(text)
    return text if text.isascii() else _OVERRIDES.sub("", text)


def valid(text: str) -> str:
    """Text any XML document may hold, in NFC, with no more than MARKS_MAX marks on a letter."""
    if not text.isprintable():  # else none of these is in it
        text = permitted(text)
    if text.isascii():
        return text
    if _PERHAPS_MARKS.search(text):
        text = _MANY_MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def permitted(text: str) -> str:
    """Text without the characters XML 1.0 section 2.2 forbids; odd line ends are spaces."""
    # Line ends alone are what most texts have beside letters: a fifth of the time.
    if text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable():
        return text
    return _INVALID.sub("", _BREAKS.sub(" ", text))


def _one_space(text: str) -> str:
    return _SPACES.sub(" ", text)


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning with "…" in at most `limit` characters, cut at a word if it can."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    if at > limit * 3 // 4:  # scripts without spaces, and very long words, are cut where they are
        head = head[:at]
    return head.rstrip(_MARKS + "\u200d\ufe0f ,;:–—-") + "…"


def has_words(text: str) -> bool:
    """Whether a reader sees anything: a letter, a digit, a sign."""
    return any(unicodedata.category(char)[0] in "LNPS" and char != "\ufffd" for char in text)
