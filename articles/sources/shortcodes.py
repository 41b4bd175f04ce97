"""A WordPress post's content in, HTML as its theme would show it out. Pure.

Editors wrote paragraphs as blank lines and pictures as shortcodes; blocks need neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

_BLOCK = (
    "address|article|aside|audio|blockquote|details|div|dl|fieldset|figure|figcaption|footer|form|"
    "h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
_BEGINS_A_BLOCK = re.compile(rf"\s*</?(?:{_BLOCK})\b", re.I)
_PRE = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>|<style\b.*?</style>)", re.I | re.S)
#: A line that is an address alone is shown as what lies there.
_ADDRESS = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*$", re.M)
_EMBEDDED = re.compile(r'(<div class="wp-block-embed__wrapper">)\s*(https?://[^\s<>"]+)\s*(</div>)')
_CAPTION = re.compile(r"\[(?:wp_)?caption\b([^\]\n]*)\](.*?)\[/(?:wp_)?caption\]", re.S)
_IMAGE = re.compile(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)", re.I)
_ESCAPED = re.compile(r"\[(\[[^\[\]\n]*\])\]")
_HELD, _HOLD = "\ue000{}\ue001", re.compile("\ue000(\\d+)\ue001")  # private use: in no article
#: A shortcode has attributes, an end, or a name no editor writes into brackets. `[sic]` has none.
_SHORTCODE = re.compile(
    r"\[(/?)([a-z][a-z0-9_-]*)((?:\s+(?:[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\]\"']+)|\"[^\"\n]*\"))*)"
    r"(\s+https?://[^\s\]]+)?\s*(/?)\]",
    re.I,
)
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\]\"']+))")
_NAMES_ALONE = frozenset("gallery audio video playlist embed more nextpage toc".split())  # noqa: SIM905


def html(content: str, figure: Callable[[str], str] = lambda _number: "") -> str:
    """The content as HTML; `figure` gives an attachment's by its number, for galleries."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[1])
        return _HELD.format(len(held) - 1)

    content = content.replace("\r\n", "\n").replace("\r", "\n").replace("\ue000", "")
    blocks = "<!-- wp:" in content
    content = _ESCAPED.sub(hold, content) if "[[" in content else content
    if "[" in content:
        content = _CAPTION.sub(_captioned, content)
        content = _without_shortcodes(content, figure)
    content = _EMBEDDED.sub(lambda found: found[1] + _link(found[2]) + found[3], content)
    content = _PRE.sub(hold, content)
    content = _ADDRESS.sub(lambda found: f"\n\n<p>{_link(found[1])}</p>\n\n", content)
    if not blocks:
        content = "\n".join(map(_paragraph, re.split(r"\n\s*\n", content)))
    return _HOLD.sub(lambda found: held[int(found[1])], content)


def _paragraph(part: str) -> str:
    """Words parted by blank lines are a paragraph, a line end in them a line break."""
    if not part.strip() or _BEGINS_A_BLOCK.match(part) or _HOLD.fullmatch(part.strip()):
        return part
    return "<p>{}</p>".format(part.strip().replace("\n", "<br>"))


def _captioned(found: re.Match[str]) -> str:
    image = _IMAGE.match(found[2])
    if not image:
        return found[2]
    words = found[2][image.end() :].strip() or _attributes(found[1]).get("caption", "")
    return f"\n\n<figure>{image[1]}<figcaption>{words}</figcaption></figure>\n\n"


def _without_shortcodes(content: str, figure: Callable[[str], str]) -> str:
    ended = {found.lower() for found in re.findall(r"\[/([A-Za-z][\w-]*)\]", content)}

    def replaced(found: re.Match[str]) -> str:
        closing, name, raw, address, alone = found.groups()
        name, attributes = name.lower(), _attributes(raw)
        if name not in ended and name not in _NAMES_ALONE and not (attributes or address or alone):
            return found[0] if not re.search("[_]", name) else ""
        if closing:
            return ""
        return _shown(name, attributes, (address or "").strip(), figure)

    return _SHORTCODE.sub(replaced, content)


def _shown(
    name: str, attributes: dict[str, str], address: str, figure: Callable[[str], str]
) -> str:
    if name == "gallery":
        numbers = re.findall(r"\d+", attributes.get("ids") or attributes.get("include") or "")
        return "\n\n" + "".join(map(figure, numbers[:100])) + "\n\n"
    if name in ("audio", "video", "embed", "youtube", "vimeo"):
        kinds = ("src", "url", "mp4", "mp3", "m4a", "ogg", "webm")
        found = address or next((attributes[kind] for kind in kinds if attributes.get(kind)), "")
        return f"\n\n<p>{_link(found)}</p>\n\n" if found.startswith(("http://", "https://")) else ""
    return ""


def _attributes(raw: str) -> dict[str, str]:
    return {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(raw)}


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'
