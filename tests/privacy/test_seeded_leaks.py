"""Generated personal data, typed through the gateway in every state of a conversation, is in no table and no file.

What the masker does not recognise (tests/privacy/test_masking.py says how much that is) is left out of what is typed in
the open, and typed into fields like the rest: there nothing of the words is logged, recognised or not.
"""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from itertools import batched, chain
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from bot.privacy.encryption import Cipher
from bot.privacy.masking import mask
from bot.requests.reference import hide_access_codes
from tests.citizen import Citizen
from tests.conftest import ROOT
from tests.journeys.player import answer, begin
from tests.privacy.seeded import SECRETS, Case, generate
from tests.privacy.traces import files, leaks, models, needles, tables
from tests.service import Service, wait_for

SEED = 20261123
TOGETHER = 7
"""Sentences in one message: a counter receives long ones too."""
SERVICES = ("Acte de naissance", "Enlèvement des encombrants", "Signaler un problème dans la rue")
"""Their forms have a field of every type but those that take a file or two dates."""
OUT_OF_THE_FORM = ("confirm", "reference", "access_code", "comment")
"""What is awaited when the form is over, or when what was typed was taken for another wish."""
LONGEST = 1900
BACK_WITHIN = 90


@pytest.fixture(scope="module")
def office(new_service: Callable[..., Any]) -> Iterator[Service]:
    """A service of its own, whose tables hold nothing but what is typed here."""
    with new_service(
        messages_a_minute=100_000, conversations_an_hour=100_000, codes_an_hour=100_000, log_level="DEBUG"
    ) as running:
        yield running


def cases(count: int, seed: int) -> list[Case]:
    """Return so many messages of each kind that the masker recognises, mixed."""
    drawn = [generate(kind, count, seed) for kind in SECRETS]
    mixed = list(chain.from_iterable(zip(*drawn, strict=True)))
    known = [case for case in mixed if not leaks([_logged(case.text)], needles([case.secret]))]
    assert len(known) > 0.98 * len(mixed)
    return known


def messages(count: int, seed: int) -> list[tuple[str, list[str]]]:
    """Return messages of several sentences, with the secrets in each."""
    made = []
    for some in batched(cases(count, seed), TOGETHER):
        text = "\n".join(case.text for case in some)[:LONGEST]
        if not leaks([_logged(text)], needles(case.secret for case in some)):
            made.append((text, [case.secret for case in some]))
    return made


def _logged(text: str) -> str:
    return mask(hide_access_codes(text)).text


async def test_personal_data_typed_in_every_state_is_only_in_encrypted_answers(office: Service) -> None:
    before = models(office)
    timeout = aiohttp.ClientTimeout(total=240)
    async with aiohttp.ClientSession(base_url=office.url, timeout=timeout) as session:
        typed = [
            *await _ask(session),
            *await _fill_in(session),
            *await _comment(session),
            *await _follow_up(session),
            *await _beside_the_words(session, office),
            *await _while_the_engine_is_down(session, office),
        ]
        # The search itself: words that are nobody's are found where they are logged.
        citizen = await Citizen.arrive(session)
        await citizen.say("les passeports violets coûtent combien, et en zinzoline ?")
    assert len(typed) > 2000
    # What the assistant says by itself is nobody's: "35000 Rennes" is the example of a field.
    spoken = "\n".join(path.read_text("utf-8") for path in (*ROOT.glob("data/**/*.yml"), ROOT / "domain.yml")).lower()
    wanted = {each for each in needles(typed) if each not in spoken}

    everything = tables(office)
    assert leaks(everything["turns"], {"zinzoline"}), "the search finds nothing at all"
    found = {name: leaks(texts, wanted) for name, texts in everything.items()}
    assert not {name: sorted(each)[:8] for name, each in found.items() if each}

    # A file is searched for a part: what is in no table can only be left over from something that was.
    some = set(sorted(wanted)[::8])
    found = {name: leaks([text], some) for name, text in files(office).items()}
    assert not {name: sorted(each)[:8] for name, each in found.items() if each}
    assert models(office) == before

    cipher = Cipher((office.data_dir / "secret.key").read_text())
    answers = [cipher.decrypt(row["answers"]) for row in office.rows("SELECT answers FROM requests")]
    assert leaks([json.dumps(answers, ensure_ascii=False)], wanted), "the answers hold what was answered"


async def _ask(session: aiohttp.ClientSession) -> list[str]:
    """Ask in the open."""

    async def talk(some: tuple[tuple[str, list[str]], ...]) -> None:
        citizen = await Citizen.arrive(session)
        for text, _ in some:
            await citizen.say(text)

    asked = messages(100, SEED)
    await asyncio.gather(*(talk(some) for some in batched(asked, 100)))
    return [secret for _, secrets in asked for secret in secrets]


