"""Loading: every mistake is named with its file, its line and its field."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.catalogue.load import CatalogueError, checksum, load_catalogue
from bot.errors import NotFound
from tests.catalogue.conftest import CHOICES

Spoil = Callable[[str, str], int]


def _mistakes(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert all(mistake in caught.value.message for mistake in caught.value.mistakes)
    return caught.value.mistakes


def test_a_good_catalogue_loads(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    assert list(catalogue.services) == ["library-card"]
    assert catalogue.submittable == [catalogue.service("library-card")]


def test_a_service_that_is_not_there_has_its_own_error(folder: Path) -> None:
    with pytest.raises(NotFound, match="fishing-licence"):
        load_catalogue(folder).service("fishing-licence")


MISTAKES = {
    "an unknown key": ("theme: town", "theme: town\nthem: town", "them:"),
    "an unknown key deep down": ("    basis: page", "    basis: page\n    cheked: x", "sources.1.cheked:"),
    "an unknown theme": ("theme: town", "theme: nowhere", "theme:"),
    "a price without currency": ("      amount: 7.5\n      currency: EUR", "      amount: 7.5", "facets.price.1:"),
    "a price in another currency": ("      currency: EUR", "      currency: USD", "facets.price.0.currency:"),
    "a price below nothing": ("      amount: 7.5", "      amount: -1", "facets.price.1.amount:"),
    "a case that says nothing": ('text: {fr: "Tout le monde.", en: "Everybody."}', "certain: true", "facets.who.0:"),
    "a price without source": (
        "      currency: EUR\n      source: rules",
        "      currency: EUR",
        "facets.price.0.source:",
    ),
    "a source without address": ("    url: https://www.service-public.gouv.fr/regles\n", "", "sources.0.url:"),
    "a source without identifier": ("  - id: rules\n    title", "  - title", "sources.0.id:"),
    "an address that is none": ("https://www.service-public.gouv.fr/regles", "regles", "sources.0.url:"),
    "a day that does not exist": ("checked: 2026-11-01", "checked: 2026-11-31", "sources.0.checked:"),
    "a text without English": (', en: "Library card"', "", "title.en:"),
    "a text without words": ('en: "Library card"', 'en: "  "', "title.en:"),
    "fewer lines in English": ('["A parent\'s permission"]', "[]", "facets.documents.0:"),
    "ages the wrong way round": ("ages: [15, 17]", "ages: [17, 15]", "situations.0.options.1.ages:"),
    "a choice field without choices": (CHOICES, "", "request.fields.0:"),
    "choices for a field that has none": ("      type: choice\n", "      type: email\n", "request.fields.0:"),
    "an unknown type of field": ("      type: choice\n", "      type: colour\n", "request.fields.0.type:"),
    "a delay of no day": ("  delay_days: 10", "  delay_days: 0", "request.delay_days:"),
    "an identifier with capitals": ("    - id: size", "    - id: Size", "request.fields.0.id:"),
    "bounds the wrong way round": ("    - id: size", "    - id: size\n      min: 3\n      max: 2", "request.fields.0:"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_field(folder: Path, spoil: Spoil, name: str) -> None:
    old, new, field = MISTAKES[name]
    spoil(old, new)
    mistakes = _mistakes(folder)
    assert len(mistakes) == 1, mistakes
    path, line, rest = mistakes[0].split(":", 2)
    assert path == str(folder / "services" / "library-card.yml")
    assert int(line) > 0
    assert rest.startswith(f" {field}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("theme: town", "theme: nowhere"),
        ("      amount: 7.5", "      amount: -1"),
        ("ages: [15, 17]", "ages: [17, 15]"),
        ("checked: 2026-11-01", "checked: hier"),
        ("      type: choice\n", "      type: colour\n"),
    ],
)
def test_the_line_is_that_of_the_mistake(folder: Path, spoil: Spoil, old: str, new: str) -> None:
    line = spoil(old, new)
    assert f"library-card.yml:{line}: " in _mistakes(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("      source: losses", "      source: gone", "facets.price.2.source: no source is called `gone`"),
        (
            "age: [child, teenager]",
            "age: [child, baby]",
            "facets.price.0.when: no situation `age` has the value `baby`",
        ),
        (
            "when: {age: child}",
            "when: {ages: child}",
            "facets.documents.0.when: no situation `ages` has the value `child`",
        ),
        ("administration: town-hall", "administration: town-hal", "administration: no administration is called"),
        ("  office: town-hall", "  office: town-hal", "request.office: no administration is called `town-hal`"),
        ("theme: town", "related: [fishing]\ntheme: town", "related.0: no service is called `fishing`"),
    ],
)
def test_a_reference_to_nothing_is_a_mistake(folder: Path, spoil: Spoil, old: str, new: str, words: str) -> None:
    line = spoil(old, new)
    (mistake,) = _mistakes(folder)
    assert words in mistake
    # A misspelt `when` is on the line of its case; the others are where they were spoilt.
    assert abs(int(mistake.removeprefix(f"{folder / 'services' / 'library-card.yml'}:").split(":")[0]) - line) <= 1


def test_a_field_that_depends_on_a_later_one_is_a_mistake(folder: Path, spoil: Spoil) -> None:
    spoil("    - id: size\n", "    - id: size\n      only_if: {colour: red}\n")
    assert "`size` depends on `colour`, which is not asked before it" in _mistakes(folder)[0]


def test_a_field_that_depends_on_an_answer_nobody_can_give_is_a_mistake(folder: Path) -> None:
    _append(folder, _FURTHER_FIELD.replace("VALUE", "[paper, stone]"))
    (mistake,) = _mistakes(folder)
    assert "`notes` is asked when `size` is `stone`" in mistake


def test_a_field_that_depends_on_an_answer_that_can_be_given_is_none(folder: Path) -> None:
    _append(folder, _FURTHER_FIELD.replace("VALUE", "[paper, digital]"))
    load_catalogue(folder)


def test_two_fields_of_the_same_name_are_a_mistake(folder: Path) -> None:
    _append(folder, _FURTHER_FIELD.replace("only_if: {size: VALUE}", "").replace("notes", "size"))
    assert "the field `size` is there twice" in _mistakes(folder)[0]


@pytest.mark.parametrize("broken", ['title: {fr: "Carte', "theme: [town", "\ttheme: town", "a: b: c"])
def test_what_is_not_yaml_is_named_with_its_line(folder: Path, spoil: Spoil, broken: str) -> None:
    spoil("theme: town", broken)
    (mistake,) = _mistakes(folder)
    assert mistake.startswith(f"{folder / 'services' / 'library-card.yml'}:")
    assert mistake.split(":")[1].isdigit()


@pytest.mark.parametrize(
    "content", [b"", b"- a\n- b\n", b"just words", b"\xff\xfe\x00", "titre: é".encode("latin-1"), b"a: \x07"]
)
def test_a_file_of_another_kind_is_named(folder: Path, content: bytes) -> None:
    path = folder / "services" / "other.yml"
    path.write_bytes(content)
    (mistake,) = _mistakes(folder)
    assert mistake.startswith(str(path))


def test_a_file_that_is_not_utf_8_is_said_to_be_so(folder: Path) -> None:
    (folder / "services" / "other.yml").write_bytes("titre: é".encode("latin-1"))
    assert _mistakes(folder) == [f"{folder / 'services' / 'other.yml'}: the file is not UTF-8 text"]


def test_all_mistakes_are_told_and_not_only_the_first(folder: Path, spoil: Spoil) -> None:
    spoil("theme: town", "theme: nowhere")
    spoil("      amount: 7.5", "      amount: -1")
    (folder / "services" / "other.yml").write_text("- a", encoding="utf-8")
    assert len(_mistakes(folder)) == 3


def test_a_file_name_that_cannot_be_an_identifier_is_a_mistake(folder: Path) -> None:
    (folder / "services" / "library-card.yml").rename(folder / "services" / "Library Card.yml")
    (mistake,) = _mistakes(folder)
    assert "Library Card.yml" in mistake


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    assert str(tmp_path / "administrations.yml") in _mistakes(tmp_path)[0]


def test_administrations_alone_are_a_mistake(folder: Path) -> None:
    (folder / "services" / "library-card.yml").unlink()
    assert _mistakes(folder) == [f"{folder / 'services'}: there is no service file"]


def test_a_mistake_in_the_administrations_is_named_with_its_line(folder: Path) -> None:
    path = folder / "administrations.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: town", "kind: club"), encoding="utf-8")
    (mistake,) = _mistakes(folder)
    assert mistake.startswith(f"{path}:3: town-hall.kind: ")


def test_the_checksum_changes_with_any_file_and_only_then(folder: Path, spoil: Spoil) -> None:
    before = checksum(folder)
    assert checksum(folder) == before
    spoil("Everybody.", "Everyone.")
    changed = checksum(folder)
    assert changed != before
    (folder / "services" / "library-card.yml").rename(folder / "services" / "library.yml")
    assert checksum(folder) not in (before, changed)


_FURTHER_FIELD = """\
    - id: notes
      type: text
      label: {fr: "Notes", en: "Notes"}
      question: {fr: "Des notes ?", en: "Any notes?"}
      why: {fr: "Pour la suite.", en: "For later."}
      only_if: {size: VALUE}
"""


def _append(folder: Path, text: str) -> None:
    with (folder / "services" / "library-card.yml").open("a", encoding="utf-8") as file:
        file.write(text)
