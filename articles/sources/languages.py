"""A text in, the language it is surely in out, or "". Pure."""

from __future__ import annotations

import re

#: Words of each language that hardly occur in the others; a page of prose holds dozens of them.
_TELLING = {
    "en": "the of and to that with was for his they from which has were been",
    "de": "der und das nicht von ist dem mit sich auf für wird sind auch werden",
    "fr": "les des et dans est une pour qui sur pas au avec sont cette aux",
    "es": "los las del el una por con para según más pero como está también y",
    "it": "il di che della per sono gli nel anche alla dei più ha delle è",
    "pt": "os da do não uma com dos para mais foi ao das também são em",
    "nl": "het een van niet dat op voor zijn met ook aan wordt door naar bij",
    "tr": "ve bir bu için ile olarak daha olan gibi kadar sonra ancak de da ise",
    "sv": "och att det som på är av för med den till inte har om ett",
    "pl": "się nie na jest że do oraz przez jak od także po dla który było",
}
_WORDS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_SCRIPTS = {
    "he": r"[\u05d0-\u05ea]",
    "el": r"[\u0391-\u03c9]",
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af]",
    "zh": r"[\u4e00-\u9fff]",
}
#: Telling words needed, and how many times those of the next language.
ENOUGH, CLEARLY = 8, 2
#: Characters looked at.
SAMPLE_CHARS = 4_000


def guess(text: str) -> str:
    """BCP 47 of what the text is surely written in; "" where another language is as likely."""
    text = text[:SAMPLE_CHARS].lower()
    letters = len(re.findall(r"[^\W\d_]", text)) or 1
    for language, script in _SCRIPTS.items():
        # Japanese mixes kana into Chinese characters; kana alone tells it.
        if len(re.findall(script, text)) > letters * (0.15 if language == "ja" else 0.5):
            return language
    if len(re.findall(r"[\u0600-\u06ff]", text)) > letters * 0.5:
        return (
            "" if re.search(r"[پچژگٹڈےکی]", text) else "ar"
        )  # Persian, Urdu, Kurdish share the script
    counts = sorted(
        ((sum(word in words for word in re.findall(r"\w+", text)), language)
         for language, words in _WORDS.items()), reverse=True,
    )  # fmt: skip
    (most, language), (next_most, _) = counts[:2]
    return language if most >= ENOUGH and most >= CLEARLY * next_most else ""
