"""A language in, the words of the small pages in it out. Data; pure.

What the digest says too ("Unsubscribe", "each morning at 06:30 in Berlin") is in
newsletter/languages.py. A language is added in both, under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.words import primary


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Every phrase of the small pages in one language."""

    skip: str
    ask: str
    now: str
    at_once: str
    other: str
    done: str
    done_means: str
    back: str
    your_address: str  # where the address itself is no longer known
    unknown: str
    unknown_means: str
    unknown_way: str
    failed: str
    failed_means: str
    failed_way: str
    promise: str


def phrases(language: str) -> Phrases:
    """The phrases in `language` (BCP 47), or the English ones."""
    return PHRASES.get(primary(language), PHRASES["en"])


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        skip="To the text",
        ask="Unsubscribe from {name}?",
        now="The digest comes to {address}, {each_day}: {regions}.",
        at_once="It works from the moment you press.",
        other="For other regions or another hour, write to {sender}",
        done="You are unsubscribed",
        done_means=(
            "No more digests go to {address}. One that is already on its way may still arrive."
        ),
        back="To get it again, write to {sender}",
        your_address="your address",
        unknown="This link does not work",
        unknown_means="It is not complete, or it is not one of ours.",
        unknown_way="Write to {sender}, and we do it for you",
        failed="Something failed on our side",
        failed_means="Nothing was changed. Please try again in a minute.",
        failed_way="If it fails again, write to {sender} and name {mark}",
        promise="No cookies, no scripts, no counting of readers.",
    ),
    "fr": Phrases(
        skip="Aller au texte",
        ask="Se désabonner de {name}\u202f?",
        now="Le condensé arrive à {address}, {each_day}\u00a0: {regions}.",
        at_once="Votre choix prend effet dès que vous appuyez.",
        other="Pour d’autres régions ou une autre heure, écrivez à {sender}",
        done="Votre abonnement est résilié",
        done_means=(
            "Plus aucun condensé ne part vers {address}. Un envoi déjà en route peut encore"
            " arriver."
        ),
        back="Pour le recevoir à nouveau, écrivez à {sender}",
        your_address="votre adresse",
        unknown="Ce lien ne fonctionne pas",
        unknown_means="Il est incomplet, ou il ne vient pas de nous.",
        unknown_way="Écrivez à {sender}, et nous nous en chargeons",
        failed="Une erreur s’est produite de notre côté",
        failed_means="Rien n’a été modifié. Veuillez réessayer dans une minute.",
        failed_way="Si cela échoue encore, écrivez à {sender} en indiquant {mark}",
        promise="Ni cookies, ni scripts, ni comptage des lecteurs.",
    ),
    "de": Phrases(
        skip="Zum Text",
        ask="{name} abbestellen?",
        now="Die Übersicht kommt an {address}, {each_day}: {regions}.",
        at_once="Es gilt, sobald Sie drücken.",
        other="Andere Regionen oder eine andere Uhrzeit: schreiben Sie an {sender}",
        done="Sie haben abbestellt",
        done_means=(
            "An {address} geht keine Übersicht mehr. Eine, die schon unterwegs ist, kann noch"
            " ankommen."
        ),
        back="Um sie wieder zu bekommen, schreiben Sie an {sender}",
        your_address="Ihre Adresse",
        unknown="Dieser Link funktioniert nicht",
        unknown_means="Er ist unvollständig oder stammt nicht von uns.",
        unknown_way="Schreiben Sie an {sender}, und wir erledigen es für Sie",
        failed="Bei uns ist etwas fehlgeschlagen",
        failed_means="Nichts wurde geändert. Bitte versuchen Sie es in einer Minute noch einmal.",
        failed_way="Schlägt es wieder fehl, schreiben Sie an {sender} und nennen Sie {mark}",
        promise="Keine Cookies, keine Skripte, keine Zählung der Leser.",
    ),
    "es": Phrases(
        skip="Ir al texto",
        ask="¿Darse de baja de {name}?",
        now="El resumen llega a {address}, {each_day}: {regions}.",
        at_once="Tiene efecto en cuanto pulse.",
        other="Para otras regiones u otra hora, escriba a {sender}",
        done="Se ha dado de baja",
        done_means=(
            "No se envían más resúmenes a {address}. Uno que ya esté en camino aún puede llegar."
        ),
        back="Para recibirlo de nuevo, escriba a {sender}",
        your_address="su dirección",
        unknown="Este enlace no funciona",
        unknown_means="Está incompleto o no es nuestro.",
        unknown_way="Escriba a {sender} y lo hacemos por usted",
        failed="Algo ha fallado por nuestra parte",
        failed_means="No se ha cambiado nada. Inténtelo de nuevo dentro de un minuto.",
        failed_way="Si vuelve a fallar, escriba a {sender} e indique {mark}",
        promise="Sin cookies, sin scripts, sin recuento de lectores.",
    ),
    "ar": Phrases(
        skip="إلى النص",
        ask="إلغاء الاشتراك في {name}؟",
        now="يصل الموجز إلى {address}، {each_day}: {regions}.",
        at_once="يسري الإلغاء فور الضغط على الزر.",
        other="لمناطق أخرى أو ساعة أخرى، راسلونا على {sender}",
        done="أُلغي اشتراكك",
        done_means="لن يُرسل أي موجز آخر إلى {address}. وقد يصل موجز كان في طريقه إليك.",
        back="لتلقّيه من جديد، راسلونا على {sender}",
        your_address="عنوانك",
        unknown="هذا الرابط لا يعمل",
        unknown_means="الرابط غير مكتمل، أو ليس من روابطنا.",
        unknown_way="راسلونا على {sender} ونتولّى الأمر عنك",
        failed="حدث خطأ من جانبنا",
        failed_means="لم يتغيّر شيء. يُرجى المحاولة مجددًا بعد دقيقة.",
        failed_way="إن تكرّر الخطأ، راسلونا على {sender} واذكر {mark}",
        promise="بلا ملفات تعريف ارتباط، ولا برامج نصية، ولا إحصاء للقراء.",
    ),
}
