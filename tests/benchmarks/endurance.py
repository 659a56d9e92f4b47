"""Whether memory stays flat: over many messages, then over models put in service one after the other.

A real service answers, engine and gateway each in a process, on SQLite. Citizens come by HTTP and do what they do
(crowd.py), as fast as they are answered. A line of a table tells what each process takes from the machine, resident and
private (shared with nobody), as soon as it is known: after the first thousandth of the messages, for what is loaded on
first use is no leak, then more and more rarely, and at each tenth. With `--inside` the engine runs in this process, and
its conversations come without HTTP: three times as fast, and nothing is said of the gateway.

For models, the engine takes the one that it has anew, which costs the same as another one, and answers a citizen after
each.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.conversations.notice import opening
from bot.db import Database
from bot.engine.train import prepare_rasa
from bot.errors import GuichetError
from bot.learning.models import current_model
from bot.memory import one_heap
from bot.migrations import upgrade
from bot.settings import Settings
from tests.citizen import Citizen, Message
from tests.service import ROOT, Service, environment

from .crowd import FAILURES, QUESTIONS, visit
from .measure import private_mb, rss_mb

UNLIMITED = {"messages_a_minute": 10**6, "conversations_an_hour": 10**9, "codes_an_hour": 10**6}
POINTS = (0.001, 0.01, 0.025, 0.05, *(tenth / 10 for tenth in range(1, 11)))
"""Parts of the messages after which memory is looked at."""
MODELS_TOLD = 10
"""Of the first models each is told, and so many of all."""


@dataclass(frozen=True)
class Counter:
    """What is watched.

    Attributes:
        arrive: opens a conversation.
        swap: puts a model in service anew.
        parts: the processes, by name.
    """

    arrive: Callable[[], Awaitable[Citizen]]
    swap: Callable[[], Awaitable[object]]
    parts: Callable[[], dict[str, int]]

    def tell(self, when: str) -> None:
        """Tell what each process takes from the machine now."""
        told = (f"{name} {rss_mb(pid):.1f}, {private_mb(pid):.1f}" for name, pid in sorted(self.parts().items()))
        print(f"| {time.strftime('%H:%M:%S')} | {when} | {' | '.join(told)} |", flush=True)


@asynccontextmanager
async def _service() -> AsyncIterator[Counter]:
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder) / "project", current_model(ROOT / "models"), **UNLIMITED)
        try:
            await asyncio.to_thread(service.start)
            async with aiohttp.ClientSession(service.url, timeout=aiohttp.ClientTimeout(total=300)) as session:
                yield Counter(lambda: Citizen.arrive(session), lambda: _swap(session, service), service.parts)
        finally:
            service.stop()


async def _swap(session: aiohttp.ClientSession, service: Service) -> None:
    url, token = service.engine()
    body, headers = {"file": current_model(service.models).name}, {"Authorization": f"Bearer {token}"}
    async with session.post(f"{url}/model", json=body, headers=headers) as response:
        assert response.status == 200, await response.text()


@asynccontextmanager
async def _engine() -> AsyncIterator[Counter]:
    one_heap()  # as at each start
    prepare_rasa()
    from bot.engine.server import HOST, create_engine

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), learned_file=Path(folder) / "learned.yml", engine_token="inside")
        database = Database(settings.database)
        await upgrade(database)
        await database.close()
        runner = web.AppRunner(create_engine(settings))
        await runner.setup()
        host = runner.app[HOST]
        store = host._store

        class Inside(Citizen):
            """A citizen who needs no HTTP."""

            async def post(self, body: Any, **more: Any) -> tuple[int, Any]:
                try:
                    answer = await host.answer(self.id, body["id"], body["text"])
                except GuichetError as error:
                    return error.status, error.problem()
                return 200, {"messages": [message.wire() for message in answer]}

        async def arrive() -> Citizen:
            conversation_id, token, messages = await store.open("fr", None, opening("fr"))
            wire: list[Message] = [message.wire() for message in messages]
            return Inside(None, {"id": conversation_id, "token": token, "messages": wire})  # type: ignore[arg-type]

        while not host.ready:  # noqa: ASYNC110 - it is loaded in the background, as at every start
            await asyncio.sleep(0.1)
        archive = current_model(settings.models_dir)
        try:
            yield Counter(arrive, lambda: host.load(archive), lambda: {"engine": os.getpid()})
        finally:
            await runner.cleanup()


async def _messages(counter: Counter, count: int, citizens: int) -> None:
    answered, failed = 0, ["none"]

    async def come(until: int, draw: random.Random) -> None:
        nonlocal answered
        while answered < until:
            try:
                citizen = await counter.arrive()
                try:
                    await visit(citizen, draw)
                finally:
                    answered += citizen.answers
            except (*FAILURES, GuichetError) as error:
                failed.append(f"{type(error).__name__}: {error}"[:200])

    draws = [random.Random(number) for number in range(citizens)]
    for point in POINTS:
        begun, before = time.perf_counter(), answered
        await asyncio.gather(*(come(round(count * point), draw) for draw in draws))
        rate = (answered - before) / (time.perf_counter() - begun)
        counter.tell(f"{answered} messages ({rate:.0f}/s; {len(failed) - 1} visits failed, the last: {failed[-1]})")


async def _models(counter: Counter, count: int) -> None:
    for number in range(1, count + 1):
        await counter.swap()
        citizen = await counter.arrive()
        await citizen.say(QUESTIONS[0])
        if number < MODELS_TOLD or number % max(1, count // MODELS_TOLD) == 0:
            counter.tell(f"{number} models")


async def _run(options: argparse.Namespace) -> None:
    async with _engine() if options.inside else _service() as counter:
        print("| at | after | MB resident, private |\n| --- | --- | --- |")
        counter.tell("the start")
        if options.messages:
            await _messages(counter, options.messages, options.citizens)
        if options.models:
            await _models(counter, options.models)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--citizens", type=int, default=4, help="citizens at once")
    parser.add_argument("--inside", action="store_true", help="the engine in this process, without HTTP")
    os.environ |= environment()
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
