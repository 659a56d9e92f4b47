"""`guichet catalogue` and `guichet offices`, as an admin types them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.cli import main
from tests.directory import write

Guichet = Callable[..., tuple[int, str, str]]


@pytest.fixture
def guichet(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Guichet:
    """Return a function that runs a command on the small catalogue: exit code, output, error output."""
    monkeypatch.setenv("GUICHET_CATALOGUE_DIR", str(folder))
    monkeypatch.setenv("GUICHET_DATA_DIR", str(folder / "var"))

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture(autouse=True)
def checked_today(folder: Path) -> None:
    path = folder / "services" / "library-card.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-11-01", str(date.today())), encoding="utf-8")


def test_a_good_catalogue_is_in_order(guichet: Guichet) -> None:
    code, out, _ = guichet("catalogue", "check", "--strict")
    assert code == 0
    assert "1 services" in out
    assert "0 remarks" in out


def test_an_old_fact_is_listed_and_only_refused_when_strict(guichet: Guichet, spoil: Callable[[str, str], int]) -> None:
    line = spoil(str(date.today()), "2020-01-01")
    code, out, _ = guichet("catalogue", "check")
    assert code == 0
    assert f"library-card.yml:{line}: sources.0.checked: " in out
    assert guichet("catalogue", "check", "--strict")[0] == 1


def test_a_mistake_and_a_text_that_is_not_plain_are_refused(guichet: Guichet, spoil: Callable[[str, str], int]) -> None:
    spoil("La carte permet d'emprunter.", "La carte sert, nonobstant.")
    code, _, err = guichet("catalogue", "check")
    assert code == 1
    assert "nonobstant" in err
    spoil("theme: town", "theme: nowhere")
    assert "theme" in guichet("catalogue", "check")[2]


def test_a_new_service_is_started_once(guichet: Guichet, folder: Path) -> None:
    code, out, _ = guichet("catalogue", "new", "fishing-licence")
    assert code == 0
    assert str(folder / "services" / "fishing-licence.yml") in out
    code, _, err = guichet("catalogue", "new", "fishing-licence")
    assert code == 1
    assert "exists already" in err


@pytest.mark.parametrize("arguments", [("catalogue",), ("catalogue", "new"), ("offices",), ("offices", "export", "x")])
def test_a_wrong_use_is_told(guichet: Guichet, arguments: tuple[str, ...]) -> None:
    assert guichet(*arguments)[0] == 2


def test_an_import_of_offices_says_what_it_read(guichet: Guichet, tmp_path: Path) -> None:
    code, out, err = guichet("offices", "import", str(write(tmp_path / "directory.json")))
    assert (code, err) == (0, "")
    assert "12 offices" in out
    assert "2026-09-15" in out
    code, _, err = guichet("offices", "import", str(tmp_path / "nothing"))
    assert code == 1
    assert "There is nothing at" in err
