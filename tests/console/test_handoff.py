"""A citizen asks for a person: the queue, the talk, the assistant's silence, and its return."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.citizen import Citizen, plain
from tests.console.colleague import Colleague
from tests.service import Service

Arrive = Callable[[str], Awaitable[Colleague]]
ASK = "je voudrais parler à une personne"


async def _take(agent: Colleague) -> str:
    """Take the citizen who waits longest; return the address of the talk."""
    await agent.open("/console/waiting")
    claims = agent.page.links("/console/waiting/")
    assert claims, agent.page.words
    await agent.send(claims[0])
    assert agent.page.status == 200, agent.page.words
    return agent.page.path


async def test_nobody_there_means_the_phone_and_a_message_for_later(citizen: Citizen) -> None:
    await citizen.say(ASK)
    assert "Pour parler à une personne" in citizen.said
    assert "Laisser un message" in citizen.titles


async def test_a_citizen_talks_with_a_person_while_the_assistant_is_silent(
    citizen: Citizen, arrive: Arrive, counter: Service
) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    await citizen.say(ASK)
    assert "Une personne va vous répondre ici" in citizen.said
    await citizen.say("Combien coûte un passeport ? Je m'appelle Camille Lefèvre, 06 12 34 56 78.")
    assert [message["author"] for message in citizen.answer] == ["system"], "said once that the message is kept"
    await citizen.say("Vous êtes là ?")
    assert citizen.answer == []

    talk = await _take(lea)
    assert "Camille Lefèvre" in lea.page.words, "the agent reads the live words"
    await lea.send(f"{talk}/say", text="Bonjour Camille, 86 euros pour une personne majeure.")
    await citizen.say("Merci beaucoup")
    assert citizen.answer == []
    copy = await citizen.copy()
    assert [each["author"] for each in copy[-3:]] == ["system", "agent", "citizen"]
    assert copy[-2]["text"].startswith("Bonjour Camille")

    logged = repr(counter.rows("SELECT text FROM turns WHERE conversation_id = ?", citizen.id))
    logged += repr(counter.rows("SELECT text, body FROM messages WHERE conversation_id = ?", citizen.id))
    assert "Lefèvre" not in logged
    assert "34 56" not in logged
    await lea.send(f"{talk}/end", outcome="answered")
    assert lea.page.path.startswith("/console/waiting")
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said


async def test_an_open_form_waits_and_goes_on_where_it_was(citizen: Citizen, arrive: Arrive, counter: Service) -> None:
    lea = await arrive("agnes")
    await lea.come_to_desk()
    await citizen.say("je veux demander un acte de naissance")
    asked = citizen.awaited
    assert asked
    await citizen.say(ASK)
    assert citizen.awaited is None, "the form does not ask on while a person is asked for"
    talk = await _take(lea)
    await citizen.say("Marie Curie")
    answers = counter.rows("SELECT id FROM turns WHERE conversation_id = ? AND field IS NOT NULL", citizen.id)
    assert answers == [], "what is said to a person fills no field"
    await lea.send(f"{talk}/end", outcome="assistant")
    again = (await citizen.copy())[-1]
    assert again["input"]["field"] == asked["field"]
    await citizen.say(again["buttons"][0]["payload"] if again["buttons"] else "Dupont")
    assert citizen.awaited
    assert citizen.awaited["field"] != asked["field"]


async def test_two_agents_cannot_take_the_same_citizen(citizen: Citizen, arrive: Arrive) -> None:
    lea, agnes = await arrive("lea"), await arrive("agnes")
    await lea.come_to_desk()
    await citizen.say(ASK)
    for each in (lea, agnes):
        await each.open("/console/waiting")
    [claim] = lea.page.links("/console/waiting/")
    answers = await asyncio.gather(lea.send(claim, follow=False), agnes.send(claim, follow=False))
    assert sorted(each.status for each in answers) == [303, 409]
    winner = next(each for each, answer in zip((lea, agnes), answers, strict=True) if answer.status == 303)
    loser = agnes if winner is lea else lea
    talk = claim.replace("waiting", "talks").removesuffix("/claim")
    assert (await loser.open(talk)).status == 409, "what is said is read by the one who talks, and by nobody else"
    await winner.open(talk)
    await winner.send(f"{talk}/end", outcome="gone")


async def test_an_agent_of_another_office_sees_nothing_of_it(citizen: Citizen, arrive: Arrive) -> None:
    lea, omar = await arrive("lea"), await arrive("omar")
    await lea.come_to_desk()
    await citizen.say("je veux demander un acte de naissance")
    await citizen.say(ASK)
    await omar.open("/console/waiting")
    assert omar.page.links("/console/waiting/") == []
    await lea.open("/console/waiting")
    [claim] = lea.page.links("/console/waiting/")
    assert (await omar.send(claim)).status == 404
    talk = await _take(lea)
    assert (await omar.open(talk)).status == 404
    # Transferred, it is theirs, and no longer the first one's.
    await lea.send(f"{talk}/transfer", administration="caf")
    assert (await lea.open(talk)).status == 404
    assert await _take(omar) == talk
    assert "Votre conversation passe à" in plain(omar.page.words)
    await omar.send(f"{talk}/end", outcome="answered")


async def test_what_happens_is_pushed_to_the_citizen(citizen: Citizen, arrive: Arrive) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    listening = citizen.listen()
    async with asyncio.timeout(60):
        await anext(listening)
        await citizen.say(ASK)
        while not (await anext(listening))[1]["text"].startswith("Une personne va vous répondre"):
            pass
        talk = await _take(lea)
        said = (await anext(listening))[1]
        assert "Léa, mairie" in said["text"]
        await lea.send(f"{talk}/say", text="Bonjour !")
        assert ((await anext(listening))[1]["author"], citizen.mode) == ("agent", "agent")
        await lea.send(f"{talk}/end", outcome="answered")
        await anext(listening)
    await listening.aclose()
    # Whoever was away is told who answers now.
    coming_back = citizen.listen("1")
    async with asyncio.timeout(60):
        await anext(coming_back)
        await anext(coming_back)
    assert citizen.mode == "bot"
    await coming_back.aclose()


async def test_a_citizen_can_go_back_to_the_assistant(citizen: Citizen, arrive: Arrive) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    await citizen.say(ASK)
    await citizen.press("Revenir à l'assistant")
    assert "de nouveau là" in citizen.said
    await lea.open("/console/waiting")
    assert lea.page.links("/console/waiting/") == []
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said


async def test_a_message_is_left_read_once_it_is_and_forgotten_when_answered(
    citizen: Citizen, arrive: Arrive, counter: Service
) -> None:
    await citizen.say(ASK)
    await citizen.press("Laisser un message")
    assert citizen.awaited is not None
    assert citizen.awaited["type"] == "long_text"
    await citizen.say("Mon dossier <b>bloque</b>, rappelez-moi.", "note-1")
    first = citizen.answer
    await citizen.say("Mon dossier <b>bloque</b>, rappelez-moi.", "note-1")
    assert citizen.answer == first, "sent again, it is the same message"
    await citizen.say("au bureau")
    assert "Je n'ai pas reconnu" in citizen.said
    await citizen.say("07 55 55 01 23")
    assert "Votre message est transmis" in citizen.said
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said, "the assistant is there again"
    kept = repr([counter.rows(f"SELECT * FROM {table}") for table in ("handoffs", "turns")])
    kept += repr(counter.rows("SELECT text, body FROM messages"))
    assert "bloque" not in kept
    assert "55 01 23" not in kept

    agnes = await arrive("agnes")
    await agnes.open("/console/waiting")
    [note] = agnes.page.links("/console/notes/")
    await agnes.open(note)
    assert "Mon dossier <b>bloque</b>" in agnes.page.words, "shown as it was written, and harmless"
    assert 'href="tel:+33755550123"' in agnes.page.text
    await agnes.send(f"{note}/answered")
    assert (await agnes.open(note)).status == 404
    assert counter.rows("SELECT note FROM handoffs WHERE conversation_id = ?", citizen.id) == [{"note": None}]
    trail = counter.rows("SELECT account, action FROM audit_trail WHERE object_id = ?", note.rsplit("/")[-1])
    assert [(each["account"], each["action"]) for each in trail] == [("agnes", "read"), ("agnes", "answered")]


async def test_what_a_citizen_writes_is_inert_on_the_agents_page(citizen: Citizen, arrive: Arrive) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    await citizen.say(ASK)
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'
    await citizen.say(attack)
    talk = await _take(lea)
    assert "<script>alert" not in lea.page.text
    assert "<img src=x" not in lea.page.text
    assert attack in lea.page.words
    await lea.send(f"{talk}/end", outcome="gone")


async def test_the_desk_survives_a_restart(citizen: Citizen, arrive: Arrive, counter: Service) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    await citizen.say(ASK)
    talk = await _take(lea)
    counter.restart()
    moved = Colleague(counter.url)
    moved.cookie = lea.cookie
    await moved.open(talk)
    assert moved.page.status == 200, "signed in, and in the same conversation"
    await moved.send(f"{talk}/say", text="Je suis toujours là.")
    await moved.send(f"{talk}/end", outcome="answered")
    await moved.close()


@pytest.mark.parametrize("text", ["", "   "])
async def test_an_empty_answer_says_nothing(citizen: Citizen, arrive: Arrive, text: str) -> None:
    lea = await arrive("lea")
    await lea.come_to_desk()
    await citizen.say(ASK)
    talk = await _take(lea)
    before = len(await citizen.copy())
    await lea.send(f"{talk}/say", text=text)
    assert len(await citizen.copy()) == before
    await lea.send(f"{talk}/end", outcome="gone")
