"""A running service on each kind of database, which can be taken away from it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.conftest import created

from .outage import Lock, Outage, cut

if TYPE_CHECKING:  # a plugin (see below): pytest must be the first to import it
    from tests.service import Service


def pytest_configure(config: pytest.Config) -> None:
    # Registered once, whichever folder comes first: an imported fixture would start a service for each folder.
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")


GENEROUS = {"messages_a_minute": 100_000, "conversations_an_hour": 100_000}


@pytest.fixture(scope="session")
def sqlite_service(new_service: Callable[..., Any]) -> Iterator[tuple["Service", Outage]]:
    """A service on SQLite, and what takes its database away."""
    with new_service(**GENEROUS) as service:
        lock = Lock(f"sqlite:///{service.data_dir / 'guichet.db'}")
        yield service, lock
        lock.end()


@pytest.fixture(scope="session")
def postgresql_service(
    new_service: Callable[..., Any], postgresql: psycopg.Connection
) -> Iterator[tuple["Service", Outage]]:
    """A service on PostgreSQL, and what takes its database away."""
    with (
        created(postgresql) as address,
        cut(address) as outage,
        new_service(database_url=outage.url, **GENEROUS) as service,
    ):
        yield service, outage
        outage.end()


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.slow), "postgresql"])
def fragile(request: pytest.FixtureRequest) -> Iterator[tuple["Service", Outage]]:
    """A service on each kind of database in turn, and what takes it away."""
    service, outage = request.getfixturevalue(f"{request.param}_service")
    yield service, outage
    outage.end()