async def _fill_in(session: aiohttp.ClientSession) -> list[str]:
    """Type into every kind of field, fitting or not, then correct, confirm or leave."""
    secrets = [case.secret for kind in SECRETS for case in generate(kind, 25, SEED + 1)]

    async def file(title: str, mine: list[str]) -> None:
        while mine:
            citizen = await Citizen.arrive(session)
            await begin(citizen, title, by_buttons=True)
            tries = 0
            while (awaited := citizen.awaited) is not None and awaited["field"] not in OUT_OF_THE_FORM:
                if mine and tries < 3:
                    await citizen.say(mine.pop())
                else:
                    await answer(citizen)
                tries = tries + 1 if citizen.awaited and citizen.awaited["field"] == awaited["field"] else 0
            if awaited is not None and awaited["field"] == "confirm":
                await citizen.press("Confirmer")

    await asyncio.gather(*(file(SERVICES[place], secrets[place::3]) for place in range(3)))
    return secrets


async def _comment(session: aiohttp.ClientSession) -> list[str]:
    """Write words beside a note."""
    written = messages(10, SEED + 2)
    for text, _ in written:
        citizen = await Citizen.arrive(session)
        await citizen.say("combien coûte un passeport pour un adulte ?")
        await citizen.press("Donner mon avis")
        await citizen.press("Pas bien")
        await citizen.say(text)
    return [secret for _, secrets in written for secret in secrets]


async def _follow_up(session: aiohttp.ClientSession) -> list[str]:
    """Answer the questions for reference and code with anything else."""
    citizen = await Citizen.arrive(session)
    wrong = messages(5, SEED + 3)
    for text, _ in wrong:
        await citizen.press("Suivre ma demande")
        await citizen.say("GU-7K3M-9QXD")
        await citizen.say(f"1234 5678\n{text}"[:LONGEST])
        await citizen.say(text)
    return [secret for _, secrets in wrong for secret in secrets]


async def _beside_the_words(session: aiohttp.ClientSession, office: Service) -> list[str]:
    """Send personal data in addresses, headers, identifiers, bodies that are no JSON, and requests that are no HTTP."""
    secrets = [case.secret.replace("\n", " ") for kind in SECRETS for case in generate(kind, 4, SEED + 4)]
    citizen = await Citizen.arrive(session)
    for secret in secrets:
        safe, plain = quote(secret, safe=""), secret.encode("ascii", "ignore").decode()
        headers = {
            **citizen.headers,
            "User-Agent": plain,
            "X-Forwarded-For": plain,
            "Referer": f"https://x.fr/?q={safe}",
        }
        async with session.get(f"/api/conversations/{safe}?nom={safe}", headers=headers) as response:
            assert response.status in (401, 403, 404)
        for path in (f"/{safe}", f"/api/catalogue?language={safe}", f"/widget.js?{safe}"):
            async with session.get(path, headers=headers) as response:
                assert response.status < 500
        for body in (
            {"id": secret, "text": "bonjour"},
            {"text": [secret]},
            {"text": "bonjour", secret: secret},
            secret,
        ):
            status, _ = await citizen.post(body)
            assert status < 500
        opening = {"origin": f"https://www.ville.fr/{safe}?q={safe}", "language": secret, "service": secret}
        for name, value in opening.items():
            async with session.post("/api/conversations", json={name: value}) as response:
                assert response.status < 500
        await citizen.post({"text": "bonjour"}, params={"q": secret})
        async with session.get(
            f"/api/conversations/{citizen.id}/events", headers={**citizen.headers, "Last-Event-ID": plain or "x"}
        ) as response:
            assert response.status < 500
        await asyncio.to_thread(_speak_nonsense, office, secret)
    return secrets


def _speak_nonsense(office: Service, secret: str) -> None:
    address = urlsplit(office.url)
    for request in (f"GET /{secret} HTTP/9.9\r\n\r\n", f"{secret}\r\n\r\n", f"GET / HTTP/1.1\r\n{secret} : x\r\n\r\n"):
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(request.encode())
            connection.recv(1000)


async def _while_the_engine_is_down(session: aiohttp.ClientSession, office: Service) -> list[str]:
    """Write while nobody answers, in the open and in a field, and wait until all is answered."""
    asking, filling = await Citizen.arrive(session), await Citizen.arrive(session)
    await begin(filling, "Acte de naissance", by_buttons=True)
    while filling.awaited and filling.awaited["field"] != "birth_date":
        await answer(filling)
    kept = messages(5, SEED + 5)
    os.kill(office.parts()["engine"], signal.SIGKILL)
    for text, _ in kept:
        await asking.say(text)
        await filling.say(text[:200])
    assert "Votre message est gardé" in asking.said
    assert not leaks(tables(office)["pending_messages"], needles(secret for _, secrets in kept for secret in secrets))
    await asyncio.to_thread(wait_for, lambda: not office.rows("SELECT 1 FROM pending_messages"), BACK_WITHIN)
    return [secret for _, secrets in kept for secret in secrets]
