"""What many tests need: a fresh database of each kind, a key, the project's own catalogue, the shared data."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from bot.catalogue.load import Catalogue, load_catalogue
from bot.db import Database
from bot.migrations import upgrade
from bot.migrations.rooms import METADATA
from bot.privacy.encryption import Cipher
from bot.requests.files import FileStore
from bot.rights.erasures import Erasures
from bot.rights.holdings import Holdings

ROOT = Path(__file__).parents[1]
POSTGRESQL = "127.0.0.1:5432"
USERS = ("postgres", "root")
ADMINISTRATION = "test"
"""The database that exists on the server, from which the others are made."""
_EMPTY = f"""
SET session_replication_role = replica;
{"".join(f"DELETE FROM {table};" for table in METADATA.tables)}
SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
"""
"""Foreign keys are not looked at while all goes, and numbers begin at one again."""
_GROWN = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 200000
"""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("database") / "migrated.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[psycopg.Connection]:
    """Return a connection that may create databases, or skip; CI must have a server."""
    connection = _connect()
    if connection is None:
        reason = f"no PostgreSQL at {POSTGRESQL}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def migrated_database(postgresql: psycopg.Connection) -> Iterator[str]:
    """Return the address of a PostgreSQL database with the tables, made for this run of tests."""
    with created(postgresql) as address:
        asyncio.run(_migrate(address))
        yield address


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """Return the address of a fresh SQLite database with the tables."""
    shutil.copy(migrated_file, tmp_path / "guichet.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"


@pytest.fixture
def postgresql_url(migrated_database: str) -> str:
    """Return the address of a PostgreSQL database with the tables, and nothing in them.

    Deleting what a test left costs some milliseconds. TRUNCATE makes each table's files anew, half a second for all: it
    is for those that have grown, where what was deleted would still lie.
    """
    with psycopg.connect(migrated_database.replace("+psycopg", ""), autocommit=True) as connection:
        for (table,) in connection.execute(_GROWN).fetchall():
            connection.execute(f"TRUNCATE {table} CASCADE")
        connection.execute(_EMPTY)
    return migrated_database


@pytest.fixture
def empty_postgresql_url(postgresql: psycopg.Connection) -> Iterator[str]:
    """Return the address of a fresh PostgreSQL database without tables."""
    with created(postgresql) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a fresh database with the tables, on each kind of server in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a fresh database without tables, on each kind of server in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    return request.getfixturevalue("empty_postgresql_url")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a fresh database with the tables."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def empty_database(empty_database_url: str) -> AsyncIterator[Database]:
    """Return a fresh database without tables."""
    database = Database(empty_database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def cipher() -> Cipher:
    """Return a cipher with a key of its own."""
    return Cipher(Fernet.generate_key().decode())


@pytest.fixture
def holdings(database: Database, cipher: Cipher, tmp_path: Path) -> Holdings:
    """Return all that an erasure reaches."""
    files = FileStore(database, cipher, tmp_path / "files", 1_000_000)
    return Holdings(database, cipher, files, Erasures(tmp_path / "erasures.jsonl", cipher))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the project's own catalogue."""
    return load_catalogue(ROOT / "data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data, which is no part of the project."""
    path = Path(os.environ.get("GUICHET_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"no shared data at {path}; GUICHET_SHARED_DATA says where they are")
    return path


def _connect() -> psycopg.Connection | None:
    for user in USERS:
        try:
            return psycopg.connect(f"postgresql://{user}@{POSTGRESQL}/{ADMINISTRATION}", autocommit=True)
        except psycopg.OperationalError:
            continue
    return None


@contextmanager
def created(server: psycopg.Connection) -> Iterator[str]:
    """Yield the address of a fresh PostgreSQL database, dropped afterwards."""
    name = f"guichet_test_{secrets.token_hex(6)}"
    server.execute(f"CREATE DATABASE {name}")
    # No test cuts the server's power: what it was told need not be on the disk before it answers.
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield f"postgresql+psycopg://{server.info.user}@{POSTGRESQL}/{name}"
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()
