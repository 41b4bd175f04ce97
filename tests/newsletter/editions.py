"""A newsroom's day for tests of the digest: articles, what a reader was told, editions of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from articles.model import Article, Image
from articles.regions import RegionTable
from newsletter.edition import compose
from newsletter.model import Edition, Newsletter, Subscriber, Told

MORNING = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
DAY = date(2026, 11, 22)
TABLE = RegionTable.load()
PAGE = "https://news.example.org/editions/2026-11-22"
UNSUBSCRIBE = "https://news.example.org/u/AAECAwQFBgfkq1w2e3r4t5z6"
PREFERENCES = "https://news.example.org/p/AAECAwQFBgcxz6u7i8o9p0a1"

NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@news.example.org>",
    site_url="https://news.example.org/",
    feeds_url="https://news.example.org/feeds/",
    mail_url="https://news.example.org/",
    archive_url="https://news.example.org/editions/",
    postal_address="The Meridian, 14 Harbour Street, Exampleton EX1 2AB",
    reply_to="desk@news.example.org",
)

READER = Subscriber(
    id=7,
    key="000102030405060708090a0b0c0d0e0f",
    address="reader@mail.example.net",
    asked_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
    regions=("middle-east", "caucasus", "sahel"),
    hour=time(6, 30),
    time_zone="Europe/Berlin",
)

CHART = Image(
    url="https://news.example.org/i/strait.png",
    alt="Chart of a strait with a dashed line from west to east: the lane the convoy took.",
    caption="The escorted lane",
    credit="Map: The Meridian",
)


@dataclass
class Newsroom:
    """Writes articles, and remembers what its one reader was told."""

    language: str = "en"
    articles: list[Article] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def write(self, title: str = "A headline", *, hours_ago: float = 3, **fields: Any) -> Article:
        """A new article; `minutes` is how long it takes to read."""
        number = len(self.articles) + 1
        at = MORNING - timedelta(hours=hours_ago)
        known = {
            "id": f"tag:news.example.org,2026:article/{number}",
            "number": number,
            "title": title,
            "published_at": at,
            "updated_at": at,
            "url": f"https://news.example.org/a/{number}",
            "body_text": "word " * 230 * fields.pop("minutes", 3),
            "language": self.language,
        }
        self.articles.append(Article(**known | fields))
        return self.articles[-1]

    def tell(self, article: Article, *, days_ago: int = 1, shown: bool = True) -> Article:
        """Note that the reader got `article` as it now is."""
        day = DAY - timedelta(days=days_ago)
        note = article.correction
        self.told.append(
            Told(
                article=article.number,
                revision=article.revision,
                day=day,
                correction=note,
                shown=shown,
            )
        )
        return article

    def revise(self, article: Article, **fields: Any) -> Article:
        """The next revision of an article."""
        changed = replace(article, revision=article.revision + 1, **fields)
        self.articles[article.number - 1] = changed
        return changed

    def withdraw(self, article: Article) -> None:
        self.articles = [each for each in self.articles if each.number != article.number]

    def compose(self, regions: tuple[str, ...] = (), **fields: Any) -> Edition | None:
        """The reader's edition of today, if there is one."""
        known = {
            "day": DAY,
            "language": self.language,
            "regions": regions,
            "candidates": self.articles,
            "told": self.told,
            "known": {each.number: each for each in self.articles},
            "table": TABLE,
        }
        return compose(**known | fields)

    def edition(self, regions: tuple[str, ...] = (), **fields: Any) -> Edition:
        edition = self.compose(regions, **fields)
        assert edition is not None
        return edition


