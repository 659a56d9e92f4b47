"""A service of its own, with accounts of every role: what happens at its desk must not meet other tests' citizens."""

import asyncio
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from bot.accounts.model import Role
from bot.accounts.store import AccountStore
from bot.db import Database
from bot.migrations import upgrade
from bot.privacy.encryption import Cipher, read_keys
from bot.supervisor import free_port
from tests.citizen import Citizen
from tests.console.colleague import Colleague
from tests.service import READY_WITHIN, ROOT, Service, environment, wait_for

PASSWORD = "quatre chevaux mangent tard"
PEOPLE = {
    "lea": (Role.AGENT, ["town-hall"], "Léa, mairie"),
    "omar": (Role.AGENT, ["caf"], "Omar, CAF"),
    "agnes": (Role.AGENT, [], "Agnès"),
    "tess": (Role.TRAINER, [], "Tess"),
    "quentin": (Role.QUALITY, [], "Quentin"),
    "ada": (Role.ADMIN, [], "Ada"),
}
Answer = TypeVar("Answer")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")


@pytest.fixture(scope="package")
def counter(new_service: Callable[..., Any]) -> Iterator[Service]:
    """The service, with the accounts of `PEOPLE`."""
    with new_service(messages_a_minute=100_000, conversations_an_hour=100_000) as running:
        with_accounts(running, _people)
        yield running


async def _people(store: AccountStore) -> None:
    for name, (role, offices, shown) in PEOPLE.items():
        account = await store.add(name, role, offices, shown=shown)
        await store.accept(await store.invite(account.id), PASSWORD)


def with_accounts(service: Any, work: Callable[[AccountStore], Awaitable[Answer]]) -> Answer:
    """Do something with the accounts of a running service, as the command line does."""

    async def run() -> Answer:
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
        try:
            return await work(AccountStore(database, Cipher(read_keys("", service.data_dir))))
        finally:
            await database.close()

    return asyncio.run(run())


class Office:
    """A gateway alone: the pages of the console need no engine, and start in a second.

    Args:
        folder: of its data.
        settings: `GUICHET_` settings, without the prefix.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.data_dir = folder
        port = free_port("127.0.0.1")
        self.url = f"http://127.0.0.1:{port}"
        self._environment = environment(data_dir=folder, port=port, **settings)
        self._log = folder / "gateway.log"
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        database = Database(f"sqlite+aiosqlite:///{self.data_dir / 'guichet.db'}")
        await upgrade(database)
        await database.close()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "bot", "gateway"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        wait_for(self._answers, READY_WITHIN)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                return True
        except OSError:
            return False

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A gateway with the accounts of `PEOPLE`."""
    running = Office(tmp_path_factory.mktemp("office"))
    with_accounts(running, _people)
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def cipher_of(office: Office) -> Cipher:
    """The key of the office."""
    return Cipher(read_keys("", office.data_dir))


@pytest.fixture
async def office_database(office: Office) -> AsyncIterator[Database]:
    """The database of the office."""
    database = Database(f"sqlite+aiosqlite:///{office.data_dir / 'guichet.db'}")
    yield database
    await database.close()


@pytest.fixture
async def colleague(office: Office) -> AsyncIterator[Callable[..., Awaitable[Colleague]]]:
    """Let people of `PEOPLE` sign in at the office, each in a browser of their own."""
    browsers: list[Colleague] = []

    async def sign_in(name: str, password: str = PASSWORD) -> Colleague:
        browsers.append(Colleague(office.url))
        await browsers[-1].sign_in(name, password)
        return browsers[-1]

    yield sign_in
    for each in browsers:
        await each.close()


@pytest.fixture
async def session(counter: Service) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client for citizens."""
    async with aiohttp.ClientSession(base_url=counter.url, timeout=aiohttp.ClientTimeout(total=60)) as client:
        yield client


@pytest.fixture
async def citizen(session: aiohttp.ClientSession) -> Citizen:
    """A citizen who has just opened a conversation in French."""
    return await Citizen.arrive(session)


@pytest.fixture
async def arrive(counter: Service) -> AsyncIterator[Callable[..., Awaitable[Colleague]]]:
    """Let people of `PEOPLE` sign in, each in a browser of their own."""
    browsers: list[Colleague] = []

    async def sign_in(name: str) -> Colleague:
        colleague = Colleague(counter.url)
        browsers.append(colleague)
        response = await colleague.sign_in(name, PASSWORD)
        assert response.status == 200, response.text
        return colleague

    yield sign_in
    for each in browsers:
        await each.leave()


@pytest.fixture
async def stranger(office: Office) -> AsyncIterator[Colleague]:
    """A browser in which nobody is signed in."""
    colleague = Colleague(office.url)
    yield colleague
    await colleague.close()
