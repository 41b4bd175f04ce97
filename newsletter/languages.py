"""A language in, all phrases of the digest in it out. Data; pure.

A language is added by one more `Words` in `LANGUAGES`; plurals are named by CLDR's categories.
"""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.words import Words, primary


def words(language: str) -> Words:
    """The words in `language` (BCP 47), or the English ones: their `language` says which."""
    return LANGUAGES.get(primary(language), ENGLISH)


ENGLISH = Words(
    language="en",
    locale="en_GB",
    date_long="EEEE, d MMMM y",
    date_plain="d MMMM y",
    date_short="d MMM",
    comma=", ",
    stories={"one": "{n} story", "other": "{n} stories"},
    minutes={"one": "{n} minute", "other": "{n} minutes"},
    minutes_short={"other": "{n} min"},
    corrections={"one": "{n} correction", "other": "{n} corrections"},
    everywhere="all regions",
    more_regions={"one": "{n} more region", "other": "{n} more regions"},
    summary="{counts}: {regions}.",
    read_on_web="Read on the web",
    on_the_web="On the web",
    quiet={
        "one": "A quiet day in your regions: one story, and nothing left out.",
        "other": "A quiet day in your regions: {n} stories, and nothing left out.",
    },
    correction_only=(
        "No new stories in your regions today. We write because something we told you was wrong."
    ),
    correction_subject="Correction: {title}",
    byline="{authors} in {place}",
    also="Also on this",
    earlier="Earlier in this story",
    brief="In brief",
    more={"one": "and {n} more on the web", "other": "and {n} more on the web"},
    corrected="Corrected since we wrote",
    corrected_article="The article, corrected",
    sent_on="Sent on {date}",
    picture="Picture",
    why=(
        "You get this at {address} because you asked on {asked} for a digest of {regions},"
        " {each_day}."
    ),
    on_days="on {days} at {time} in {place}",
    morning="each morning at {time} in {place}",
    afternoon="each afternoon at {time} in {place}",
    evening="each evening at {time} in {place}",
    change="Change regions or hour",
    unsubscribe="Unsubscribe",
    feeds="Feeds",
    editions="Editions",
    all_editions="All editions",
    by_mail="Digest by mail",
    by_month="By month",
    by_region="By region",
    corrected_since="Corrected since",
)

FRENCH = Words(
    language="fr",
    locale="fr",
    date_long="EEEE d MMMM y",
    date_plain="d MMMM y",
    date_short="d MMM",
    first="1er",
    comma=", ",
    stories={"one": "{n} sujet", "other": "{n} sujets"},
    minutes={"one": "{n} minute", "other": "{n} minutes"},
    minutes_short={"other": "{n} min"},
    corrections={"one": "{n} rectificatif", "other": "{n} rectificatifs"},
    everywhere="toutes les régions",
    more_regions={"one": "{n} autre région", "other": "{n} autres régions"},
    summary="{counts}\u00a0: {regions}.",
    read_on_web="Lire sur le web",
    on_the_web="Sur le web",
    quiet={
        "one": (
            "Une journée calme dans vos régions\u00a0: un sujet, et rien n’a été laissé de côté."
        ),
        "other": (
            "Une journée calme dans vos régions\u00a0: {n} sujets, et rien n’a été laissé de côté."
        ),
    },
    correction_only=(
        "Rien de nouveau dans vos régions aujourd’hui. Nous vous écrivons parce qu’une information"
        " que nous vous avons donnée était fausse."
    ),
    correction_subject="Rectificatif : {title}",
    byline="{authors}, {place}",
    also="Sur le même sujet",
    earlier="Déjà paru sur ce sujet",
    brief="En bref",
    more={"one": "et {n} autre sur le web", "other": "et {n} autres sur le web"},
    corrected="Rectificatifs",
    corrected_article="L’article rectifié",
    sent_on="Envoyé le {date}",
    picture="Image",
    why=(
        "Vous recevez ce message à {address} parce que vous avez demandé, le {asked}, un"
        " condensé\u00a0: {regions}, {each_day}."
    ),
    on_days="{days} à {time}, heure de {place}",
    morning="chaque matin à {time}, heure de {place}",
    afternoon="chaque après-midi à {time}, heure de {place}",
    evening="chaque soir à {time}, heure de {place}",
    change="Changer de régions ou d’heure",
    unsubscribe="Se désabonner",
    feeds="Flux",
    editions="Éditions",
    all_editions="Toutes les éditions",
    by_mail="Par courriel",
    by_month="Par mois",
    by_region="Par région",
    corrected_since="Rectifié depuis",
)

