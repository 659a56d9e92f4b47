"""What a message says of the citizen's case: what happened, where, and how old the person is."""

from datetime import date

import pytest

from bot.catalogue.load import Catalogue, load_catalogue
from bot.understanding.ages import find_ages
from bot.understanding.situations import SituationFinder
from tests.benchmarks.linker import ROOT


@pytest.fixture(scope="module")
def finder() -> SituationFinder:
    return SituationFinder(load_catalogue(ROOT / "data"))


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("mon fils de 8 ans", 8),
        ("ma fille a 16 ans", 16),
        ("j'ai 17 ans", 17),
        ("J ai 16 ans", 16),
        ("bébé de 3 mois", 0),
        ("pour mon bébé", 0),
        ("mon enfant de 18 mois", 1),
        ("mon fils Paul, 8 ans, a perdu ses papiers", 8),
        ("mon fils vient d'avoir 16 ans", 16),
        ("une fille de dix-sept ans", 17),
        ("ma mère de 82 ans", 82),
        ("elle est âgée de 15 ans", 15),
        ("17 ans", 17),
        ("my 8-year-old son", 8),
        ("my son is 8", 8),
        ("a 3 month old baby", 0),
        ("I'm 17 years old", 17),
        ("j'ai 40 ans et mon fils 8 ans", 8),
        ("je paye depuis 5 ans, j'ai 62 ans", 62),
    ],
)
def test_the_age_of_the_person_concerned_is_found(finder: SituationFinder, text: str, age: int) -> None:
    assert finder.find(text).age == age


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("je suis née en 87", 38, 39),
        ("née en 1963, quand ai-je droit à ma retraite ?", 62, 63),
        ("un passeport pour mon fils né le 12/05/2015", 11, 11),
        ("un passeport pour mon fils, né le 30 novembre 2015", 10, 10),
        ("ma fille est née en mars 2009", 16, 17),
        ("I was born in 1990", 35, 36),
        ("je suis né en 1960 et mon fils est né en 2012", 13, 14),
        ("bébé né le 3 novembre 2026", 0, 0),
        ("ne le 12/05/2015", 11, 11),
        ("née le trois mars mille neuf cent quatre-vingt-sept", 39, 39),
    ],
)
def test_a_birth_tells_the_age(text: str, lowest: int, highest: int) -> None:
    ages = find_ages(text, date(2026, 11, 22))
    assert ages is not None
    assert (ages.lowest, ages.highest) == (lowest, highest)


@pytest.mark.parametrize(
    "text",
    [
        "je suis née à Rennes",
        "née le 3 mars",
        "je suis née le 12",
        "né en 2030",
        "je ne le trouve plus depuis hier, mon passeport",
        "on ne le fera qu'en 2025",
        "je ne sais pas",
    ],
)
def test_a_birth_without_a_year_and_a_refusal_tell_no_age(text: str) -> None:
    assert find_ages(text, date(2026, 11, 22)) is None


@pytest.mark.parametrize(
    "text",
    [
        "depuis 3 ans",
        "il y a 10 ans",
        "un passeport valable 10 ans",
        "un justificatif de moins de 3 mois",
        "mon passeport a 10 ans",
        "il a 10 ans mon passeport",
        "mon fils a un permis de 3 ans",
        "j'ai 10 ans d'ancienneté",
        "ça fait 3 ans que j'attends",
        "I have been waiting for 2 years",
        "I am 2 weeks late",
        "18",
        "",
    ],
)
def test_a_length_of_time_is_no_age(text: str) -> None:
    assert find_ages(text) is None


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("mon fils mineur", (0, 17)),
        ("je suis majeure", (18, 130)),
        ("il n'est pas majeur", (0, 17)),
        ("moins de 18 ans", (0, 17)),
        ("les plus de 65 ans", (65, 130)),
        ("a child under 12", (0, 11)),
    ],
)
def test_bounds_of_an_age_are_found_without_a_number(text: str, bounds: tuple[int, int]) -> None:
    ages = find_ages(text)
    assert ages is not None
    assert (ages.lowest, ages.highest) == bounds
    assert ages.exact is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("je l'ai perdu", "lost"),
        ("J'AI PERDU MA CARTE", "lost"),
        ("on m'a volé mon sac", "stolen"),
        ("c'est pour un renouvelement", "renewal"),
        ("première demande", "first"),
        ("on m'a volé ma carte, je ne l'ai pas perdue", "stolen"),
        ("it was not stolen, I lost it", "lost"),
        ("pas une première demande mais un renouvellement", "renewal"),
    ],
)
def test_what_happened_is_found(finder: SituationFinder, text: str, reason: str) -> None:
    assert finder.find(text, "identity-card").values["reason"] == reason


