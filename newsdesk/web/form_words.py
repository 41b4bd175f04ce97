"""A language in, the words of the forms for subscribing and choosing in it out. Data; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.words import Plural, primary


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWords:
    """Every phrase of the forms in one language."""

    # Subscribing.
    title: str
    lead: str
    address: str
    address_hint: str
    subscribe: str
    agreed: str  # what they read beside the button; kept as what they agreed to
    asked: str
    asked_means: str
    confirm: str
    confirm_means: str
    confirm_button: str
    confirmed: str
    confirmed_means: str
    expired: str
    expired_means: str
    again: str
    too_many: str
    too_many_means: str
    error: str  # before a title
    bad_address: str
    # Choosing.
    yours: str
    since: str
    saved: str
    saved_paused: str
    regions: str
    regions_hint: str
    countries: str
    hour: str
    time_zone: str
    language: str
    days: str
    length: str
    length_hint: str
    form: str
    form_html: str
    form_html_hint: str
    form_text: str
    pause: str
    not_paused: str
    pauses: tuple[str, str, str]  # a week, two weeks, a month
    paused_until: str
    save: str
    count: str
    lately: Plural
    wrong: str
    leave: str
    leave_means: str
    data: str
    export: str
    erase: str
    erase_ask: str
    erase_means: str
    erased: str
    erased_means: str


def form_words(language: str) -> FormWords:
    """The phrases in `language` (BCP 47), or the English ones."""
    return FORMS.get(primary(language), FORMS["en"])


FORMS: Mapping[str, FormWords] = {
    "en": FormWords(
        title="The digest by mail",
        lead="Related stories told together, in a few minutes. Nothing in it counts what you read.",
        address="Your e-mail address",
        address_hint="We write to it once, to ask whether it was you.",
        subscribe="Subscribe",
        agreed=(
            "At most one mail a day, none on a day without news in your regions. Leave by one"
            " click in any of them."
        ),
        asked="Look into your mailbox",
        asked_means=(
            "If this address does not get the digest yet, a letter with a link is on its way to"
            " it. The digest begins once you press the button behind that link, within 48 hours."
        ),
        confirm="Was it you?",
        confirm_means="The digest is to go to {address}, {each_day}: {regions}.",
        confirm_button="Yes, send it",
        confirmed="You are subscribed",
        confirmed_means="The first digest comes {next} to {address}.",
        expired="This link was used, or is too old",
        expired_means="A link works once, and for 48 hours. Ask for another one.",
        again="To the form",
        too_many="Too many at once",
        too_many_means="Nothing was changed. Please try again in a few minutes.",
        error="Error",
        bad_address="This is no e-mail address. Write it like name@example.org.",
        yours="Your digest",
        since="For {address}, since {day}.",
        saved="Saved. Your next digest comes {next}.",
        saved_paused="Saved. Nothing comes before {day}.",
        regions="Regions",
        regions_hint="Choose none to get everything.",
        countries="Single countries",
        hour="Hour",
        time_zone="Time zone",
        language="Language of the mail",
        days="Days",
        length="Length",
        length_hint="What does not fit stands in one line each.",
        form="Form",
        form_html="With headlines set as on the page",
        form_html_hint="Plain text is always sent along.",
        form_text="Plain text only",
        pause="Pause",
        not_paused="Not paused",
        pauses=("For a week", "For two weeks", "For a month"),
        paused_until="Until {day}",
        save="Save",
        count="Count last week’s stories",
        lately={
            "zero": "Last week there was no story in these regions.",
            "one": "Last week there was {n} story in these regions.",
            "other": "Last week there were {n} stories in these regions.",
        },
        wrong="Not saved: {what}",
        leave="Leave",
        leave_means="It works from the moment you press.",
        data="What we know of you",
        export="Get it as a file",
        erase="Erase it, and leave",
        erase_ask="Erase everything?",
        erase_means=(
            "Your address and your choices are deleted, and the digest ends. A mark stays that"
            " keeps us from writing again; your address cannot be read from it."
        ),
        erased="Everything is erased",
        erased_means="No more digests go to you. One that is already on its way may still arrive.",
    ),
    "fr": FormWords(
        title="Le condensé par courriel",
        lead=(
            "Les sujets liés, racontés ensemble, en quelques minutes. Rien n’y compte vos lectures."
        ),
        address="Votre adresse électronique",
        address_hint="Nous y écrivons une fois, pour demander si c’était vous.",
        subscribe="S’abonner",
        agreed=(
            "Au plus un courriel par jour, aucun les jours sans nouvelles de vos régions. On se"
            " désabonne d’un clic dans chacun."
        ),
        asked="Consultez votre boîte",
        asked_means=(
            "Si cette adresse ne reçoit pas encore le condensé, un courriel avec un lien est en"
            " route. Le condensé commence dès que vous appuyez sur le bouton de la page liée, dans"
            " les 48 heures."
        ),
        confirm="C’était vous\u202f?",
        confirm_means="Le condensé sera envoyé à {address}, {each_day}\u00a0: {regions}.",
        confirm_button="Oui, envoyez-le",
        confirmed="Votre abonnement est confirmé",
        confirmed_means="Le premier condensé arrive {next} à {address}.",
        expired="Ce lien a déjà servi, ou il est trop ancien",
        expired_means="Un lien sert une fois, pendant 48 heures. Demandez-en un autre.",
        again="Retour au formulaire",
        too_many="Trop de demandes à la fois",
        too_many_means="Rien n’a été modifié. Veuillez réessayer dans quelques minutes.",
        error="Erreur",
        bad_address="Ce n’est pas une adresse électronique. Écrivez nom@example.org.",
        yours="Votre condensé",
        since="Pour {address}, depuis le {day}.",
        saved="Enregistré. Votre prochain condensé arrive {next}.",
        saved_paused="Enregistré. Rien n’arrive avant le {day}.",
        regions="Régions",
        regions_hint="N’en choisissez aucune pour tout recevoir.",
        countries="Pays",
        hour="Heure",
        time_zone="Fuseau horaire",
        language="Langue du courriel",
        days="Jours",
        length="Longueur",
        length_hint="Ce qui n’y tient pas figure en une ligne.",
        form="Forme",
        form_html="Avec les titres mis en page",
        form_html_hint="Le texte brut est toujours joint.",
        form_text="Texte brut seulement",
        pause="Pause",
        not_paused="Aucune",
        pauses=("Une semaine", "Deux semaines", "Un mois"),
        paused_until="Jusqu’au {day}",
        save="Enregistrer",
        count="Compter les sujets de la semaine passée",
        lately={
            "zero": "La semaine passée, aucun sujet dans ces régions.",
            "one": "La semaine passée, {n} sujet dans ces régions.",
            "other": "La semaine passée, {n} sujets dans ces régions.",
        },
        wrong="Non enregistré\u00a0: {what}",
        leave="Se désabonner",
        leave_means="Votre choix prend effet dès que vous appuyez.",
        data="Ce que nous savons de vous",
        export="L’obtenir en fichier",
        erase="L’effacer et partir",
        erase_ask="Tout effacer\u202f?",
        erase_means=(
            "Votre adresse et vos choix sont supprimés, et le condensé prend fin. Une marque reste,"
            " qui nous empêche de vous écrire à nouveau\u00a0; on ne peut y lire votre adresse."
        ),
        erased="Tout est effacé",
        erased_means=(
            "Plus aucun condensé ne vous est envoyé. Un envoi en route peut encore arriver."
        ),
    ),
    "de": FormWords(
        title="Die Übersicht per E-Mail",
        lead=(
            "Was zusammengehört, wird zusammen erzählt, in wenigen Minuten. Nichts darin zählt, was"
            " Sie lesen."
        ),
        address="Ihre E-Mail-Adresse",
        address_hint="Wir schreiben einmal dorthin und fragen, ob Sie es waren.",
        subscribe="Bestellen",
        agreed=(
            "Höchstens eine E-Mail am Tag, keine an Tagen ohne Neues aus Ihren Regionen."
            " Abbestellen können Sie mit einem Klick in jeder."
        ),
        asked="Sehen Sie in Ihrem Postfach nach",
        asked_means=(
            "Bekommt diese Adresse die Übersicht noch nicht, so ist eine E-Mail mit einem Link"
            " dorthin unterwegs. Die Übersicht beginnt, sobald Sie auf der verlinkten Seite den"
            " Knopf drücken, binnen 48 Stunden."
        ),
        confirm="Waren Sie es?",
        confirm_means="Die Übersicht soll an {address} gehen, {each_day}: {regions}.",
        confirm_button="Ja, bitte senden",
        confirmed="Sie haben bestellt",
        confirmed_means="Die erste Übersicht kommt {next} an {address}.",
        expired="Dieser Link wurde benutzt oder ist zu alt",
        expired_means="Ein Link gilt einmal und 48 Stunden lang. Fordern Sie einen neuen an.",
        again="Zum Formular",
        too_many="Zu viele auf einmal",
        too_many_means="Nichts wurde geändert. Bitte versuchen Sie es in einigen Minuten wieder.",
        error="Fehler",
        bad_address="Das ist keine E-Mail-Adresse. Schreiben Sie name@example.org.",
        yours="Ihre Übersicht",
        since="Für {address}, seit dem {day}.",
        saved="Gespeichert. Ihre nächste Übersicht kommt {next}.",
        saved_paused="Gespeichert. Vor dem {day} kommt nichts.",
        regions="Regionen",
        regions_hint="Wählen Sie keine, um alles zu bekommen.",
        countries="Einzelne Länder",
        hour="Uhrzeit",
        time_zone="Zeitzone",
        language="Sprache der E-Mail",
        days="Tage",
        length="Länge",
        length_hint="Was nicht hineinpasst, steht in je einer Zeile.",
        form="Form",
        form_html="Mit gesetzten Schlagzeilen wie auf der Seite",
        form_html_hint="Reiner Text geht immer mit.",
        form_text="Nur reiner Text",
        pause="Pause",
        not_paused="Keine",
        pauses=("Eine Woche", "Zwei Wochen", "Einen Monat"),
        paused_until="Bis {day}",
        save="Speichern",
        count="Themen der letzten Woche zählen",
        lately={
            "zero": "Letzte Woche gab es kein Thema in diesen Regionen.",
            "one": "Letzte Woche gab es {n} Thema in diesen Regionen.",
            "other": "Letzte Woche gab es {n} Themen in diesen Regionen.",
        },
        wrong="Nicht gespeichert: {what}",
        leave="Abbestellen",
        leave_means="Es gilt, sobald Sie drücken.",
        data="Was wir über Sie wissen",
        export="Als Datei holen",
        erase="Löschen und abbestellen",
        erase_ask="Alles löschen?",
        erase_means=(
            "Ihre Adresse und Ihre Wahl werden gelöscht, und die Übersicht endet. Ein Merkmal"
            " bleibt, damit wir nicht wieder schreiben; Ihre Adresse lässt sich daraus nicht lesen."
        ),
        erased="Alles ist gelöscht",
        erased_means=(
            "Keine Übersicht geht mehr an Sie. Eine, die unterwegs ist, kann noch ankommen."
        ),
    ),
    "es": FormWords(
        title="El resumen por correo",
        lead=(
            "Lo que va junto se cuenta junto, en pocos minutos. Nada en él cuenta lo que usted lee."
        ),
        address="Su dirección de correo",
        address_hint="Escribimos una vez, para preguntar si fue usted.",
        subscribe="Suscribirse",
        agreed=(
            "Como mucho un correo al día, ninguno los días sin noticias de sus regiones. Se da de"
            " baja con un clic en cualquiera de ellos."
        ),
        asked="Consulte su correo",
        asked_means=(
            "Si esta dirección aún no recibe el resumen, le hemos enviado un correo con un enlace."
            " El resumen empieza cuando pulse el botón de esa página, en un plazo de 48 horas."
        ),
        confirm="¿Fue usted?",
        confirm_means="El resumen se enviará a {address}, {each_day}: {regions}.",
        confirm_button="Sí, envíenlo",
        confirmed="Suscripción confirmada",
        confirmed_means="El primer resumen llega {next} a {address}.",
        expired="Este enlace ya se usó o es demasiado antiguo",
        expired_means="Un enlace sirve una vez, durante 48 horas. Pida otro.",
        again="Volver al formulario",
        too_many="Demasiados a la vez",
        too_many_means="No se ha cambiado nada. Inténtelo de nuevo dentro de unos minutos.",
        error="Error",
        bad_address="No es una dirección de correo. Escríbala así: nombre@example.org.",
        yours="Su resumen",
        since="Para {address}, desde el {day}.",
        saved="Guardado. Su próximo resumen llega {next}.",
        saved_paused="Guardado. No llega nada antes del {day}.",
        regions="Regiones",
        regions_hint="No elija ninguna para recibirlo todo.",
        countries="Países",
        hour="Hora",
        time_zone="Zona horaria",
        language="Idioma del correo",
        days="Días",
        length="Extensión",
        length_hint="Lo que no cabe figura en una línea.",
        form="Forma",
        form_html="Con titulares, como en la página",
        form_html_hint="El texto sin formato va siempre incluido.",
        form_text="Solo texto sin formato",
        pause="Pausa",
        not_paused="Ninguna",
        pauses=("Una semana", "Dos semanas", "Un mes"),
        paused_until="Hasta el {day}",
        save="Guardar",
        count="Contar los temas de la semana pasada",
        lately={
            "zero": "La semana pasada no hubo temas en estas regiones.",
            "one": "La semana pasada hubo {n} tema en estas regiones.",
            "other": "La semana pasada hubo {n} temas en estas regiones.",
        },
        wrong="No guardado: {what}",
        leave="Darse de baja",
        leave_means="Tiene efecto en cuanto pulse.",
        data="Lo que sabemos de usted",
        export="Obtenerlo como archivo",
        erase="Borrarlo y darse de baja",
        erase_ask="¿Borrarlo todo?",
        erase_means=(
            "Se borran su dirección y sus elecciones, y el resumen termina. Queda una marca que nos"
            " impide volver a escribir; de ella no se puede leer su dirección."
        ),
        erased="Todo está borrado",
        erased_means="No se le envían más resúmenes. Uno que ya esté en camino aún puede llegar.",
    ),
    "ar": FormWords(
        title="الموجز بالبريد",
        lead="الأخبار المترابطة تُروى معًا في دقائق. لا شيء فيه يُحصي ما تقرأ.",
        address="عنوان بريدك الإلكتروني",
        address_hint="نكتب إليه مرة واحدة لنسأل هل كنت أنت.",
        subscribe="اشترك",
        agreed=(
            "رسالة واحدة يوميًا على الأكثر، ولا شيء في يوم بلا أخبار من مناطقك. تغادر بنقرة"
            " في أي منها."
        ),
        asked="انظر في صندوق بريدك",
        asked_means=(
            "إن لم يكن هذا العنوان يتلقى الموجز بعد، فرسالة فيها رابط في طريقها إليه."
            " يبدأ الموجز حين"
            " تضغط الزر خلف ذلك الرابط خلال 48 ساعة."
        ),
        confirm="هل كنت أنت؟",
        confirm_means="سيُرسل الموجز إلى {address}، {each_day}: {regions}.",
        confirm_button="نعم، أرسلوه",
        confirmed="تم اشتراكك",
        confirmed_means="يصل أول موجز {next} إلى {address}.",
        expired="استُعمل هذا الرابط، أو هو قديم جدًا",
        expired_means="يعمل الرابط مرة واحدة ومدة 48 ساعة. اطلب غيره.",
        again="إلى النموذج",
        too_many="طلبات كثيرة في وقت واحد",
        too_many_means="لم يتغيّر شيء. يُرجى المحاولة مجددًا بعد دقائق.",
        error="خطأ",
        bad_address="هذا ليس عنوان بريد. اكتبه هكذا: name@example.org.",
        yours="موجزك",
        since="إلى {address}، منذ {day}.",
        saved="حُفظ. يصل موجزك التالي {next}.",
        saved_paused="حُفظ. لن يصل شيء قبل {day}.",
        regions="المناطق",
        regions_hint="لا تختر شيئًا لتتلقى كل شيء.",
        countries="بلدان مفردة",
        hour="الساعة",
        time_zone="المنطقة الزمنية",
        language="لغة الرسالة",
        days="الأيام",
        length="الطول",
        length_hint="ما لا يتسع له المكان يُذكر في سطر واحد.",
        form="الشكل",
        form_html="بعناوين منسّقة كما في الصفحة",
        form_html_hint="النص العادي مرفق دائمًا.",
        form_text="نص عادي فقط",
        pause="إيقاف مؤقت",
        not_paused="بلا إيقاف",
        pauses=("أسبوع", "أسبوعان", "شهر"),
        paused_until="حتى {day}",
        save="احفظ",
        count="عُدّ أخبار الأسبوع الماضي",
        lately={
            "zero": "لم يكن في هذه المناطق خبر في الأسبوع الماضي.",
            "other": "أخبار الأسبوع الماضي في هذه المناطق: {n}.",
        },
        wrong="لم يُحفظ: {what}",
        leave="المغادرة",
        leave_means="يسري الإلغاء فور الضغط على الزر.",
        data="ما نعرفه عنك",
        export="احصل عليه ملفًا",
        erase="امحُه وغادر",
        erase_ask="محو كل شيء؟",
        erase_means=(
            "يُمحى عنوانك واختياراتك وينتهي الموجز. تبقى علامة تمنعنا من الكتابة إليك"
            " مجددًا، ولا يمكن"
            " قراءة عنوانك منها."
        ),
        erased="مُحي كل شيء",
        erased_means="لن يُرسل إليك أي موجز آخر. وقد يصل موجز كان في طريقه إليك.",
    ),
}
