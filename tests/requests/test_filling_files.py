"""Files in a request that is being filled in: sent one by one, refused with a reason, removed, never lost."""

from actions.desk import Desk
from bot.requests.files_check import Examined
from tests.requests.filling import Filling, answer_until, begun


async def sent(desk: Desk, name: str = "trou.jpg", kind: str = "image/jpeg") -> str:
    """Send a file to the conversation, and return its payload."""
    opened, _, _ = await desk.conversations.open("fr", None, [])
    file = await desk.files.keep(opened, Examined(name, kind, b"x"))
    return f"{opened} {file.payload}"


async def street(desk: Desk, conversation_id: str) -> Filling:
    filling = await begun(desk, "street-problem", conversation_id)
    await answer_until(filling, "photo")
    return filling


async def test_files_are_received_one_after_the_other_and_the_citizen_says_when_it_is_enough(desk: Desk) -> None:
    conversation, payload = (await sent(desk)).split()
    filling = await street(desk, conversation)
    awaited = filling.value("utter_field", "custom")["input"]
    assert awaited["accept"] == ["image/jpeg", "image/png", "image/webp"]
    assert (awaited["max_bytes"], awaited["max_files"]) == (10_000_000, 3)
    await filling.say(payload)
    assert filling.value("utter_file_received_more", "names") == "trou.jpg"
    assert filling.step == "photo"
    assert [file["name"] for file in (await filling.answers())["photo"]] == ["trou.jpg"]
    await filling.say("continuer")
    assert filling.step == "danger"
    assert [each.field for each in await desk.files.of_request(filling.slots["draft"])] == ["photo"]


async def test_the_last_file_that_is_accepted_leads_on(desk: Desk) -> None:
    conversation, payload = (await sent(desk)).split()
    filling = await street(desk, conversation)
    more = [(await desk.files.keep(conversation, Examined(f"{n}.jpg", "image/jpeg", b"x"))).payload for n in (2, 3, 4)]
    await filling.say(f"{payload} ; {more[0]}")
    await filling.say(more[1])
    assert filling.step == "danger"
    await filling.say("retour")
    await filling.say(more[2])
    assert "utter_invalid_file_count" in filling.responses
    assert len((await filling.answers())["photo"]) == 3


async def test_a_file_of_the_wrong_kind_or_of_somebody_else_is_refused(desk: Desk) -> None:
    conversation, letter = (await sent(desk, "lettre.pdf", "application/pdf")).split()
    _, foreign = (await sent(desk)).split()
    filling = await street(desk, conversation)
    await filling.say(letter)
    assert filling.value("utter_invalid_file_kind", "kinds") == "JPEG, PNG, WebP"
    await filling.say(foreign)
    assert "utter_invalid_file_unknown" in filling.responses
    await filling.say("f-" + "0" * 32)
    assert "utter_invalid_file_unknown" in filling.responses
    assert "photo" not in await filling.answers()


async def test_files_can_be_removed_and_words_are_no_file(desk: Desk) -> None:
    conversation, payload = (await sent(desk)).split()
    filling = await street(desk, conversation)
    await filling.say("je vous l'envoie")
    assert filling.responses[0] == "utter_invalid_file"
    await filling.say(payload)
    await filling.press("answer_field", field="photo", keep="remove")
    assert filling.step == "photo"
    assert await desk.files.of_request(filling.slots["draft"]) == []
    await filling.say("passer")
    assert filling.step == "danger"


async def test_a_file_sent_to_another_question_is_not_taken_for_words(desk: Desk) -> None:
    conversation, payload = (await sent(desk)).split()
    filling = await begun(desk, "street-problem", conversation)
    await answer_until(filling, "description")
    await filling.say(payload)
    assert filling.responses == ["utter_file_unexpected", "utter_field"]
    assert "description" not in await filling.answers()
