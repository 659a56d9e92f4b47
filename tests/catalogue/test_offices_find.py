"""Finding an office: what people call it, how they write their town, and which office that is."""

from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.catalogue.offices import import_offices, offices_for, offices_in_department
from bot.catalogue.offices_find import kind_named, kind_of, narrowed, place_in, place_of_answer
from bot.catalogue.offices_store import Directory
from bot.catalogue.offices_text import office_text
from bot.catalogue.places import Commune, department_of, departments
from tests.directory import day, office, write

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    folder = tmp_path_factory.mktemp("offices")
    import_offices(write(folder / "directory.json"), folder)
    return Directory(folder)


def _codes(place: object) -> list[str]:
    return [commune.insee for commune in place.communes] if place else []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("où est la mairie de Vitré ?", "town-hall"),
        ("OU EST L'HOTEL DE VILLE", "town-hall"),
        ("adresse de la CAF 35000", "caf"),
        ("horaires préfecture Rennes", "prefecture"),
        ("la sous-préfecture de Vitré", "sub-prefecture"),
        ("les mairies autour de Rennes", "town-hall"),
        ("address of the tax office", "tax-office"),
        ("combien coûte un passeport", None),
        ("", None),
    ],
)
def test_the_kind_of_office_is_what_people_call_it(catalogue: Catalogue, text: str, kind: str | None) -> None:
    assert kind_named(text, catalogue.offices) == kind


def test_a_service_has_the_office_of_its_administration_unless_it_goes_elsewhere(catalogue: Catalogue) -> None:
    assert kind_of(catalogue.service("housing-benefit"), catalogue.offices) == "caf"
    assert kind_of(catalogue.service("passport"), catalogue.offices) == "town-hall"
    assert kind_of(catalogue.service("driving-licence"), catalogue.offices) is None, "it is asked for online"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("où est la mairie de Vitré ?", ["35360"]),
        ("mairie VITRE horaires", ["35360"]),
        ("horaires de la mairie du Mans", ["72181"]),
        ("je vais à st etienne, où est la mairie", ["42218"]),
        ("adresse de la CAF 35000", ["35238"]),
        ("la mairie de Saint Denis", ["93066", "97411"]),
        ("CAF 35500", ["35015", "35360"]),
        ("mairie de ma ville", []),
        ("hôtel de ville", []),
        ("la mairie est ouverte le samedi ?", []),
    ],
)
def test_a_place_in_a_sentence_is_read_as_people_write_it(
    directory: Directory, catalogue: Catalogue, text: str, codes: list[str]
) -> None:
    assert sorted(_codes(place_in(text, directory, catalogue.offices))) == codes


@pytest.mark.parametrize(
    ("text", "number"), [("la préfecture d'Ille-et-Vilaine", "35"), ("CAF du 44", "44"), ("mdph 2a", "2A")]
)
def test_a_department_is_a_place_too(directory: Directory, catalogue: Catalogue, text: str, number: str) -> None:
    place = place_in(text, directory, catalogue.offices)
    assert place is not None
    assert place.department == number


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("Vitré", ["35360"]),
        ("j'habite à vitre", ["35360"]),
        ("c'est Rennes", ["35238"]),
        ("mans", ["72181"]),
        ("St-Étienne", ["42218"]),
        ("Paris 15e", ["75056"]),
        ("35 000", ["35238"]),
        ("Rennnes", ["35238"]),
        ("Ville", ["60680"]),
        ("Xyzabc", []),
        ("", []),
        ("🙂", []),
        ("a" * 5000, []),
    ],
)
def test_the_answer_to_which_commune_is_read_alone(directory: Directory, answer: str, codes: list[str]) -> None:
    assert _codes(place_of_answer(answer, directory)) == codes


def test_a_mistyped_name_is_only_guessed_when_that_is_wanted(directory: Directory) -> None:
    assert place_of_answer("Rennnes", directory, guess=False) is None


@pytest.mark.parametrize("answer", ["93", "Seine-Saint-Denis", "dans le 93", "93200"])
def test_namesakes_are_told_apart_by_department_or_postcode(directory: Directory, answer: str) -> None:
    place = place_of_answer("Saint-Denis", directory)
    assert place is not None
    assert _codes(place) == ["93066", "97411"]
    assert [commune.insee for commune in narrowed(list(place.communes), answer, directory)] == ["93066"]


def test_the_main_town_hall_comes_first(directory: Directory, catalogue: Catalogue) -> None:
    names = [found.name for found in offices_for(directory, catalogue.offices["town-hall"], Commune("35360", "Vitré"))]
    assert names == ["Mairie - Vitré"]


def test_the_reach_of_an_office_is_what_the_directory_says_else_its_department(
    directory: Directory, catalogue: Catalogue
) -> None:
    kinds = catalogue.offices
    assert [o.id for o in offices_for(directory, kinds["caf"], Commune("35360", "Vitré"))] == ["office-11"]
    assert [o.id for o in offices_for(directory, kinds["prefecture"], Commune("35015", "Balazé"))] == ["office-10"]
    assert [o.id for o in offices_in_department(directory, kinds["caf"], "35")] == ["office-11"]
    assert offices_for(directory, kinds["police"], Commune("35360", "Vitré")) == []
    assert offices_for(directory, kinds["caf"], Commune("93066", "Saint-Denis")) == []


def test_an_office_in_words_has_address_hours_and_phone(directory: Directory) -> None:
    (vitre, _) = directory.serving("mairie", "35360")
    assert office_text(vitre, "fr").replace(NBSP, " ").splitlines() == [
        "Mairie - Vitré",
        "1 place du Marché, 35500 Vitré",
        "Horaires : du lundi au jeudi de 8 h 30 à 12 h et de 13 h 30 à 17 h ; samedi de 9 h à 12 h",
        "Téléphone : 02 99 00 00 01",
    ]
    assert "Monday to Thursday 8:30–12:00 and 13:30–17:00 ; Saturday 9:00–12:00" in office_text(vitre, "en")


def test_hours_that_are_not_known_are_said_not_to_be(directory: Directory) -> None:
    (rennes,) = directory.serving("mairie", "35238")
    assert "non indiqués" in office_text(rennes, "fr")


def test_days_of_the_same_hours_are_one_line_and_others_are_not(tmp_path: Path) -> None:
    hours = [
        day("Mardi", "Mardi", "09:00", "12:00"),
        day("Lundi", "Lundi", "09:00", "12:00"),
        day("Jeudi", "Vendredi", "14:00", "16:00"),
    ]
    import_offices(
        write(tmp_path / "d.json", [office(1, "X", "mairie", "35360", "35500", "Vitré", plage_ouverture=hours)]),
        tmp_path,
    )
    (found,) = Directory(tmp_path).serving("mairie", "35360")
    text = office_text(found, "fr").replace(NBSP, " ")
    assert "du lundi au mardi de 9 h à 12 h ; du jeudi au vendredi de 14 h à 16 h" in text


def test_every_department_has_its_number() -> None:
    assert len(departments()) == 107
    assert [department_of(code) for code in ("35360", "2A004", "97411", "98818")] == ["35", "2A", "974", "988"]