GERMAN = Words(
    language="de",
    locale="de",
    date_long="EEEE, d. MMMM y",
    date_plain="d. MMMM y",
    date_short="d. MMM",
    comma=", ",
    stories={"one": "{n} Thema", "other": "{n} Themen"},
    minutes={"one": "{n} Minute", "other": "{n} Minuten"},
    minutes_short={"other": "{n} Min."},
    corrections={"one": "{n} Berichtigung", "other": "{n} Berichtigungen"},
    everywhere="alle Regionen",
    more_regions={"one": "{n} weitere Region", "other": "{n} weitere Regionen"},
    summary="{counts}: {regions}.",
    read_on_web="Im Web lesen",
    on_the_web="Im Web",
    quiet={
        "one": "Ein ruhiger Tag in Ihren Regionen: ein Thema, und nichts blieb weg.",
        "other": "Ein ruhiger Tag in Ihren Regionen: {n} Themen, und nichts blieb weg.",
    },
    correction_only=(
        "Heute nichts Neues aus Ihren Regionen. Wir schreiben Ihnen, weil etwas falsch war, das wir"
        " berichtet haben."
    ),
    correction_subject="Berichtigung: {title}",
    byline="{authors}, {place}",
    also="Mehr dazu",
    earlier="Bisher dazu",
    brief="In Kürze",
    more={"one": "und {n} weiteres im Web", "other": "und {n} weitere im Web"},
    corrected="Seit dem Versand berichtigt",
    corrected_article="Der berichtigte Artikel",
    sent_on="Gesendet am {date}",
    picture="Bild",
    why=(
        "Sie erhalten diese E-Mail an {address}, weil Sie am {asked} eine Übersicht bestellt haben:"
        " {regions}, {each_day}."
    ),
    on_days="{days} um {time} Uhr, Ortszeit {place}",
    morning="jeden Morgen um {time} Uhr, Ortszeit {place}",
    afternoon="jeden Nachmittag um {time} Uhr, Ortszeit {place}",
    evening="jeden Abend um {time} Uhr, Ortszeit {place}",
    change="Regionen oder Uhrzeit ändern",
    unsubscribe="Abbestellen",
    feeds="Feeds",
    editions="Ausgaben",
    all_editions="Alle Ausgaben",
    by_mail="Per E-Mail",
    by_month="Nach Monat",
    by_region="Nach Region",
    corrected_since="Seither berichtigt",
)

SPANISH = Words(
    language="es",
    locale="es",
    date_long="EEEE, d 'de' MMMM 'de' y",
    date_plain="d 'de' MMMM 'de' y",
    date_short="d MMM",
    comma=", ",
    stories={"one": "{n} tema", "other": "{n} temas"},
    minutes={"one": "{n} minuto", "other": "{n} minutos"},
    minutes_short={"other": "{n} min"},
    corrections={"one": "{n} corrección", "other": "{n} correcciones"},
    everywhere="todas las regiones",
    more_regions={"one": "{n} región más", "other": "{n} regiones más"},
    summary="{counts}: {regions}.",
    read_on_web="Leer en la web",
    on_the_web="En la web",
    quiet={
        "one": "Un día tranquilo en sus regiones: un tema, y no dejamos nada fuera.",
        "other": "Un día tranquilo en sus regiones: {n} temas, y no dejamos nada fuera.",
    },
    correction_only=(
        "Hoy no hay novedades en sus regiones. Le escribimos porque algo que le contamos no era"
        " correcto."
    ),
    correction_subject="Corrección: {title}",
    byline="{authors} en {place}",
    also="También sobre este tema",
    earlier="Ya publicado sobre este tema",
    brief="Breves",
    more={"one": "y {n} más en la web", "other": "y {n} más en la web"},
    corrected="Corregido desde que escribimos",
    corrected_article="El artículo, corregido",
    sent_on="Enviado el {date}",
    picture="Imagen",
    why=(
        "Recibe este correo en {address} porque el {asked} pidió un resumen de {regions},"
        " {each_day}."
    ),
    on_days="{days} a las {time}, hora de {place}",
    morning="cada mañana a las {time}, hora de {place}",
    afternoon="cada tarde a las {time}, hora de {place}",
    evening="cada noche a las {time}, hora de {place}",
    change="Cambiar regiones u hora",
    unsubscribe="Darse de baja",
    feeds="Canales",
    editions="Ediciones",
    all_editions="Todas las ediciones",
    by_mail="Por correo",
    by_month="Por mes",
    by_region="Por región",
    corrected_since="Corregido desde entonces",
)

