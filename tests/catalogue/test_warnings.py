"""A fact that nobody has checked for a year is told to the admin, with its line; the catalogue is used all the same."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.catalogue.load import load_catalogue
from bot.catalogue.warnings import warnings_of

TODAY = date(2026, 11, 22)


def test_recent_facts_need_nothing(folder: Path) -> None:
    assert warnings_of(load_catalogue(folder), folder, TODAY) == []


def test_a_fact_is_good_for_a_year_to_the_day(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    assert warnings_of(catalogue, folder, date(2027, 11, 1)) == []
    assert len(warnings_of(catalogue, folder, date(2027, 11, 2))) == 2


def test_an_old_fact_is_named_with_file_line_field_and_page(folder: Path, spoil: Callable[[str, str], int]) -> None:
    line = spoil("checked: 2026-11-01", "checked: 2025-11-01")
    (warning,) = warnings_of(load_catalogue(folder), folder, TODAY)
    assert warning.startswith(f"{folder / 'services' / 'library-card.yml'}:{line}: sources.0.checked: ")
    assert "https://www.service-public.gouv.fr/regles" in warning


def test_a_check_in_the_future_is_told(folder: Path, spoil: Callable[[str, str], int]) -> None:
    spoil("checked: 2026-11-01", "checked: 2027-01-01")
    (warning,) = warnings_of(load_catalogue(folder), folder, TODAY)
    assert "is in the future" in warning
