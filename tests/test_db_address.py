"""Where the database is: an address that cannot be used, a server that is not there, one that cuts the line."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.errors import Misconfigured, Unavailable


def test_an_address_that_is_no_path_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sqlite3.connect(tmp_path / "there.db").close()
    Database(f"sqlite+aiosqlite:///file:{tmp_path}/there.db?mode=ro&uri=true")
    assert [path.name for path in tmp_path.iterdir()] == ["there.db"]


async def test_a_database_that_answers_can_be_asked(database: Database) -> None:
    await database.ping()


async def test_a_server_that_is_not_there_has_its_own_error() -> None:
    database = Database("postgresql+psycopg://postgres@127.0.0.1:9/test")
    with pytest.raises(Unavailable) as caught:
        await database.ping()
    assert caught.value.code == "database-unavailable"
    await database.close()


async def test_a_folder_in_the_place_of_the_file_has_its_own_error(tmp_path: Path) -> None:
    (tmp_path / "guichet.db").mkdir()
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}")
    with pytest.raises(Unavailable):
        await database.ping()
    await database.close()


@pytest.mark.parametrize(
    "url",
    [
        "not an address",
        "postgres://127.0.0.1/guichet",
        "oracle+nothing://127.0.0.1/guichet",
        "sqlite+pysqlite:///guichet.db",
        "postgresql+psycopg://postgres@127.0.0.1:port/guichet",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite://",
    ],
)
def test_an_address_that_cannot_be_used_names_its_setting(url: str) -> None:
    with pytest.raises(Misconfigured, match="GUICHET_DATABASE_URL"):
        Database(url)


def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="GUICHET_DATABASE_URL"):
        Database(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'guichet.db'}")


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'folder' / 'guichet.db'}")
    await database.ping()
    assert (tmp_path / "new" / "folder" / "guichet.db").is_file()
    await database.close()


async def test_a_connection_that_the_server_cuts_has_its_own_error(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with pytest.raises(Unavailable):
        async with database.writing() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    await database.ping()  # the next one gets a fresh connection
    await database.close()


async def test_a_server_that_gives_up_on_a_question_has_its_own_error(postgresql_url: str) -> None:
    database = Database(f"{postgresql_url}?options=-cstatement_timeout%3D1")
    with pytest.raises(Unavailable):
        async with database.reading() as session:
            await session.execute(text("SELECT pg_sleep(5)"))
    await database.close()
