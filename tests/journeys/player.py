"""Plays the part of a citizen who files a request, knowing nothing but what `input` says of each question."""

from datetime import date
from typing import Any

from tests.citizen import Citizen, Message

# Words that occur nowhere else, so that any trace of them in a log or a table is a leak.
PERSON = "Zéphyrine Quatrebarbes"
STREET = "17 venelle du Chat-qui-Pêche, 35000 Rennes"
EMAIL = "zephyrine.quatrebarbes@exemple.fr"
PHONE = "06.12.34.56.78"
STORY = "Le réverbère tordu de la placette clignote depuis lundi soir."
SECRETS = (
    *("Zéphyrine", "Quatrebarbes", "quatrebarbes", "Chat-qui-Pêche", PHONE, "612345678", "réverbère tordu"),
    *("1987-03-19", "19/03/1987"),
)
ANSWERS = {
    "text": [PERSON, "AB-123-CD"],
    "long_text": [STORY],
    # Whether a date must be past or to come, and how old one must be, is for the assistant to say.
    "date": ["19/03/1987", "30/09/2031", f"19/03/{date.today().year - 18}"],
    "period": ["du 1er au 5 septembre 2031"],
    "file": ["passer"],
    "number": ["2", "12"],
    "money": ["1450,50"],
    "email": [EMAIL],
    "phone": [PHONE],
    "address": [STREET],
    "commune": ["Rennes"],
}
MOST_QUESTIONS = 40
SUMMARY = "confirm"


async def begin(
    citizen: Citizen, title: str, *, by_buttons: bool, words: str = "Je voudrais faire une demande"
) -> None:
    """Ask for the request of a service, with its title or with the buttons of the welcome."""
    if by_buttons:
        await citizen.say(citizen.welcome[-1]["buttons"][0]["payload"])
        for part in citizen.buttons:
            # The requests are behind parts of life; who looks for one opens part after part.
            if any(title in each for each in citizen.titles):
                break
            await citizen.say(part["payload"])
        await citizen.press(title)
    else:
        await citizen.say(f"{words} : {title}")


async def fill_in(citizen: Citizen, *, by_buttons: bool = False, until: str = SUMMARY) -> list[str]:
    """Answer question after question until a field, the summary if none is said; return the fields answered."""
    answered: list[str] = []
    while (awaited := citizen.awaited) is not None and awaited["field"] != until:
        assert len(answered) < MOST_QUESTIONS, answered
        await answer(citizen, by_buttons=by_buttons)
        answered.append(awaited["field"])
    assert awaited is not None, f"nothing is asked any more after {answered}: {citizen.said}"
    return answered


async def answer(citizen: Citizen, *, by_buttons: bool = False) -> list[Message]:
    """Answer the question that is asked."""
    awaited = citizen.awaited
    assert awaited is not None
    titles = [choice["title"] for choice in awaited.get("choices", [])]
    if awaited["type"] == "choices":
        return await citizen.say(", ".join(titles[:2]))
    if titles:
        return await (citizen.press(titles[0]) if by_buttons else citizen.say(titles[0]))
    for words in ANSWERS[awaited["type"]]:
        await citizen.say(words)
        if citizen.awaited is None or citizen.awaited["field"] != awaited["field"]:
            return citizen.answer
    raise AssertionError(f"no answer to {awaited} was taken: {citizen.said}")


async def file_request(citizen: Citizen, title: str, confirm: str) -> dict[str, Any]:
    """File a request to the end with buttons, and return it as the receipt shows it."""
    await begin(citizen, title, by_buttons=True)
    await fill_in(citizen, by_buttons=True)
    await citizen.press(confirm)
    return citizen.request
