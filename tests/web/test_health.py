"""What watches over the service: is it alive, can it answer, and what did it do."""

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.citizen import Citizen


async def test_the_gateway_says_that_it_lives_and_can_answer(session: aiohttp.ClientSession) -> None:
    async with session.get("/health") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    async with session.get("/ready") as response:
        assert response.status == 200
        assert await response.json() == {"ready": True, "database": True, "engine": True}


async def figures(session: aiohttp.ClientSession) -> dict[str, float]:
    async with session.get("/metrics") as response:
        assert response.content_type == "text/plain"
        families = text_string_to_metric_families(await response.text())
    samples = [sample for family in families for sample in family.samples]
    return {_told(sample.name, sample.labels): sample.value for sample in samples}


def _told(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


async def test_the_figures_count_what_happens_and_hold_no_words(session: aiohttp.ClientSession) -> None:
    route = 'guichet_http_requests_total{method="POST",route="/api/conversations/{id}/messages",status="200"}'
    before = await figures(session)
    citizen = await Citizen.arrive(session)
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.post({"text": ""})
    after = await figures(session)
    assert after[route] == before.get(route, 0) + 1
    assert after[route.replace("200", "422")] == before.get(route.replace("200", "422"), 0) + 1
    answered = 'guichet_messages_total{outcome="answered"}'
    assert after[answered] == before.get(answered, 0) + 1
    assert after["guichet_engine_up"] == 1
    assert not any(citizen.id in name or "passeport" in name for name in after)
    seconds = 'guichet_http_seconds_count{route="/api/conversations/{id}/messages"}'
    assert after[seconds] >= before.get(seconds, 0) + 2


async def test_what_an_operator_watches_is_there(session: aiohttp.ClientSession) -> None:
    told = await figures(session)
    for name in ("database_up", "messages_waiting", "people_waiting_seconds", "outbox_waiting", "disk_free_bytes"):
        assert f"guichet_{name}" in told
    assert told["guichet_database_up"] == 1
    assert told["process_resident_memory_bytes"] > 1e7
    assert any(name.startswith('guichet_model_info{model="guichet-') for name in told)
    assert any(name.startswith("guichet_job_runs_total{") and 'outcome="done"' in name for name in told)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_the_figures_are_for_this_machine_and_not_for_those_a_proxy_asks_for(
    session: aiohttp.ClientSession, header: str
) -> None:
    async with session.get("/metrics", headers={header: "203.0.113.7"}) as response:
        assert response.status == 401
        assert (await response.json(content_type=None))["code"] == "metrics-refused"


async def test_unknown_addresses_do_not_multiply_the_figures(session: aiohttp.ClientSession) -> None:
    for number in range(5):
        await session.get(f"/nothing-{number}")
    assert not any("/nothing-" in name for name in await figures(session))


async def test_the_catalogue_lists_every_service_in_the_language_asked_for(session: aiohttp.ClientSession) -> None:
    titles = {}
    for language in ("fr", "en"):
        async with session.get("/api/catalogue", params={"language": language}) as response:
            services = (await response.json())["services"]
        titles[language] = {service["id"]: service["title"] for service in services}
        assert all({"id", "title", "administration", "submittable"} <= set(service) for service in services)
    assert titles["fr"]["birth-certificate"] == "Acte de naissance"
    assert titles["en"]["birth-certificate"] == "Birth certificate"
    assert titles["fr"].keys() == titles["en"].keys()