def ordinary_day() -> Edition:
    """Twelve stories, three of them with a past, and a correction."""
    room = Newsroom()
    room.write(
        "First convoy passes Bab el-Mandeb under the Djibouti escort plan",
        standfirst="Fourteen merchant ships went north in daylight on Saturday, the largest group"
        " in two years. Insurers call it a trial, not a return.",
        authors=("Ines Halvorsen",),
        dateline="Djibouti",
        regions=("yemen", "djibouti", "middle-east"),
        story=1,
        image=CHART,
        minutes=4,
    )
    room.write(
        "Insurers halve the war premium for the southern Red Sea", story=1, regions=("middle-east",)
    )
    room.write(
        "What the plan leaves out: the fishing boats of Hodeidah",
        hours_ago=6,
        story=1,
        regions=("yemen", "middle-east"),
        minutes=6,
    )
    room.write(
        "Yerevan and Baku agree who may inspect the Syunik railway",
        standfirst="Customs officers from both sides will ride the same train. The question of"
        " whose law holds on board is put off until spring.",
        authors=("Tomas Berg",),
        dateline="Meghri",
        regions=("armenia", "azerbaijan", "caucasus"),
        story=2,
        minutes=5,
    )
    room.write(
        "The stations on a line that has not run since 1992",
        hours_ago=8,
        story=2,
        regions=("armenia", "caucasus"),
        minutes=8,
    )
    room.write(
        "Fuel lorries reach Bamako after eleven days on the road",
        standfirst="The army escorted 120 tankers from the Senegalese border. Schools in the"
        " capital are to reopen on Wednesday.",
        authors=("Awa Traore-Lind",),
        hours_ago=4,
        regions=("mali", "sahel"),
        story=3,
    )
    room.write(
        "Ankara hands over the first training centre it built near Homs",
        standfirst="The Syrian ministry of defence now runs the site with its own staff.",
        hours_ago=5,
        regions=("syria", "turkey", "middle-east"),
        minutes=2,
    )
    room.write(
        "Anaklia’s harbour gets its breakwater before it gets an owner",
        standfirst="Work on the deep-sea port began again in May.",
        authors=("Nino Kessler", "Tomas Berg"),
        dateline="Anaklia",
        hours_ago=6,
        regions=("georgia", "caucasus"),
        minutes=7,
    )
    for hours_ago, (title, *regions) in enumerate(
        (
            ("Basra opens a second desalination plant", "iraq", "middle-east"),
            ("Municipal vote set for May after three postponements", "lebanon", "middle-east"),
            ("Agadez airfield returns to civil use", "niger", "sahel"),
            ("Deir ez-Zor’s eastern bridge carries lorries again", "syria", "middle-east"),
            ("Muscat hosts a third round of talks on prisoners", "oman", "middle-east"),
            ("Harvest near Lake Chad is the best in six years", "chad", "sahel"),
            ("Court lets the Amulsar mine dispute go to arbitration", "armenia", "caucasus"),
        ),
        8,
    ):
        room.write(title, hours_ago=hours_ago, regions=tuple(regions))
    room.tell(room.write("Djibouti offers its old quay as an escort base", story=1), days_ago=2)
    room.tell(room.write("Two shipping lines announce a return to Suez", story=1), days_ago=5)
    room.tell(room.write("Queues at Bamako’s pumps reach the airport road", story=3), days_ago=4)
    _correct_aktau(room)
    return room.edition(READER.regions)


def quiet_day() -> Edition:
    room = Newsroom()
    room.write(
        "Anaklia harbour gets its breakwater before it gets an owner",
        standfirst="Work on the deep-sea port began again in May.",
        regions=("georgia", "caucasus"),
        authors=("Nino Kessler",),
    )
    return room.edition(("caucasus",))


def corrections_alone() -> Edition:
    room = Newsroom()
    _correct_aktau(room)
    return room.edition(("central-asia",))


def arabic_day() -> Edition:
    """An edition in Arabic, one story of it in English."""
    room = Newsroom(language="ar")
    room.write(
        "أول قافلة تعبر باب المندب ضمن خطة المرافقة",
        standfirst="أربع عشرة سفينة تجارية اتجهت شمالًا نهار السبت.",
        dateline="جيبوتي",
        regions=("yemen", "djibouti", "middle-east"),
        story=1,
        image=replace(CHART, alt="خريطة مضيق بحريّ", caption="مسار القافلة", credit="خط الزوال"),
        minutes=4,
    )
    room.write("شركات التأمين تخفض رسوم الحرب إلى النصف", story=1, regions=("yemen", "middle-east"))
    room.write(
        "Muscat hosts a third round of talks on prisoners",
        standfirst="The delegations sit in separate rooms (again).",
        authors=("Ines Halvorsen",),
        dateline="Muscat",
        language="en",
        hours_ago=4,
        regions=("oman", "middle-east"),
    )
    room.write(
        "البصرة تفتتح محطة ثانية لتحلية المياه", hours_ago=5, regions=("iraq", "middle-east")
    )
    room.tell(room.write("جيبوتي تعرض رصيفها القديم قاعدة للمرافقة", story=1), days_ago=2)
    return room.edition(("middle-east",))


def _correct_aktau(room: Newsroom) -> None:
    wrong = room.tell(room.write("Aktau terminal doubles its grain berths"), days_ago=2)
    room.revise(
        wrong,
        correction="On Friday we gave the yearly capacity of the Aktau terminal as 12 million"
        " tonnes. It is 1.2 million.",
    )