@pytest.mark.parametrize("text", ["je ne l'ai pas perdu", "ni perdu ni volé", "it wasn't stolen", "bonjour", "🙂"])
def test_what_is_denied_or_not_said_is_not_found(finder: SituationFinder, text: str) -> None:
    assert "reason" not in finder.find(text, "identity-card").values


def test_an_age_becomes_the_option_that_holds_it(finder: SituationFinder) -> None:
    assert finder.find("ma fille de 16 ans", "identity-card").values == {"age": "child"}
    assert finder.find("mon fils mineur", "identity-card").values == {"age": "child"}
    assert finder.find("je suis majeur", "identity-card").values == {"age": "adult"}


def test_services_that_name_one_case_differently_are_all_heard(finder: SituationFinder) -> None:
    candidates = finder.find("il est périmé").candidates["reason"]
    assert {"renewal", "expired"} <= set(candidates)


def test_a_refusal_alone_reveals_no_case_and_no_words_of_the_catalogue_are_lost(finder: SituationFinder) -> None:
    services = load_catalogue(ROOT / "data").services.values()
    options = [(each.id, option) for each in services for situation in each.situations for option in situation.options]
    said = [(of, words) for of, option in options if option.words for words in (*option.words.fr, *option.words.en)]
    assert [(of, words) for of, words in said if not finder.find(f"{words}.", of).values] == []
    assert finder.find("je n'ai pas payé, not yet", "traffic-fine").values.get("want") != "contest"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("je suis né à Alger en 1950", "abroad"),
        ("je suis ne au maroc", "abroad"),
        ("ma mère est née au Sénégal", "abroad"),
        ("she was born in London", "abroad"),
        ("née en France", "france"),
        ("je ne suis pas né en France", None),
        ("j'habite à Londres", None),
    ],
)
def test_where_somebody_was_born_is_not_where_they_live(finder: SituationFinder, text: str, place: str | None) -> None:
    assert finder.find(text, "birth-certificate").values.get("birthplace") == place


@pytest.mark.parametrize(
    ("text", "service", "told"),
    [
        ("I want to report a pothole", "street-problem", {"street-trouble": "road"}),
        ("signaler un lampadaire cassé", "street-problem", {"street-trouble": "lighting"}),
        ("j'ai trouvé un trousseau de clés", "lost-property", {"object": "found"}),
        ("je n'ai pas trouvé mon sac", "lost-property", {}),
        ("le chien du voisin aboie", "noise-complaint", {"noise": "animal"}),
        ("on m'a volé ma poubelle", "waste-bin", {"bin": "stolen"}),
    ],
)
def test_what_a_request_would_ask_is_found_in_the_first_words(
    finder: SituationFinder, text: str, service: str, told: dict[str, str]
) -> None:
    assert finder.find(text, service).values == told


def test_a_long_text_is_read_without_error(finder: SituationFinder) -> None:
    assert finder.find("perdu 8 ans " * 2_000).values["reason"] == "lost"


def test_a_catalogue_without_situations_finds_only_the_age() -> None:
    found = SituationFinder(Catalogue({}, {})).find("mon fils de 8 ans a perdu le sien")
    assert (found.values, found.age) == ({}, 8)
