"""What a file of free words may hold, and what is said when it cannot be read."""

from pathlib import Path

import pytest

from bot.errors import InvalidInput
from bot.satisfaction.verbatims_file import LONGEST_LINE, LONGEST_TEXT, Verbatim, read_verbatims


def _write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("column", ["text", "Texte", "VERBATIM", "commentaire", "description", "question", "Réponse"])
def test_a_csv_is_read_whatever_its_separator_and_the_usual_name_of_its_column(
    tmp_path: Path, separator: str, column: str
) -> None:
    file = _write(tmp_path / "a.csv", f'id{separator}{column}\n1{separator}"Très bien, merci"\n\n2{separator}\n')
    assert [(verbatim.text, verbatim.line) for verbatim in read_verbatims(file)] == [("Très bien, merci", 2), ("", 4)]


def test_a_spreadsheets_mark_and_a_text_on_several_lines_are_read(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", '\ufefftexte,titre\r\n"Une ligne.\r\nUne autre.",Accueil\r\n')
    assert read_verbatims(file) == [Verbatim("Une ligne.\r\nUne autre.", "Accueil", "", 3)]


def test_json_lines_are_read_and_may_leave_out_what_is_empty(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.jsonl", '{"texte": "Parfait", "tone": "positive"}\n\n{"tone": null}\n')
    assert read_verbatims(file) == [Verbatim("Parfait", "", "positive", 1), Verbatim("", "", "", 3)]


def test_the_better_name_is_the_column_of_the_words(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", "question,texte\nComment ça s'est passé ?,Bien\n")
    assert [verbatim.text for verbatim in read_verbatims(file)] == ["Bien"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n  \n", "is empty"),
        (b"texte\n", "no row"),
        ("texte\nDéçu\n".encode("latin-1"), "line 2: this is not UTF-8"),
        (b"nom,avis_citoyen\na,b\n", "no column of text. Name it text, texte"),
        (b"nom,avis_citoyen\na,b\n", "The columns found are: nom, avis_citoyen."),
        (b"id,texte\n1,bien\n2,bien,trop\n", "line 3: 3 cells, and the heading has 2"),
        (b"id,texte\n1\n", "line 2: 1 cells, and the heading has 2"),
        (b'id,texte\n1,"jamais ferm\n', "line 2: the CSV is broken"),
        (b'id,texte\n1,"' + b"a" * (LONGEST_TEXT + 1) + b'"\n', "line 2: the CSV is broken"),
        (b'{"text": "a"}\n{"text": \n', "line 2: this is not JSON"),
        (b'{"text": "a"}\n"b"\n', "line 2: an object"),
        (b'{"text": "a"}\n{"text": 3}\n', 'line 2: "text" is not a text'),
        (b'[{"text": "a"}]', "one object a line"),
        (b'{"text": "a"}\n' + b"[" * 200_000, "line 2: this is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "broken"
    file.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        read_verbatims(file)
    assert said in refused.value.message
    assert "\n" not in refused.value.message


def test_a_line_of_100_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    with file.open("wb") as stream:
        stream.write(b"texte\n")
        stream.truncate(100_000_000)
    with pytest.raises(InvalidInput, match=f"line 2: the line is longer than {LONGEST_LINE:,} bytes"):
        read_verbatims(file)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_verbatims(path)
