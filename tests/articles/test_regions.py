"""Regions: the table of all there are, and which of them an article belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from articles.model import Article
from articles.places import tables
from articles.places.ranking import FEATURES
from articles.places.weights import WEIGHTS
from articles.regions import RegionError, RegionTable, explain, tag

MakeArticle = Callable[..., Article]


@pytest.fixture(scope="module")
def table() -> RegionTable:
    return RegionTable.load()


# --- the table


def test_every_country_of_iso_3166_and_kosovo_is_a_region(table: RegionTable) -> None:
    countries = [region for region in table.regions if len(region.countries) == 1]

    assert len(countries) == 250
    assert {"PS", "TW", "XK"} <= {code for region in countries for code in region.countries}


def test_editorial_regions_come_first_and_overlap(table: RegionTable) -> None:
    editorial = table.regions[: len(tables.desks())]

    assert len(editorial) >= 20
    assert [region.slug for region in editorial] == sorted(region.slug for region in editorial)
    holding = Counter(code for region in editorial for code in region.countries)
    assert holding["TR"] >= 2
    assert {"sahel", "horn-of-africa", "levant", "post-soviet-space", "asia-pacific"} <= {
        region.slug for region in editorial
    }


def test_every_inhabited_country_is_in_an_editorial_region(table: RegionTable) -> None:
    lonely = {
        region.slug
        for region in table.regions
        if not set(table.slugs(region.countries)) - {region.slug}
    }

    assert lonely == {
        "antarctica",
        "bouvet-island",
        "french-southern-territories",
        "heard-island-and-mcdonald-islands",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SY", "SY"),
        ("sy", "SY"),
        ("Syria", "SY"),
        ("syria", "SY"),
        ("Syrian Arab Republic", "SY"),
        ("Syrie", "SY"),
        ("Middle East", "middle-east"),
        ("middle-east", "middle-east"),
        ("the Gambia", "GM"),
        ("Côte d’Ivoire", "CI"),
        ("ivory-coast", "CI"),
        ("Türkiye", "TR"),
        ("UK", "GB"),
        ("united-states", "US"),
        ("Kosovo", "XK"),
        ("EU", "european-union"),
        ("Атлантида", None),
        ("", None),
    ],
)
def test_a_region_is_known_by_code_name_and_slug(
    text: str, code: str | None, table: RegionTable
) -> None:
    assert table.resolve(text) == code


def test_every_slug_and_name_leads_back_to_its_region(table: RegionTable) -> None:
    for region in table.regions:
        code = table.resolve(region.slug)
        assert code is not None
        assert table.resolve(region.name) == code
        assert region.slug in table.slugs([code])


def test_a_wrong_slug_is_answered_with_the_nearest(table: RegionTable) -> None:
    with pytest.raises(RegionError, match=r"'syira'.*did you mean 'syria'"):
        table.region("syira")
    with pytest.raises(RegionError, match=r"'midle-east'.*'middle-east'"):
        table.region("midle-east")


def test_countries_stand_before_the_sets_that_hold_them(table: RegionTable) -> None:
    slugs = table.slugs(["TR", "SY"])

    assert slugs[:2] == ("turkey", "syria")
    assert {"middle-east", "levant", "europe"} <= set(slugs)
    assert list(slugs[2:]) == sorted(slugs[2:])
    assert table.slugs(["SY", "sahel", "SY"]).count("sahel") == 1
    assert table.slugs([]) == ()


def test_the_operator_adds_and_replaces_regions() -> None:
    table = RegionTable.load(
        own={"our-neighbours": ["Turkey", "GR", "levant"], "middle-east": ["SY", "IQ"]},
        labels={"our-neighbours": "Next door", "turkey": "Türkiye"},
    )

    assert table.region("our-neighbours").countries == {"TR", "GR", "SY", "LB", "IL", "PS", "JO"}
    assert table.region("middle-east").countries == {"SY", "IQ"}
    assert table.label("our-neighbours", "fr") == "Next door"
    assert table.label("turkey") == "Türkiye"
    assert table.resolve("Next door") == "our-neighbours"
    assert "our-neighbours" in table.slugs(["GR"])


def test_the_operators_regions_hold_each_other_and_more_than_ours() -> None:
    table = RegionTable.load(
        own={"far": ["near", "JP"], "near": ["GR"], "levant": ["levant", "CY"]}
    )

    assert table.region("far").countries == {"GR", "JP"}
    assert table.region("levant").countries == {"SY", "LB", "IL", "PS", "JO", "CY"}


def test_regions_that_hold_many_others_are_added_up_once_each() -> None:
    layers = [[f"layer-{depth}-{n}" for n in range(40)] for depth in range(9)]
    own = {slug: below for at, below in pairwise(layers) for slug in at}

    table = RegionTable.load(own=own | {slug: ["SY"] for slug in layers[-1]})

    assert table.region("layer-0-0").countries == {"SY"}


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"home": ["Syira"]}, "'home'.*'Syira'.*did you mean 'syria'"),
        ({"syria": ["SY"]}, "'syria' is a country"),
        ({"Our Region": ["SY"]}, "'Our Region'.*lower-case"),
        ({"empty": []}, "'empty'.*list"),
        ({"one": "SY"}, "'one'.*list"),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, "'c': a > b > c > a has no end"),
        ({f"a{n}": [f"a{n + 1}"] for n in range(2_000)} | {"a2000": ["SY"]}, "a0 > a1 .*no end"),
        ({"cyrillic": ["Ѕyria"]}, "'Ѕyria'.*did you mean 'syria'"),
        ({"long": ["x" * 1_000_000]}, "regions list"),
        ({"nul": ["S\0Y"]}, r"'S\\x00Y'"),
    ],
)
def test_a_mistaken_region_of_the_operator_names_the_key(
    own: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(RegionError, match=message):
        RegionTable.load(own=own)


@pytest.mark.parametrize("name", ["springfield", "", "Spring\0field", "Spring\u202efield"])
def test_a_word_of_the_operator_that_no_text_can_hold_is_a_mistake(name: str) -> None:
    with pytest.raises(RegionError, match=r"place .*: a name"):
        RegionTable.load(words={name: "US"})


def test_a_name_for_no_region_is_a_mistake() -> None:
    with pytest.raises(RegionError, match="'midle-east'"):
        RegionTable.load(labels={"midle-east": "Orient"})


def test_labels_are_in_the_readers_language(table: RegionTable) -> None:
    assert table.label("syria", "de") == "Syrien"
    assert table.label("syria", "de-AT") == "Syrien"
    assert table.label("syria", "ar") == "سوريا"
    assert table.label("syria", "tlh") == "Syria"
    assert table.label("ivory-coast") == "Ivory Coast"
    assert table.label("middle-east", "de") == "Naher Osten"
    assert table.label("middle-east", "ar") == "الشرق الأوسط"
    assert table.label("middle-east", "ja") == "Middle East"
    assert table.resolve("Moyen-Orient") == "middle-east"


def test_every_editorial_region_has_a_name_in_each_language_of_the_mail(table: RegionTable) -> None:
    for desk in tables.desks():
        for language in ("ar", "de", "es", "fr"):
            name = table.label(desk.slug, language)
            assert name
            assert table.resolve(name) == desk.slug, name


# --- the words


def test_a_word_means_two_countries_only_under_a_rule() -> None:
    unruled = [
        word.text
        for word in tables.english_words().values()
        if len(word.codes) > 1 and not word.rules
    ]

    assert unruled == []


def test_every_rule_and_code_of_the_tables_is_known() -> None:
    codes = {country.code for country in tables.countries()} | {"-"}

    for word in tables.english_words().values():
        assert word.rules <= {"context", "home", "person", "both", "food", "cue"}, word
        assert set(word.codes) <= codes, word
        assert word.text[:1].isupper(), f"{word.text}: names in English text begin with a capital"
    for desk in tables.desks():
        assert desk.countries <= codes, desk.slug


def test_every_word_in_brackets_has_its_rule() -> None:
    words = tables.english_words()
    for file in ("countries.txt", "places.txt"):
        text = (tables.HERE / file).read_text(encoding="utf-8")
        bracketed = [
            cell.strip()[1:-1]
            for line in text.splitlines()
            if not line.startswith("#")
            for cell in line.replace("|", ";").split(";")
            if cell.strip().startswith("[")
        ]
        assert [word for word in bracketed if not words[word].rules] == []


def test_codes_of_the_language_tables_are_known() -> None:
    codes = {country.code for country in tables.countries()}
    for language in tables.languages():
        assert {code for code, _, _ in tables.language(language).rows} <= codes, language


def test_what_is_shipped_stays_small() -> None:
    size_bytes = sum(file.stat().st_size for file in Path(tables.HERE).rglob("*.txt"))

    assert size_bytes < 1_000_000


def test_every_feature_has_its_weight_in_every_vector() -> None:
    assert {key: len(vector) for key, vector in WEIGHTS.items()} == {
        key: len(FEATURES) for key in ("subject", "subject, world", "mention", "mention, world")
    }


# --- the tagger


def test_the_article_the_project_began_with(make_article: MakeArticle, table: RegionTable) -> None:
    article = make_article(
        "Turkey Sends Military Aid to Syria Following Damascus Request",
        standfirst="Ankara's support may signal plans to rebuild Syria's armed forces",
        body_text="Turkey has begun to supply equipment to Syria, the ministry in Ankara said.\n\n"
        "Syrian units will be trained by Turkish officers.",
    )

    placed = tag(article, table)

    assert {placement.code for placement in placed} == {"TR", "SY"}
    assert all(placement.origin == "tagger" and 0 <= placement.score <= 1 for placement in placed)
    evidence = {placement.code: {span.text for span in placement.evidence} for placement in placed}
    assert {"Turkey", "Ankara"} <= evidence["TR"]
    assert {"Syria", "Damascus"} <= evidence["SY"]


def test_an_article_that_names_no_place_has_no_region(
    make_article: MakeArticle, table: RegionTable
) -> None:
    article = make_article("On solitude", standfirst="", body_text="It is quiet in here.")

    assert tag(article, table) == ()


def test_a_home_country_need_not_be_named(make_article: MakeArticle, table: RegionTable) -> None:
    article = make_article("Council votes on parking", standfirst="", body_text="Fees rise in May.")

    assert [placement.code for placement in tag(article, table, home="NL")] == ["NL"]
    assert [placement.code for placement in tag(article, table, home="Netherlands")] == ["NL"]


@pytest.mark.parametrize(
    ("body", "home", "code"),
    [
        ("Georgia votes on a gasoline bill.", "US", "US"),
        ("Georgia votes on a gasoline bill.", None, "GE"),
        ("Georgia fears Russia.", "US", "GE"),
        ("A fire in Cambridge was put out.", "US", "US"),
        ("A fire in Cambridge was put out.", "GB", "GB"),
        ("A fire in Paris was put out.", "US", "FR"),
    ],
)
def test_a_home_country_settles_what_its_readers_would_not_ask(
    body: str, home: str | None, code: str, make_article: MakeArticle, table: RegionTable
) -> None:
    article = make_article("", standfirst="", body_text=body)

    assert explain(article, table, home=home)[0].codes == (code,)


def test_a_home_that_is_no_country_is_a_mistake(
    make_article: MakeArticle, table: RegionTable
) -> None:
    with pytest.raises(RegionError, match="no country 'Europa Nostra'"):
        tag(make_article(), table, home="Europa Nostra")


@pytest.mark.parametrize(
    "body",
    [
        "NAIROBI, March 3 (Wire) - Farmers waited for rain.",
        "NAIROBI (Wire) - Farmers waited for rain.",
        "NAIROBI — Farmers waited for rain.",
        "NAIROBI Farmers waited for rain.",
        "Nairobi (Wire) – Farmers waited for rain.",
        "NAKURU, Kenya (Wire) - Farmers waited for rain.",
    ],
)
def test_a_dateline_at_the_head_of_a_text_is_evidence(
    body: str, make_article: MakeArticle, table: RegionTable
) -> None:
    article = make_article("Farmers wait for rain", standfirst="", body_text=body)

    assert [placement.code for placement in tag(article, table)] == ["KE"]


@pytest.mark.parametrize(
    ("dateline", "code"),
    [
        ("TAUPO, New Zealand, March 3", "NZ"),
        ("CANTON, Mass, March 4", "US"),
        ("LONDON, Ontario", "CA"),
        ("LONDON, March 4", "GB"),
        ("3 June 2026, Nairobi", "KE"),
        ("Bogotá", "CO"),
    ],
)
def test_a_dateline_of_its_own_is_read_with_its_province(
    dateline: str, code: str, make_article: MakeArticle, table: RegionTable
) -> None:
    article = make_article("Prices rise", standfirst="", body_text="They rise.", dateline=dateline)

    assert [placement.code for placement in tag(article, table)] == [code]


def test_mention_keeps_more_than_subject(make_article: MakeArticle, table: RegionTable) -> None:
    article = make_article(
        "Kenya plants trees",
        standfirst="",
        body_text="Kenya planted a million trees near Nairobi. Kenyan schools helped.\n\n"
        + "The seedlings grew in nurseries all over the highlands. " * 20
        + "A similar plan failed in Brazil.",
    )

    subject = [placement.code for placement in tag(article, table)]
    mention = [placement.code for placement in tag(article, table, mode="mention")]

    assert subject == ["KE"]
    assert mention == ["KE", "BR"]


def test_evidence_can_be_shown_in_the_text(make_article: MakeArticle, table: RegionTable) -> None:
    article = make_article(
        "Chad closes border",
        standfirst="N'Djamena blames Sudan",
        body_text="Chad’s army moved.\nChad Smith plays the drums in New\nYork.",
    )

    found = explain(article, table)

    for each in found:
        assert getattr(article, each.part)[each.start : each.end] == each.text
    assert [(each.part, each.text, each.codes) for each in found] == [
        ("title", "Chad", ("TD",)),
        ("standfirst", "N'Djamena", ("TD",)),
        ("standfirst", "Sudan", ("SD",)),
        ("body_text", "Chad", ("TD",)),
        ("body_text", "Chad", ()),
        ("body_text", "New\nYork", ("US",)),
    ]
    assert all(each.counted == ("TD" in each.codes) for each in found if each.codes != ("SD",))


def test_tagging_twice_says_the_same(make_article: MakeArticle, table: RegionTable) -> None:
    article = make_article("Iraq, Iran and Syria meet in Muscat", body_text="Oman hosted them.")

    assert tag(article, table) == tag(article, RegionTable.load())


@pytest.mark.parametrize(
    "words",
    [
        {"dateline": " " * 100_000},
        {"dateline": "," * 100_000},
        {"title": "Syria, Iraq and " * 5_000},
        {"title": "Jordan Xx " * 5_000},
        {"body_text": "Syria" * 20_000},
        {"body_text": "Tokyo A" + "-" * 100_000},
        {"body_text": "\0Syria\0 \u202eIraq\u202c " * 5_000},
        {"body_text": "シリア" * 20_000, "language": "ja"},
    ],
    ids=lambda words: "-".join(words),
)
def test_hostile_words_take_no_longer_than_their_length(
    words: dict[str, str], table: RegionTable, make_article: MakeArticle
) -> None:
    # Where the time grew with the square of the length this would take minutes.
    article = make_article(**{"title": "", "standfirst": "", "body_text": "", **words})

    assert all(0 <= each.score <= 1 for each in tag(article, table, home="US"))
