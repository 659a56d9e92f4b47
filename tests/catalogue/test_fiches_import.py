import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue.fiches import Report, import_fiches
from bot.catalogue.fiches_source import MAX_FILE
from bot.catalogue.fiches_store import FILE, FicheReader, FicheWriter, stamp
from bot.errors import InvalidInput, Misconfigured, TooLarge

BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Publication ID="F9" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&lol2;</dc:title></Publication>"""
READS_A_FILE = """<!DOCTYPE p [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<Publication ID="F9" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&secret;</dc:title></Publication>"""


def publication(fiche_id: str, title: str, body: str = "") -> str:
    return (
        f'<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="{fiche_id}" type="Fiche d\'information">'
        f"<dc:title>{title}</dc:title><Texte><Paragraphe>{body}</Paragraphe></Texte></Publication>"
    )


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Return a folder with two fiches."""
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "F1.xml").write_text(publication("F1", "Garder un hérisson", "C'est gratuit."), encoding="utf-8")
    (folder / "F2.xml").write_text(publication("F2", "Planter un tilleul", "Le tilleul est offert."), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the folder where the fiches are kept; it is not there yet."""
    return tmp_path / "var" / "fiches"


def titles(store: Path) -> dict[str, str]:
    reader = FicheReader(store)
    found = {row.id: row.title for row in reader.rows()}
    reader.close()
    return found


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


def zipped(feed: Path, *more: tuple[str | zipfile.ZipInfo, str]) -> Path:
    path = feed.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(feed.iterdir()):
            archive.write(file, file.name)
        for name, content in more:
            archive.writestr(name, content)
    return path


def lines(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_folder_is_imported(feed: Path, store: Path) -> None:
    assert counts(import_fiches(feed, store)) == (2, 0, 0, 0)
    assert titles(store) == {"F1": "Garder un hérisson", "F2": "Planter un tilleul"}


def test_a_zip_is_imported_as_a_folder_is(feed: Path, store: Path) -> None:
    import_fiches(zipped(feed), store)
    assert titles(store) == {"F1": "Garder un hérisson", "F2": "Planter un tilleul"}


def test_the_next_feed_touches_only_what_changed(feed: Path, store: Path) -> None:
    import_fiches(feed, store)
    (feed / "F1.xml").write_text(publication("F1", "Adopter un hérisson"), encoding="utf-8")
    (feed / "F2.xml").unlink()
    (feed / "F3.xml").write_text(publication("F3", "Nourrir les canards"), encoding="utf-8")
    assert counts(import_fiches(feed, store)) == (1, 1, 0, 1)
    assert titles(store) == {"F1": "Adopter un hérisson", "F3": "Nourrir les canards"}
    assert counts(import_fiches(feed, store)) == (0, 0, 2, 0)


def test_a_feed_without_a_change_leaves_the_file_alone(feed: Path, store: Path) -> None:
    assert stamp(store) is None
    import_fiches(feed, store)
    first = stamp(store)
    import_fiches(feed, store)
    assert stamp(store) == first
    (feed / "F1.xml").unlink()
    import_fiches(feed, store)
    assert stamp(store) != first


def test_what_cannot_be_read_is_reported_and_its_earlier_fiche_stays(feed: Path, store: Path) -> None:
    import_fiches(feed, store)
    (feed / "F1.xml").write_text("<Publication", encoding="utf-8")
    report = import_fiches(feed, store)
    [(name, reason)] = report.unread
    assert name == "F1.xml"
    assert "not well-formed" in reason
    assert titles(store)["F1"] == "Garder un hérisson"


def test_words_of_the_glossary_are_skipped(feed: Path, store: Path) -> None:
    word = publication("R1", "Tilleul").replace("Fiche d'information", "Définition de glossaire")
    (feed / "R1.xml").write_text(word, encoding="utf-8")
    assert import_fiches(feed, store).skipped == 1
    assert "R1" not in titles(store)


def test_other_files_of_the_feed_are_left_alone(feed: Path, store: Path) -> None:
    (feed / "menu.xml").write_text("<Menu/>", encoding="utf-8")
    assert import_fiches(feed, store).unread == []


@pytest.mark.parametrize("hostile", [BILLION_LAUGHS, READS_A_FILE])
def test_entities_refuse_the_whole_import(feed: Path, store: Path, hostile: str) -> None:
    import_fiches(feed, store)
    (feed / "F1.xml").write_text(publication("F1", "Autre chose"), encoding="utf-8")
    (feed / "F9.xml").write_text(hostile, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"F9\.xml .* document type; nothing was imported"):
        import_fiches(feed, store)
    assert titles(store) == {"F1": "Garder un hérisson", "F2": "Planter un tilleul"}
    assert [path.name for path in store.iterdir()] == [FILE]


@pytest.mark.parametrize("name", ["../F7.xml", "/tmp/F7.xml", "a/../../F7.xml", "..\\F7.xml", "C:/F7.xml"])
def test_a_zip_that_climbs_out_is_refused(feed: Path, store: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="leads out of it; nothing was imported"):
        import_fiches(zipped(feed, (name, publication("F7", "Sortie"))), store)
    assert not (store / FILE).exists()


def test_a_link_in_a_zip_is_refused(feed: Path, store: Path) -> None:
    link = zipfile.ZipInfo("F7.xml")
    link.external_attr = 0o120777 << 16
    with pytest.raises(InvalidInput, match=r"the link 'F7\.xml'"):
        import_fiches(zipped(feed, (link, "/etc/passwd")), store)


def test_a_link_out_of_the_folder_is_refused(feed: Path, store: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.xml"
    outside.write_text(publication("F7", "Dehors"), encoding="utf-8")
    (feed / "F7.xml").symlink_to(outside)
    with pytest.raises(InvalidInput, match="leads out of the folder"):
        import_fiches(feed, store)


def test_a_file_that_unpacks_to_too_much_is_refused(feed: Path, store: Path) -> None:
    with pytest.raises(TooLarge, match=r"F7\.xml is larger than 20 MB; nothing was imported"):
        import_fiches(zipped(feed, ("F7.xml", " " * (MAX_FILE + 1))), store)


def test_a_broken_zip_is_refused(feed: Path, store: Path) -> None:
    path = zipped(feed)
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="no readable zip"):
        import_fiches(path, store)


def test_a_source_without_a_fiche_is_refused_and_the_old_set_stays(feed: Path, store: Path, tmp_path: Path) -> None:
    import_fiches(feed, store)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InvalidInput, match="holds no fiche that can be read"):
        import_fiches(empty, store)
    assert len(titles(store)) == 2


def test_nothing_at_the_path_is_one_clear_message(store: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is nothing at"):
        import_fiches(tmp_path / "missing", store)


def test_json_lines_are_imported(store: Path, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "pages.jsonl",
        {"id": "F5", "title": "Marché de Noël", "text": "Le marché ouvre en décembre.", "dossier": "Fêtes"},
        {
            "id": "page-2",
            "title": "Feu d'artifice",
            "text": "",
            "url": "https://ville.example/feu",
            "dossier": ["Fêtes"],
        },
        "",
    )
    assert counts(import_fiches(path, store)) == (2, 0, 0, 0)
    reader = FicheReader(store)
    official, own = reader.rows()
    assert official.url.endswith("/vosdroits/F5")
    assert (own.url, own.dossiers) == ("https://ville.example/feu", ("Fêtes",))
    assert [passage.text for passage, _ in reader.passages("F5")] == ["Le marché ouvre en décembre."]


def test_lines_of_one_identifier_make_one_fiche(store: Path, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "cases.jsonl",
        {"id": "F5", "title": "Bourse", "text": "Au collège.", "dossier": "Collège"},
        {"id": "F5", "title": "Bourse", "text": "Au lycée.", "dossier": "Lycée"},
    )
    import_fiches(path, store)
    reader = FicheReader(store)
    [row] = reader.rows()
    assert row.dossiers == ("Collège", "Lycée")
    assert [passage.text for passage, _ in reader.passages("F5")] == ["Au collège.", "Au lycée."]


def test_a_wrong_line_is_reported_with_its_number(store: Path, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "pages.jsonl",
        {"id": "a", "title": "Piscine", "text": "Ouverte."},
        "{not json",
        {"id": "b", "text": "Sans titre."},
        {"id": "c", "title": "Lien", "text": "", "url": "javascript:alert(1)"},
        ["a list"],
    )
    report = import_fiches(path, store)
    assert [name for name, _ in report.unread] == ["line 2", "line 3", "line 4", "line 5"]
    assert report.unread[1][1].startswith("title: ")
    assert list(titles(store)) == ["a"]


def test_progress_is_told(store: Path, tmp_path: Path) -> None:
    path = lines(tmp_path / "many.jsonl", *({"id": f"p{n}", "title": f"Page {n}", "text": ""} for n in range(250)))
    told: list[int] = []
    import_fiches(path, store, told.append)
    assert told == [100, 200]


def test_who_reads_goes_on_with_the_set_that_was_opened(feed: Path, store: Path) -> None:
    import_fiches(feed, store)
    reader = FicheReader(store)
    (feed / "F1.xml").unlink()
    import_fiches(feed, store)
    assert [row.id for row in reader.rows()] == ["F1", "F2"]
    assert list(titles(store)) == ["F2"]


def test_a_crash_leaves_the_old_set(feed: Path, store: Path) -> None:
    import_fiches(feed, store)

    def crash() -> Iterator[None]:
        with FicheWriter(store) as writer:
            writer.remove("F1")
            raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        next(crash())
    assert set(titles(store)) == {"F1", "F2"}
    assert os.listdir(store) == [FILE]


def test_a_store_of_another_version_is_made_anew(feed: Path, store: Path) -> None:
    import_fiches(feed, store)
    with sqlite3.connect(store / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Misconfigured, match="Import the fiches again"):
        FicheReader(store)
    assert counts(import_fiches(feed, store)) == (2, 0, 0, 0)
