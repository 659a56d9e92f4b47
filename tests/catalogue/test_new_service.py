"""`guichet catalogue new ID`: a file that says itself what is still missing."""

from pathlib import Path

import pytest

from bot.catalogue.load import CatalogueError, load_catalogue
from bot.catalogue.new import start_service
from bot.errors import Conflict, InvalidInput


def test_an_unfilled_file_names_each_line_that_is_missing(folder: Path) -> None:
    path = start_service(folder, "fishing-licence")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    named = {mistake.split(": ")[1] for mistake in caught.value.mistakes}
    assert {"title.fr", "aliases.fr.0", "summary.en", "facets.delay.0.text.fr", "sources.0.checked"} <= named
    assert all(mistake.startswith(f"{path}:") for mistake in caught.value.mistakes)


def test_a_filled_file_is_a_service(folder: Path) -> None:
    path = start_service(folder, "fishing-licence")
    text = path.read_text(encoding="utf-8")
    text = text.replace('url: ""', "url: https://www.service-public.gouv.fr/peche").replace(
        'checked: ""', "checked: 2026-11-01"
    )
    path.write_text(text.replace('""', '"Pêche"'), encoding="utf-8")
    assert load_catalogue(folder).service("fishing-licence").title.fr == "Pêche"


def test_its_optional_parts_are_valid_once_their_comment_signs_are_gone(folder: Path) -> None:
    path = start_service(folder, "fishing-licence")
    text = path.read_text(encoding="utf-8")
    text = text.replace('url: ""', "url: https://www.service-public.gouv.fr/peche").replace(
        'checked: ""', "checked: 2026-11-01"
    )
    lines = text.replace('""', '"Pêche"').splitlines()
    for start in ("# situations:", "# request:"):
        first = lines.index(start)
        for place in range(first, len(lines)):
            if not lines[place].startswith("#"):
                break
            lines[place] = lines[place].removeprefix("# ")
    path.write_text("\n".join(lines), encoding="utf-8")
    service = load_catalogue(folder).service("fishing-licence")
    assert service.submittable
    assert service.situation("age")


def test_an_existing_service_is_not_written_over(folder: Path) -> None:
    before = (folder / "services" / "library-card.yml").read_bytes()
    with pytest.raises(Conflict, match=r"library-card\.yml exists"):
        start_service(folder, "library-card")
    assert (folder / "services" / "library-card.yml").read_bytes() == before


@pytest.mark.parametrize("name", ["", "Fishing", "fishing licence", "../up", "pêche", "-a", "a-", "a" * 61])
def test_a_malformed_identifier_is_refused_and_nothing_is_written(folder: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="identifier"):
        start_service(folder, name)
    assert [path.name for path in (folder / "services").iterdir()] == ["library-card.yml"]
