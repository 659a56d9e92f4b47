"""A conversation keeps to one engine, goes to another when that one dies, and comes back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.engine.engines import Engines
from bot.errors import Conflict, Failed, GuichetError, Unavailable

CONVERSATIONS = [f"{number:024x}" for number in range(300)]


class Engine:
    """An engine that says its own name, until it is told otherwise."""

    def __init__(self, port: int | None = None) -> None:
        self.ready = True
        self.fails: GuichetError | None = None
        self.breaks_off = False
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/ready", self._ready)
        app.router.add_post("/answer", self._answer)
        self._server = TestServer(app, port=port)

    async def start(self) -> str:
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")
        return self.url

    async def die(self) -> None:
        await self._server.close()

    async def _ready(self, request: web.Request) -> web.Response:
        return web.Response(status=200 if self.ready else 503)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append((await request.json())["message_id"])
        if self.breaks_off:
            assert request.transport is not None
            request.transport.abort()
        if self.fails is not None:
            return web.json_response(self.fails.problem(), status=self.fails.status)
        return web.json_response({"messages": [{"text": self.url}]})


@pytest.fixture
async def three() -> AsyncIterator[tuple[Engines, dict[str, Engine]]]:
    """Three engines, by address, and a client of them."""
    made = [Engine() for _ in range(3)]
    engines = {await each.start(): each for each in made}
    client = Engines(list(engines), "jeton", timeout=5)
    yield client, engines
    await client.close()
    for each in made:
        await each.die()


async def _who(client: Engines, conversation_id: str) -> str:
    return str((await client.answer(conversation_id, "m1", "Bonjour"))[0]["text"])


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - the watch tells nobody
            await asyncio.sleep(0.05)


async def test_a_conversation_keeps_to_one_engine_and_all_engines_have_some(
    three: tuple[Engines, dict[str, Engine]],
) -> None:
    client, engines = three
    first = {each: await _who(client, each) for each in CONVERSATIONS}
    assert first == {each: await _who(client, each) for each in CONVERSATIONS}
    assert min(Counter(first.values()).values()) > 60
    assert set(first.values()) == set(engines)


async def test_gateways_that_name_the_engines_in_another_order_agree(
    three: tuple[Engines, dict[str, Engine]],
) -> None:
    client, engines = three
    other = Engines([*reversed(engines)], "jeton", timeout=5)
    assert [client.order(each) for each in CONVERSATIONS] == [other.order(each) for each in CONVERSATIONS]
    await other.close()


async def test_only_the_conversations_of_an_engine_that_dies_move_and_they_come_back(
    three: tuple[Engines, dict[str, Engine]],
) -> None:
    client, engines = three
    before = {each: await _who(client, each) for each in CONVERSATIONS}
    dying = before[CONVERSATIONS[0]]
    port = int(dying.rpartition(":")[2])
    await engines[dying].die()
    during = {each: await _who(client, each) for each in CONVERSATIONS}
    assert {each for each in CONVERSATIONS if during[each] != before[each]} == {
        each for each in CONVERSATIONS if before[each] == dying
    }
    assert len(Counter(during[each] for each in CONVERSATIONS if before[each] == dying)) == 2, "both others take some"
    again = Engine(port)
    assert await again.start() == dying

    async def is_back() -> bool:
        return await _who(client, CONVERSATIONS[0]) == dying

    await _until(is_back)
    assert before == {each: await _who(client, each) for each in CONVERSATIONS}
    await again.die()


@pytest.mark.parametrize("lost", ["breaks_off", "starting"])
async def test_a_message_whose_engine_is_lost_is_answered_by_another_under_the_same_identifier(
    three: tuple[Engines, dict[str, Engine]], lost: str
) -> None:
    client, engines = three
    first = engines[client.order("c1")[0]]
    first.breaks_off = lost == "breaks_off"
    first.fails = None if first.breaks_off else Unavailable("Il démarre.", code="engine-starting")
    first.ready = False
    assert await client.answer("c1", "m7", "Bonjour") != [{"text": first.url}]
    assert [each.asked for each in engines.values()].count(["m7"]) == 2


async def test_an_engine_that_is_not_ready_is_passed_over_before_anybody_asks_it(
    three: tuple[Engines, dict[str, Engine]],
) -> None:
    client, engines = three
    preferred = client.order("c1")[0]
    engines[preferred].ready = False

    async def passed_over() -> bool:
        return client.order("c1")[0] != preferred

    await _until(passed_over)
    await _who(client, "c1")
    assert engines[preferred].asked == []


@pytest.mark.parametrize(
    "error", [Failed("x", code="action-failed"), Conflict("x"), Unavailable("x", code="spool-full")]
)
async def test_what_an_engine_refuses_is_not_asked_of_another(
    three: tuple[Engines, dict[str, Engine]], error: GuichetError
) -> None:
    client, engines = three
    for each in engines.values():
        each.fails = error
    with pytest.raises(type(error)):
        await client.answer("c1", "m1", "Bonjour")
    assert sum(len(each.asked) for each in engines.values()) == 1


async def test_when_no_engine_is_there_it_is_said_and_whether_one_had_heard(
    three: tuple[Engines, dict[str, Engine]],
) -> None:
    client, engines = three
    assert await client.ready()
    hearing, *others = client.order("c1")
    for each in others:
        await engines[each].die()
    engines[hearing].breaks_off = True
    with pytest.raises(Unavailable) as caught:
        await client.answer("c1", "m1", "Bonjour")
    assert caught.value.code == "engine-unavailable"
    await engines[hearing].die()

    async def away() -> bool:
        # A connection that was open still breaks off; the next one is not made.
        with pytest.raises(Unavailable) as caught:
            await client.answer("c1", "m1", "Bonjour")
        return caught.value.code == "engine-away"

    await _until(away)
    assert not await client.ready()
