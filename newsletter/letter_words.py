"""A language in, the words of the letters to those who subscribe in it out. Data; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.words import primary


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """Subject and text of each letter."""

    language: str
    confirm: tuple[str, str]
    known: tuple[str, str]


def letter_words(language: str) -> LetterWords:
    """The letters in `language` (BCP 47), or the English ones."""
    return LETTERS.get(primary(language), LETTERS["en"])


_FOOT = "\n\n-- \n{name}\n{site}\n{postal}"

LETTERS: Mapping[str, LetterWords] = {
    "en": LetterWords(
        language="en",
        confirm=(
            "Please confirm: the digest of {name}",
            "Somebody, you we hope, asked for the digest of {name} to be sent here.\n\n"
            "If it was you, press the button on this page:\n\n{url}\n\n"
            "The link works for {hours} hours. If it was not you, do nothing: we shall not\n"
            "write again, and forget the address." + _FOOT,
        ),
        known=(
            "You get the digest of {name} already",
            "Somebody, you we hope, asked for the digest of {name} to be sent here.\n"
            "It is already; nothing has changed.\n\n"
            "Here you choose regions, hour and language, pause it or leave:\n\n{url}" + _FOOT,
        ),
    ),
    "fr": LetterWords(
        language="fr",
        confirm=(
            "Merci de confirmer\u00a0: le condensé de {name}",
            "Quelqu’un, vous sans doute, a demandé que le condensé de {name} soit envoyé\n"
            "ici.\n\n"
            "Si c’était vous, appuyez sur le bouton de cette page\u00a0:\n\n{url}\n\n"
            "Le lien fonctionne pendant {hours} heures. Sinon, ne faites rien\u00a0: nous\n"
            "n’écrirons plus et oublierons cette adresse." + _FOOT,
        ),
        known=(
            "Vous recevez déjà le condensé de {name}",
            "Quelqu’un, vous sans doute, a demandé que le condensé de {name} soit envoyé\n"
            "ici. C’est déjà le cas\u00a0; rien n’a changé.\n\n"
            "Ici, vous choisissez régions, heure et langue, faites une pause ou vous\n"
            "désabonnez\u00a0:\n\n{url}" + _FOOT,
        ),
    ),
    "de": LetterWords(
        language="de",
        confirm=(
            "Bitte bestätigen: die Übersicht von {name}",
            "Jemand, hoffentlich Sie, hat die Übersicht von {name} hierher bestellt.\n\n"
            "Waren Sie es, so drücken Sie auf dieser Seite den Knopf:\n\n{url}\n\n"
            "Der Link gilt {hours} Stunden. Waren Sie es nicht, so tun Sie nichts: wir\n"
            "schreiben nicht wieder und vergessen die Adresse." + _FOOT,
        ),
        known=(
            "Sie bekommen die Übersicht von {name} schon",
            "Jemand, hoffentlich Sie, hat die Übersicht von {name} hierher bestellt.\n"
            "Sie kommt schon; nichts hat sich geändert.\n\n"
            "Hier wählen Sie Regionen, Uhrzeit und Sprache, legen eine Pause ein oder\n"
            "bestellen ab:\n\n{url}" + _FOOT,
        ),
    ),
    "es": LetterWords(
        language="es",
        confirm=(
            "Confirme, por favor: el resumen de {name}",
            "Alguien, esperamos que usted, pidió que el resumen de {name} llegue aquí.\n\n"
            "Si fue usted, pulse el botón de esta página:\n\n{url}\n\n"
            "El enlace funciona durante {hours} horas. Si no fue usted, no haga nada: no\n"
            "volveremos a escribir y olvidaremos la dirección." + _FOOT,
        ),
        known=(
            "Ya recibe el resumen de {name}",
            "Alguien, esperamos que usted, pidió que el resumen de {name} llegue aquí.\n"
            "Ya llega; nada ha cambiado.\n\n"
            "Aquí elige regiones, hora e idioma, hace una pausa o se da de baja:\n\n{url}" + _FOOT,
        ),
    ),
    "ar": LetterWords(
        language="ar",
        confirm=(
            "يُرجى التأكيد: موجز {name}",
            "طلب أحدهم، ونرجو أن تكون أنت، إرسال موجز {name} إلى هذا العنوان.\n\n"
            "إن كنت أنت، فاضغط الزر في هذه الصفحة:\n\n{url}\n\n"
            "يعمل الرابط مدة {hours} ساعة. وإن لم تكن أنت فلا تفعل شيئًا: لن نكتب مجددًا\n"
            "وسننسى هذا العنوان." + _FOOT,
        ),
        known=(
            "يصلك موجز {name} بالفعل",
            "طلب أحدهم، ونرجو أن تكون أنت، إرسال موجز {name} إلى هذا العنوان.\n"
            "وهو يصل بالفعل؛ لم يتغيّر شيء.\n\n"
            "هنا تختار المناطق والساعة واللغة، أو توقفه مؤقتًا، أو تلغي اشتراكك:\n\n{url}" + _FOOT,
        ),
    ),
}
