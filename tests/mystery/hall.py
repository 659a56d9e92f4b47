"""The counter as the runner sees it: the service, the office's program, an agent at the desk, and the doors."""

import asyncio
import os
import signal
import urllib.error
import urllib.request
from typing import Any

import aiohttp

from bot.accounts.model import Role
from bot.accounts.store import AccountStore
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from tests.console.colleague import Colleague
from tests.mystery.doors import Entrance, Stuck
from tests.mystery.doors.api import ApiDoor
from tests.mystery.doors.office import Software
from tests.mystery.doors.plain import PlainDoor
from tests.mystery.doors.widget import Chromium, WidgetDoor
from tests.service import Service, wait_for

PASSWORD = "douze oies passent le pont"
BACK_WITHIN = 90


class Hall:
    """A running service and what is needed to visit it.

    Attributes:
        service: the service.
        software: the office's program.
    """

    def __init__(
        self, service: Service, session: aiohttp.ClientSession, software: Software, database: Database
    ) -> None:
        self.service = service
        self.software = software
        self._session = session
        self._database = database
        self._chromium: Chromium | None = None
        self._agent: Colleague | None = None
        self._talk = ""

    @classmethod
    async def open(cls, service: Service, *, staffed: bool = False) -> "Hall":
        """Open the hall of a running service; a staffed one has an agent's account, so that messages are read."""
        session = aiohttp.ClientSession(base_url=service.url, timeout=aiohttp.ClientTimeout(total=60))
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
        software = await Software.install(session, database, f"mystery-{os.urandom(4).hex()}")
        hall = cls(service, session, software, database)
        if staffed:
            await hall._account()
        return hall

    async def close(self) -> None:
        """Close browser, clients and database."""
        if self._chromium:
            await self._chromium.stop()
        await self._session.close()
        await self._database.close()

    async def enter(self, door: str, language: str) -> Entrance:
        """Open a door for a citizen.

        Raises:
            Stuck: it cannot be opened here.
        """
        if door == "plain":
            return await PlainDoor.enter(self.service.url, language)
        if door == "widget":
            self._chromium = self._chromium or await Chromium.start()
            return await WidgetDoor.enter(self._chromium.browser, self.service.url, language)
        return await ApiDoor.enter(self._session, language)

    async def engine(self, what: str) -> None:
        """Kill the engine, or wait until it answers again and has answered what waited."""
        if what == "down":
            os.kill(self.service.parts()["engine"], signal.SIGKILL)
            await asyncio.to_thread(wait_for, lambda: not self._ready(), 10)
            return
        await asyncio.to_thread(wait_for, self._ready, BACK_WITHIN)
        await asyncio.to_thread(wait_for, self._answered_all, BACK_WITHIN)

    async def welcome_colleague(self) -> None:
        """Let an agent come to the desk."""
        await self._account()
        self._agent = Colleague(self.service.url)
        await self._agent.sign_in("mystery", PASSWORD)
        await self._agent.come_to_desk()

    async def colleague(self, deed: str) -> None:
        """Let the agent take the citizen who waits (`takes`), end the talk (`ends`), or say something.

        Raises:
            Stuck: nobody waits on the agent's desk, or no agent is there.
        """
        agent = self._agent
        if agent is None:
            raise Stuck("no colleague is at the desk in this visit")
        if deed == "takes":
            await agent.open("/console/waiting")
            claims = agent.page.links("/console/waiting/")
            if not claims:
                raise Stuck("nobody waits on the agent's desk")
            await agent.send(claims[0])
            self._talk = agent.page.path
        elif deed == "ends":
            await agent.send(f"{self._talk}/end", outcome="answered")
        else:
            await agent.send(f"{self._talk}/say", text=deed)

    async def see_colleague_off(self) -> None:
        """Let the agent leave, if one is there."""
        if self._agent:
            await self._agent.leave()
            self._agent = None

    async def _account(self) -> None:
        store = AccountStore(self._database, Cipher(read_keys("", self.service.data_dir)))
        if not self.service.rows("SELECT 1 FROM accounts WHERE name = 'mystery'"):
            account = await store.add("mystery", Role.AGENT, [], shown="Maud, accueil")
            await store.accept(await store.invite(account.id), PASSWORD)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.service.url}/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _answered_all(self) -> Any:
        return not self.service.rows("SELECT 1 FROM pending_messages")
