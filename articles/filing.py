"""An article in, the names of the feeds it is filed under out. Pure.

    all   syria   middle-east   section_world   tag_grain   author_ines_halvorsen
    language_ar   story_17

Regions have names of their own. What the newsroom writes freely (sections, tags, bylines) gets one
here: safe in files and addresses, the same for ever, and never that of other words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from articles.model import EVERYWHERE, Article
from articles.places.tables import without_accents

#: An article is about a few things; a page that lists hundreds of tags files it under the first.
TAGS_MAX = 12
AUTHORS_MAX = 8

#: What a name has room for beside its kind; longer words are cut and told apart by their hash.
SLUG_CHARS_MAX = 48

#: 48 bits: among 100,000 words two alike come once in 50,000 newsrooms.
HASH_CHARS = 12

_SEPARATORS = re.compile(r"[\s_.,;:!?'’‘\"“”()/&–—-]+")
_LOST = re.compile(r"[^a-z0-9_]+")
_LANGUAGE = re.compile(r"[a-z]{2,8}")


def names(article: Article) -> dict[str, str]:
    """Every feed the article is in, and what people call it; "" where another table tells."""
    found = dict.fromkeys((EVERYWHERE, *article.regions), "")
    if article.section:
        found[f"section_{slug(article.section)}"] = article.section
    found |= {f"tag_{slug(tag)}": tag for tag in article.tags[:TAGS_MAX]}
    found |= {f"author_{slug(name)}": name for name in article.authors[:AUTHORS_MAX]}
    if language := _LANGUAGE.match(article.language.lower()):
        found[f"language_{language[0]}"] = ""
    if article.story is not None:
        found[f"story_{article.story}"] = ""
    return found


def slug(words: str) -> str:
    """`Ports & Ships` -> `ports_ships`; small letters, digits and single underscores.

    Case, accents, blanks and punctuation do not make another word. What else a name cannot hold,
    another script or a sign, is put into a hash behind a double underscore: `C++` and `C#` are
    `c__` and something each.
    """
    folded = unicodedata.normalize("NFKC", without_accents(words)).casefold()
    plain = _SEPARATORS.sub("_", folded).strip("_")
    kept = re.sub("__+", "_", _LOST.sub("_", plain)).strip("_")
    if kept == plain and 0 < len(kept) <= SLUG_CHARS_MAX:
        return kept
    mark = hashlib.sha256(plain.encode()).hexdigest()[:HASH_CHARS]
    kept = kept[:SLUG_CHARS_MAX].rstrip("_")
    return f"{kept}__{mark}" if kept else mark
