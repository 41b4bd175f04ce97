"""A language in, the words of the page that lists the feeds out. Data; pure.

The languages are those of newsdesk/web/phrases.py; one is added in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWords:
    """Every phrase of the page in one language."""

    title: str
    lead: str
    paper: str
    all_articles: str
    regions: str
    countries: Mapping[str, str]  # CLDR plural category -> phrase with {n}
    in_days: Mapping[str, str]
    plot: Mapping[str, str]
    as_format: str  # what a link is called by who does not see its row: "Syria, RSS"
    today: str
    yesterday: str
    nothing_yet: str
    how: str
    reader: str
    reader_means: str
    at_once: str
    at_once_means: str
    combine: str
    combine_means: str
    choose: str
    choose_means: str
    choose_regions: str
    choose_countries: str
    download: str
    sites: str
    sites_means: str
    alternate: str
    related: str
    related_means: str


LISTING: Mapping[str, ListingWords] = {
    "en": ListingWords(
        title="Feeds",
        lead="Follow the whole paper or one region in the reader you like. Free, in full text,"
        " without an account.",
        paper="The paper",
        all_articles="All articles",
        regions="Regions",
        countries={"one": "{n} country", "other": "{n} countries"},
        in_days={"other": "{n} in 28 days"},
        plot={"one": "{n} article in 28 days", "other": "{n} articles in 28 days"},
        as_format="{name}, {format}",
        today="{time} today",
        yesterday="yesterday",
        nothing_yet="Nothing yet.",
        how="How to follow",
        reader="In a feed reader",
        reader_means="Copy the address of RSS, Atom or JSON Feed and paste it where your reader"
        " says “add”. All three carry the same articles.",
        at_once="All at once",
        at_once_means="{file} lists every feed above. Readers take it under “import”.",
        combine="Regions put together",
        combine_means="Write plus and minus between names: {example} has the articles of either,"
        " without those about the last.",
        choose="Take several",
        choose_means="Tick what you want; the list that comes is for your reader’s “import”.",
        choose_regions="Regions",
        choose_countries="Countries",
        download="Get the list (OPML)",
        sites="For websites",
        sites_means="These lines are for the head and the foot of a page. They run no script and"
        " count nobody.",
        alternate="So that readers find a page’s feed by the page’s address",
        related="Related stories under an article",
        related_means="ID is the article’s number in the store. related/ID.json has the same for"
        " templates of your own.",
    ),
    "fr": ListingWords(
        title="Flux",
        lead="Suivez tout le journal ou une région dans le lecteur de votre choix. Gratuit, en"
        " texte intégral, sans compte.",
        paper="Le journal",
        all_articles="Tous les articles",
        regions="Régions",
        countries={"one": "{n} pays", "other": "{n} pays"},
        in_days={"other": "{n} en 28 jours"},
        plot={"one": "{n} article en 28 jours", "other": "{n} articles en 28 jours"},
        as_format="{name}, {format}",
        today="{time} aujourd’hui",
        yesterday="hier",
        nothing_yet="Rien pour l’instant.",
        how="Comment suivre",
        reader="Dans un lecteur de flux",
        reader_means="Copiez l’adresse de RSS, d’Atom ou de JSON Feed et collez-la là où votre"
        " lecteur dit «\u202fajouter\u202f». Les trois portent les mêmes articles.",
        at_once="Tout d’un coup",
        at_once_means="{file} contient tous les flux ci-dessus. Les lecteurs le prennent sous"
        " «\u202fimporter\u202f».",
        combine="Régions combinées",
        combine_means="Écrivez plus et moins entre les noms\u202f: {example} réunit les articles"
        " des unes, sans ceux de la dernière.",
        choose="En prendre plusieurs",
        choose_means="Cochez ce que vous voulez\u202f; la liste obtenue est pour la fonction"
        " «\u202fimporter\u202f» de votre lecteur.",
        choose_regions="Régions",
        choose_countries="Pays",
        download="Obtenir la liste (OPML)",
        sites="Pour les sites web",
        sites_means="Ces lignes vont dans l’en-tête et au pied d’une page. Elles n’exécutent"
        " aucun script et ne comptent personne.",
        alternate="Pour que les lecteurs trouvent le flux par l’adresse de la page",
        related="Articles liés, sous un article",
        related_means="ID est le numéro de l’article dans la base. related/ID.json contient la"
        " même chose pour vos propres modèles.",
    ),
    "de": ListingWords(
        title="Feeds",
        lead="Folgen Sie der ganzen Zeitung oder einer Region in dem Leseprogramm, das Sie mögen."
        " Kostenlos, im vollen Text, ohne Konto.",
        paper="Die Zeitung",
        all_articles="Alle Artikel",
        regions="Regionen",
        countries={"one": "{n} Land", "other": "{n} Länder"},
        in_days={"other": "{n} in 28 Tagen"},
        plot={"one": "{n} Artikel in 28 Tagen", "other": "{n} Artikel in 28 Tagen"},
        as_format="{name}, {format}",
        today="{time} heute",
        yesterday="gestern",
        nothing_yet="Noch nichts.",
        how="Wie man folgt",
        reader="In einem Leseprogramm",
        reader_means="Kopieren Sie die Adresse von RSS, Atom oder JSON Feed und fügen Sie sie ein,"
        " wo Ihr Programm „hinzufügen“ sagt. Alle drei enthalten dieselben Artikel.",
        at_once="Alle auf einmal",
        at_once_means="{file} nennt alle Feeds dieser Seite. Leseprogramme nehmen sie unter"
        " „importieren“.",
        combine="Regionen zusammengesetzt",
        combine_means="Plus und minus zwischen den Namen: {example} hat die Artikel der einen und"
        " der anderen, ohne die über die letzte.",
        choose="Mehrere nehmen",
        choose_means="Kreuzen Sie an, was Sie möchten; die Liste ist für „importieren“ in Ihrem"
        " Leseprogramm.",
        choose_regions="Regionen",
        choose_countries="Länder",
        download="Liste holen (OPML)",
        sites="Für Websites",
        sites_means="Diese Zeilen gehören in den Kopf und den Fuß einer Seite. Sie führen kein"
        " Skript aus und zählen niemanden.",
        alternate="Damit Leseprogramme den Feed über die Adresse der Seite finden",
        related="Verwandte Artikel unter einem Artikel",
        related_means="ID ist die Nummer des Artikels in der Datenbank. related/ID.json enthält"
        " dasselbe für eigene Vorlagen.",
    ),
    "es": ListingWords(
        title="Canales",
        lead="Siga todo el periódico o una región en el lector que prefiera. Gratis, con el texto"
        " completo y sin cuenta.",
        paper="El periódico",
        all_articles="Todos los artículos",
        regions="Regiones",
        countries={"one": "{n} país", "other": "{n} países"},
        in_days={"other": "{n} en 28 días"},
        plot={"one": "{n} artículo en 28 días", "other": "{n} artículos en 28 días"},
        as_format="{name}, {format}",
        today="{time} hoy",
        yesterday="ayer",
        nothing_yet="Nada todavía.",
        how="Cómo seguirlos",
        reader="En un lector de canales",
        reader_means="Copie la dirección de RSS, Atom o JSON Feed y péguela donde su lector dice"
        " «añadir». Los tres llevan los mismos artículos.",
        at_once="Todos a la vez",
        at_once_means="{file} contiene todos los canales de esta página. Los lectores lo toman en"
        " «importar».",
        combine="Regiones combinadas",
        combine_means="Escriba más y menos entre los nombres: {example} tiene los artículos de unas"
        " y otras, sin los de la última.",
        choose="Elegir varios",
        choose_means="Marque lo que quiera; la lista que reciba es para «importar» en su lector.",
        choose_regions="Regiones",
        choose_countries="Países",
        download="Obtener la lista (OPML)",
        sites="Para sitios web",
        sites_means="Estas líneas van en la cabecera y al pie de una página. No ejecutan ningún"
        " script y no cuentan a nadie.",
        alternate="Para que los lectores encuentren el canal por la dirección de la página",
        related="Artículos relacionados, al pie de un artículo",
        related_means="ID es el número del artículo en la base. related/ID.json contiene lo mismo"
        " para sus propias plantillas.",
    ),
    "ar": ListingWords(
        title="الخلاصات",
        lead="تابع الصحيفة كلها أو منطقة واحدة في القارئ الذي تفضله. مجانًا، بالنص الكامل، وبلا"
        " حساب.",
        paper="الصحيفة",
        all_articles="كل المقالات",
        regions="المناطق",
        countries={
            "zero": "لا بلدان",
            "one": "بلد واحد",
            "two": "بلدان",
            "few": "{n} بلدان",
            "many": "{n} بلدًا",
            "other": "{n} بلد",
        },
        in_days={"other": "{n} في 28 يومًا"},
        plot={
            "one": "مقال واحد في 28 يومًا",
            "two": "مقالان في 28 يومًا",
            "few": "{n} مقالات في 28 يومًا",
            "many": "{n} مقالًا في 28 يومًا",
            "other": "{n} مقال في 28 يومًا",
        },
        as_format="{name}، {format}",
        today="{time} اليوم",
        yesterday="أمس",
        nothing_yet="لا شيء بعد.",
        how="كيف تتابع",
        reader="في قارئ خلاصات",
        reader_means="انسخ عنوان RSS أو Atom أو JSON Feed والصقه حيث يقول قارئك «إضافة». الثلاثة"
        " تحمل المقالات نفسها.",
        at_once="كلها معًا",
        at_once_means="يضم الملف {file} كل الخلاصات أعلاه. تأخذه برامج القراءة من «استيراد».",
        combine="مناطق مجتمعة",
        combine_means="اكتب علامتي زائد وناقص بين الأسماء: {example} تضم مقالات هذه وتلك من دون ما"
        " يخص الأخيرة.",
        choose="خذ عدة خلاصات",
        choose_means="علّم ما تريد؛ القائمة التي تصلك هي لأمر «استيراد» في قارئك.",
        choose_regions="المناطق",
        choose_countries="البلدان",
        download="احصل على القائمة (OPML)",
        sites="للمواقع",
        sites_means="هذه الأسطر لرأس الصفحة وذيلها. لا تشغّل نصوصًا برمجية ولا تحصي أحدًا.",
        alternate="لكي تجد برامج القراءة الخلاصة من عنوان الصفحة",
        related="مقالات ذات صلة تحت المقال",
        related_means="ID هو رقم المقال في قاعدة البيانات. ويحمل related/ID.json المحتوى نفسه"
        " لقوالبك الخاصة.",
    ),
}