ARABIC = Words(
    language="ar",
    locale="ar",
    date_long="EEEE، d MMMM y",
    date_plain="d MMMM y",
    date_short="d MMMM",
    comma="، ",
    stories={
        "one": "قصة واحدة",
        "two": "قصتان",
        "few": "{n} قصص",
        "other": "{n} قصة",
    },
    minutes={
        "one": "دقيقة واحدة",
        "two": "دقيقتان",
        "few": "{n} دقائق",
        "other": "{n} دقيقة",
    },
    minutes_short={
        "one": "دقيقة",
        "two": "دقيقتان",
        "few": "{n} دقائق",
        "other": "{n} دقيقة",
    },
    corrections={
        "one": "تصحيح واحد",
        "two": "تصحيحان",
        "few": "{n} تصحيحات",
        "other": "{n} تصحيحًا",
    },
    everywhere="جميع المناطق",
    more_regions={
        "one": "منطقة أخرى",
        "two": "منطقتان أخريان",
        "few": "{n} مناطق أخرى",
        "other": "{n} منطقة أخرى",
    },
    summary="{counts}: {regions}.",
    read_on_web="اقرأ على الموقع",
    on_the_web="على الموقع",
    quiet={
        "one": "يوم هادئ في مناطقك: قصة واحدة، ولم نُغفل شيئًا.",
        "two": "يوم هادئ في مناطقك: قصتان، ولم نُغفل شيئًا.",
        "few": "يوم هادئ في مناطقك: {n} قصص، ولم نُغفل شيئًا.",
        "other": "يوم هادئ في مناطقك: {n} قصة، ولم نُغفل شيئًا.",
    },
    correction_only="لا جديد في مناطقك اليوم. نكتب إليك لأن شيئًا مما أخبرناك به لم يكن صحيحًا.",
    correction_subject="تصحيح: {title}",
    byline="{authors}، {place}",
    also="في الموضوع نفسه",
    earlier="سابقًا في هذه القصة",
    brief="باختصار",
    more={
        "one": "وقصة أخرى على الموقع",
        "two": "وقصتان أخريان على الموقع",
        "few": "و{n} قصص أخرى على الموقع",
        "other": "و{n} قصة أخرى على الموقع",
    },
    corrected="صُحّح بعد الإرسال",
    corrected_article="المقال بعد التصحيح",
    sent_on="أُرسل في {date}",
    picture="صورة",
    why="تصلك هذه الرسالة على {address} لأنك طلبت في {asked} موجزًا عن {regions}، {each_day}.",
    on_days="{days} الساعة {time} بتوقيت {place}",
    morning="كل صباح الساعة {time} بتوقيت {place}",
    afternoon="كل يوم بعد الظهر الساعة {time} بتوقيت {place}",
    evening="كل مساء الساعة {time} بتوقيت {place}",
    change="تغيير المناطق أو الساعة",
    unsubscribe="إلغاء الاشتراك",
    feeds="الخلاصات",
    editions="الأعداد",
    all_editions="كل الأعداد",
    by_mail="بالبريد",
    by_month="حسب الشهر",
    by_region="حسب المنطقة",
    corrected_since="صُحّح لاحقًا",
)

LANGUAGES: Mapping[str, Words] = {
    each.language: each for each in (ENGLISH, FRENCH, GERMAN, SPANISH, ARABIC)
}
