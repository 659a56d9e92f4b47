"""Importing the directory of offices: every wrapping it comes in, what cannot be read, and nothing half done."""

import bz2
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot.catalogue.offices import FOLDER, import_offices, open_directory
from bot.catalogue.offices_model import Office
from bot.catalogue.offices_record import read_record
from bot.catalogue.offices_store import FILE, Directory, stamp
from bot.errors import InvalidInput, Misconfigured
from bot.settings import Settings
from tests.directory import RECORDS, office, write

VITRE = office(1, "Mairie - Vitré", "mairie", "35360", "35500", "Vitré")


def test_an_import_says_what_it_did_and_of_which_day_it_is(tmp_path: Path) -> None:
    report = import_offices(write(tmp_path / "directory.json"), tmp_path / FOLDER)
    assert (report.offices, report.communes, report.skipped, report.unread) == (12, 1, 1, [])
    assert report.date == "2026-09-15"
    assert Directory(tmp_path / FOLDER).date == "2026-09-15"


def test_the_real_entry_of_a_town_hall_is_read_whole(tmp_path: Path, shared_data: Path) -> None:
    import_offices(shared_data / "annuaire" / "organisme_mairie_dila_json.json", tmp_path)
    (found,) = Directory(tmp_path).serving("mairie", "27115")
    assert found.name == "Mairie - Breux-sur-Avre"
    assert (found.phone, found.email) == ("02 32 32 50 76", "mairie@breux-sur-avre.fr")
    assert found.website == "https://www.breux-sur-avre.fr"
    assert found.address == ("10 ancienne route du Mans", "Le Bourg")
    assert [(opening.first, opening.hours) for opening in found.openings] == [
        (0, (("16:30", "18:30"),)),
        (3, (("16:30", "18:30"),)),
    ]
    assert found.date == "2021-12-03"


def _wrapped(folder: Path, kind: str) -> Path:
    data = json.dumps({"service": RECORDS[:-1]}).encode()
    reach = json.dumps({"commune": [RECORDS[-1]]}).encode()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("35/35360.json", reach)
    path = folder / f"directory.{kind}"
    match kind:
        case "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("data.json", data)
                archive.writestr("communes.zip", inner.getvalue())
        case "tar.bz2":
            tar = io.BytesIO()
            with tarfile.open(fileobj=tar, mode="w") as archive:
                for name, content in (("data.json", data), ("communes.zip", inner.getvalue())):
                    entry = tarfile.TarInfo(name)
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
            path.write_bytes(bz2.compress(tar.getvalue()))
        case "folder":
            path.mkdir()
            (path / "data.json").write_bytes(data)
            (path / "35360.json").write_bytes(reach)
        case "list":
            path.write_text(json.dumps(RECORDS), encoding="utf-8")
        case "lines":
            path.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["zip", "tar.bz2", "folder", "list", "lines"])
def test_every_wrapping_gives_the_same_directory(tmp_path: Path, kind: str) -> None:
    report = import_offices(_wrapped(tmp_path, kind), tmp_path / FOLDER)
    assert (report.offices, report.communes, report.unread) == (12, 1, [])
    directory = Directory(tmp_path / FOLDER)
    assert [found.id for found in directory.serving("caf", "35360")] == ["office-11"]


def test_the_export_of_the_interface_keeps_its_parts_as_texts_of_json(tmp_path: Path) -> None:
    flat = {name: json.dumps(value) if isinstance(value, list) else value for name, value in VITRE.items()}
    nested, exported = read_record(VITRE), read_record(flat)
    assert isinstance(nested, Office)
    assert exported == nested
    reach = {"code_insee_commune": "35360", "code_type_service_local": "caf", "id_service_local": '["office-11"]'}
    path = write(tmp_path / "export.json", [*RECORDS[:-1], reach])
    import_offices(path, tmp_path / FOLDER)
    assert Directory(tmp_path / FOLDER).serving("caf", "35360")


@pytest.mark.parametrize(
    "record",
    [
        {"pivot": "not json ["},
        {"telephone": None, "adresse": None, "plage_ouverture": "x", "site_internet": [None]},
        {"adresse": ["a text"], "plage_ouverture": [3, {"nom_jour_debut": "Nonedi"}], "telephone": {"valeur": 2}},
        {"code_insee_commune": 35360, "date_modification": "hier"},
        {"site_internet": [{"valeur": "javascript:alert(1)"}], "nom": "<b>Mairie</b>\u0000"},
    ],
)
def test_an_odd_entry_is_read_as_far_as_it_goes(record: dict[str, object]) -> None:
    read = read_record({**VITRE, **record})
    if isinstance(read, Office):
        assert "<" not in read.name
        assert not read.website
    else:
        assert read is None


def test_an_entry_without_a_name_is_reported_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "directory.json", [VITRE, {**VITRE, "nom": ""}, "x"])
    report = import_offices(path, tmp_path / FOLDER)
    assert [name for name, _ in report.unread] == ["directory.json, record 2", "directory.json, record 3"]
    assert report.offices == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"nothing", b"\xff\xfe", b'{"service": []}', b"[" * 100_000])
def test_a_file_without_offices_is_refused_and_the_old_directory_stays(tmp_path: Path, content: bytes) -> None:
    import_offices(write(tmp_path / "good.json"), tmp_path / FOLDER)
    before = stamp(tmp_path / FOLDER)
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    with pytest.raises(InvalidInput):
        import_offices(bad, tmp_path / FOLDER)
    assert stamp(tmp_path / FOLDER) == before
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [FILE]


def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "directory.json")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InvalidInput, match="breaks off after record"):
        import_offices(path, tmp_path / FOLDER)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = _wrapped(tmp_path, "zip")
    data = bytearray(path.read_bytes())
    data[60:90] = b"\0" * 30
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        import_offices(path, tmp_path / FOLDER)


def test_a_new_import_takes_the_place_of_the_old_one_at_once(tmp_path: Path) -> None:
    import_offices(write(tmp_path / "directory.json"), tmp_path / FOLDER)
    old = Directory(tmp_path / FOLDER)
    import_offices(write(tmp_path / "directory.json", [VITRE]), tmp_path / FOLDER)
    assert old.serving("mairie", "35238"), "who has the old one open goes on reading it"
    assert not Directory(tmp_path / FOLDER).serving("mairie", "35238")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    many = [
        office(number % 90, f"Mairie {number}", "mairie", "35360", "35500", "Vitré", id=str(number))
        for number in range(10_001)
    ]
    import_offices(write(tmp_path / "directory.json", many), tmp_path / FOLDER, told.append)
    assert told == [5000, 10_000]


def test_without_an_import_there_is_no_directory_and_a_foreign_file_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert open_directory(settings) is None
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(b"something else")
    with pytest.raises(Misconfigured, match="guichet offices import"):
        open_directory(settings)
