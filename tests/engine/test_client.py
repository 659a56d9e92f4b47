"""The client of the engine: every error of the engine arrives as itself."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import errors
from bot.engine.client import EngineClient
from bot.errors import Failed, GuichetError, Misconfigured, TooManyRequests, Unavailable

TOKEN = "jeton"
CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, GuichetError)]


@pytest.fixture
async def served() -> AsyncIterator[dict[str, object]]:
    """Start an engine that answers what the test puts in `answer`, and yield that with a client."""
    served: dict[str, object] = {}

    async def handle(request: web.Request) -> web.Response:
        served["authorization"] = request.headers["Authorization"]
        answer = served["answer"]
        if isinstance(answer, GuichetError):
            return web.json_response(answer.problem(), status=answer.status, content_type="application/problem+json")
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app)
    await server.start_server()
    client = EngineClient(str(server.make_url("/")).rstrip("/"), TOKEN, timeout=5)
    served["client"] = client
    yield served
    await client.close()
    await server.close()


async def test_an_answer_arrives_and_the_token_is_sent(served: dict[str, object]) -> None:
    served["answer"] = {"messages": [{"text": "Bonjour"}]}
    assert await served["client"].answer("c1", "m1", "Bonjour") == [{"text": "Bonjour"}]
    assert served["authorization"] == f"Bearer {TOKEN}"


# A mistake of the operator is a fault to whoever asks: both are 500.
@pytest.mark.parametrize("error", [each for each in CLASSES if each not in (Misconfigured, GuichetError)])
async def test_an_error_of_the_engine_arrives_as_itself(served: dict[str, object], error: type[GuichetError]) -> None:
    served["answer"] = error("Le motif.", code="some-code", field="text")
    with pytest.raises(GuichetError) as caught:
        await served["client"].answer("c1", "m1", "Bonjour")
    assert type(caught.value) is error
    assert (caught.value.message, caught.value.code, caught.value.data) == ("Le motif.", "some-code", {"field": "text"})


async def test_an_operators_mistake_is_a_failure_with_its_own_code(served: dict[str, object]) -> None:
    served["answer"] = Misconfigured("Le modèle manque.", code="bad-model")
    with pytest.raises(Failed) as caught:
        await served["client"].swap("x.tar.gz")
    assert (caught.value.message, caught.value.code) == ("Le modèle manque.", "bad-model")


async def test_what_an_error_carries_is_kept(served: dict[str, object]) -> None:
    served["answer"] = TooManyRequests("Moins vite.", retry_after=12)
    with pytest.raises(TooManyRequests) as caught:
        await served["client"].parse("Bonjour")
    assert caught.value.data == {"retry_after": 12}


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "[]", "null"])
async def test_an_answer_that_is_none_is_an_engine_that_does_not_answer(served: dict[str, object], body: str) -> None:
    served["answer"] = web.Response(status=502, text=body)
    with pytest.raises(GuichetError) as caught:
        await served["client"].answer("c1", "m1", "Bonjour")
    assert caught.value.status in (500, 503)


async def test_an_engine_that_is_not_there_does_not_answer_and_is_not_ready() -> None:
    client = EngineClient("http://127.0.0.1:9", TOKEN, timeout=5)
    assert not await client.ready()
    with pytest.raises(Unavailable) as caught:
        await client.answer("c1", "m1", "Bonjour")
    assert caught.value.code == "engine-away"
    await client.close()
