"""What a message tells beside intent and service: dates, references, postcodes, communes."""

from datetime import date

import pytest

from bot.catalogue.load import load_catalogue
from bot.catalogue.offices import import_offices
from bot.catalogue.offices_store import Directory
from bot.understanding.details import details
from tests.benchmarks.linker import ROOT
from tests.directory import write

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    folder = tmp_path_factory.mktemp("directory")
    import_offices(write(folder / "directory.json"), folder)
    return Directory(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("un rendez-vous demain en quinze", [("date", "2026-12-07")]),
        ("le 03/03/26", [("date", "2026-03-03")]),
        ("je suis née en 87", [("year", "1987")]),
        ("déménagée en 2025", [("year", "2025")]),
        ("une réponse en 48 heures, payé en 10 fois", []),
        ("né en mars 2009", [("month", "2009-03")]),
        ("j'ai la référence gu 7k3m 9qxo", [("reference", "GU-7K3M-9QXQ")]),
        ("j'habite 35500 Vitré", [("postcode", "35500")]),
        ("GU-7K3M-9QXD, déposée le 3 octobre 2026", [("reference", "GU-7K3M-9QXD"), ("date", "2026-10-03")]),
        ("10 000 euros, may I pay in march?", []),
        ("\x00" + "1" * 10_000, []),
        ("", []),
    ],
)
def test_dates_references_and_postcodes_are_told(text: str, told: list[tuple[str, str]]) -> None:
    assert list(details(text, TODAY)) == told


def test_communes_are_told_where_the_directory_knows_them(directory: Directory) -> None:
    kinds = load_catalogue(ROOT / "data").offices
    assert list(details("la mairie de Vitré", TODAY, directory, kinds)) == [("commune", "Vitré")]
    assert list(details("st etienne", TODAY, directory, kinds)) == [("commune", "Saint-Étienne")]
    assert list(details("à Saint-Denis", TODAY, directory, kinds)) == [("commune", "Saint-Denis")] * 2
    assert list(details("dans la Sarthe", TODAY, directory, kinds)) == [("department", "Sarthe")]
    assert list(details("la mairie de Vitré", TODAY)) == []
