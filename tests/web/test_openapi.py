"""The description of the HTTP contract is valid, complete, and true of what really comes back."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator

from bot.settings import Settings
from bot.web.app import create_gateway
from tests.citizen import Citizen
from tests.journeys.player import answer, begin
from tests.service import ROOT

METHODS = {"get", "post", "delete", "put", "patch"}


@pytest.fixture
async def described(session: aiohttp.ClientSession) -> dict[str, Any]:
    async with session.get("/api/openapi.json") as response:
        assert response.status == 200
        return await response.json()


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def schemas(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node["schema"]] if "schema" in node else []
        return own + [found for value in node.values() for found in schemas(value)]
    return [found for value in node for found in schemas(value)] if isinstance(node, list) else []


async def test_it_has_the_shape_of_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert described["info"]["title"]
    assert described["info"]["version"]
    for path, item in described["paths"].items():
        assert path.startswith("/")
        variables = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        parameters = {each["name"] for each in item.get("parameters", []) if each["in"] == "path"}
        assert parameters == variables
        for method in METHODS & set(item):
            call = item[method]
            assert call["summary"]
            assert any(status.startswith("2") for status in call["responses"])
            assert all(response["description"] for response in call["responses"].values())
            for requirement in call.get("security", []):
                assert set(requirement) <= set(described["components"]["securitySchemes"])
    for reference in references(described):
        node: Any = described
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    for schema in [*schemas(described["paths"]), *described["components"]["schemas"].values()]:
        Draft202012Validator.check_schema(schema)


async def test_it_names_every_call_of_the_gateway_and_no_other(described: dict[str, Any], tmp_path: Path) -> None:
    app = create_gateway(Settings(data_dir=tmp_path, catalogue_dir=ROOT / "data"), lambda: None)  # type: ignore[arg-type, return-value]
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method.lower() in METHODS
    }
    calls = {call for call in served if call[1].startswith("/api/") and call[1] != "/api/openapi.json"}
    assert calls
    named = {(method, path) for path, item in described["paths"].items() for method in METHODS & set(item)}
    assert calls <= named
    assert named <= served


async def test_what_comes_back_is_what_is_described(
    described: dict[str, Any], citizen: Citizen, session: aiohttp.ClientSession
) -> None:
    def check(path: str, method: str, status: int, value: Any) -> None:
        [content] = described["paths"][path][method]["responses"][str(status)]["content"].values()
        schema = {**content["schema"], "components": described["components"]}
        Draft202012Validator(schema).validate(value)

    async with session.post("/api/conversations", json={"language": "en"}) as response:
        check("/api/conversations", "post", 201, await response.json())
    messages = "/api/conversations/{id}/messages"
    await citizen.say("Quels papiers pour refaire mon passeport, et ça coûte combien ?")
    check(messages, "post", 200, {"messages": citizen.answer})
    await begin(citizen, "Signaler un problème dans la rue", by_buttons=True)
    while citizen.awaited and citizen.awaited["field"] != "confirm":
        check(messages, "post", 200, {"messages": citizen.answer})
        await answer(citizen)
    await citizen.press("Confirmer")
    assert citizen.request["access_code"]
    check(messages, "post", 200, {"messages": citizen.answer})
    status, problem = await citizen.post({"text": ""})
    check(messages, "post", status, problem)
    async with session.get(f"/api/conversations/{citizen.id}", headers=citizen.headers) as response:
        check("/api/conversations/{id}", "get", 200, await response.json())
    check("/api/conversations/{id}", "delete", 200, {"receipt": await citizen.erase()})
    for path in ("/api/catalogue", "/health", "/ready"):
        async with session.get(path) as response:
            check(path, "get", 200, await response.json())
