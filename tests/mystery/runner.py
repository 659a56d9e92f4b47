"""Plays a visit: does what it says step by step, and writes down what came back and what was left behind."""

import asyncio
import hashlib

import aiohttp

from bot.catalogue.load import load_catalogue
from tests.citizen import plain
from tests.mystery.doors import Entrance, Stuck
from tests.mystery.facts import look
from tests.mystery.given import HOLDER, NotGiven, give
from tests.mystery.grid_words import tells
from tests.mystery.hall import Hall
from tests.mystery.transcript import Exchange, Record, Reply
from tests.mystery.visit import ROOT, Step, Visit

CASES_TOLD = 3
"""How often in a row a person answers what the assistant asks of their case."""
WRITTEN = {"email", "phone", "address", "place", "contact", "description", "birth_name", "family_name", "name"}
"""Fields whose answers in a `fill` must not be in any log, whatever the visit says."""
PERSONAL_LENGTH = 6
PASSED = ("passer", "skip")
"""Said instead of an answer; the questions themselves hold these words."""


async def play(visit: Visit, hall: Hall) -> Record:
    """Play a visit and return its record; what it cannot go on with is written there, and nothing is raised for it."""
    record = Record(visit)
    log_from = len(hall.service.log())
    rooms: list[Entrance] = []
    try:
        if visit.given:
            record.values |= await give(hall.software, hall.service, visit.given)
            record.secrets += [record.values["code"], HOLDER]
        if visit.colleague:
            await hall.welcome_colleague()
        if visit.door != "office":
            rooms.append(await hall.enter(visit.door, visit.opened_in))
        for number, step in enumerate(visit.steps):
            await _do(record, number, step, hall, rooms)
    except (Stuck, NotGiven, AssertionError, aiohttp.ClientError) as error:
        # A call that was refused is an assertion of the citizen's program.
        record.stuck = str(error) or repr(error)
    finally:
        await hall.see_colleague_off()
        for room in rooms:
            await room.leave()
    conversations = list(dict.fromkeys(room.conversation for room in rooms if room.conversation))
    record.facts = await look(hall.service, hall.software, record, conversations, log_from)
    return record


async def _do(record: Record, number: int, step: Step, hall: Hall, rooms: list[Entrance]) -> None:
    """Do one step."""

    def add(said: str, deed: str, reply: Reply, last: bool = True) -> Reply:
        record.exchanges.append(Exchange(number, said, deed, reply, last))
        _remember(record, reply)
        return reply

    door = rooms[-1] if rooms else None
    if step.office:
        body = _filled(record, step.body)
        add(step.office, "office", await hall.software.do(record.filled(step.office), body))
    elif step.engine:
        await hall.engine(step.engine)
        add(step.engine, "engine", await door.news() if door and step.engine == "back" else Reply())
    elif step.agent:
        await hall.colleague(record.filled(step.agent))
        add(step.agent, "agent", await door.news() if door else Reply())
    elif door is None:
        raise Stuck("nobody has come in")
    elif step.come_back == "day":
        rooms.append(await hall.enter(record.visit.door, record.visit.opened_in))
        add("", "come_back", rooms[-1].welcome)
    elif step.come_back:
        add("", "come_back", await door.come_back())
    elif step.language:
        add(step.language, "language", await door.switch(step.language))
    elif step.erase:
        add("", "erase", await door.erase())
    elif step.fill:
        await _fill(record, number, step.fill, door)
    else:
        words = record.filled(step.say or step.press or "")
        reply = await (door.say(words) if step.say else door.press(words))
        await _tell_case(record, number, step, door, words, reply)


async def _tell_case(record: Record, number: int, step: Step, door: Entrance, said: str, reply: Reply) -> None:
    """Answer what the assistant asks of the person's case, as long as it has not told what was expected."""
    deed = "say" if step.say else "press"
    for _ in range(CASES_TOLD):
        button = _known(record.visit, step, reply)
        record.exchanges.append(Exchange(number, said, deed, reply, button is None))
        _remember(record, reply)
        if button is None:
            return
        said, deed, reply = button, "knows", await door.press(button)
    record.exchanges.append(Exchange(number, said, deed, reply))
    _remember(record, reply)


def _known(visit: Visit, step: Step, reply: Reply) -> str | None:
    """Return the button that the person would press, when what they came for is not told yet."""
    wanted = step.expect
    if wanted.service is None or tells(reply, wanted.service, wanted.facets):
        return None
    titles = reply.buttons
    return next((t for known in visit.knows for t in titles if plain(known).lower() in t.lower()), None)


async def _fill(record: Record, number: int, answers: dict[str, str], door: Entrance) -> None:
    """Answer the questions of a form until one comes that the visit has no answer for."""
    left = dict(answers)
    reply = record.exchanges[-1].reply if record.exchanges else door.welcome
    while (field := _field(reply.asked, left)) is not None:
        words = record.filled(left.pop(field))
        if field in WRITTEN and len(words) >= PERSONAL_LENGTH and words not in PASSED:
            record.secrets.append(words)
        is_button = any(plain(words).lower() in title.lower() for title in reply.buttons)
        reply = await (door.press(words) if is_button else door.say(words))
        more = _field(reply.asked, left) is not None
        record.exchanges.append(Exchange(number, words, "fill", reply, not more))
        _remember(record, reply)
    if not any(each.step == number for each in record.exchanges):
        raise Stuck(f"the question asked is {reply.asked!r}, the visit answers {sorted(answers)}")


def _field(asked: str | None, answers: dict[str, str]) -> str | None:
    """Return the field of the answers that is asked; a door that shows labels alone is understood too."""
    if asked is None:
        return None
    return next((field for field in answers if asked == field or plain(asked) in labels(field)), None)


def labels(field_id: str) -> set[str]:
    """Return the labels and the questions of a field in the catalogue, in both languages."""
    if not _labels:
        for service in load_catalogue(ROOT / "data").services.values():
            for field in service.request.fields if service.request else []:
                told = {plain(text[language]) for text in (field.label, field.question) for language in ("fr", "en")}
                _labels.setdefault(field.id, set()).update(told)
    return _labels.get(field_id, set())


_labels: dict[str, set[str]] = {}


def _remember(record: Record, reply: Reply) -> None:
    """Keep reference and code of a receipt, for what is said later; nothing may log the code."""
    for message in reply.messages:
        request = message.request or {}
        if request.get("access_code"):
            record.values |= {"reference": request["reference"], "code": request["access_code"]}
            record.secrets.append(request["access_code"])


def _filled(record: Record, body: object) -> object:
    if isinstance(body, dict):
        return {key: _filled(record, value) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(record, value) for value in body]
    return record.filled(body) if isinstance(body, str) else body


async def play_all(visits: list[Visit], hall: Hall, *, at_once: int = 1) -> list[Record]:
    """Play visits, some at once; those that change the hall itself come alone, at the end."""
    gate = asyncio.Semaphore(at_once)

    async def one(visit: Visit) -> Record:
        async with gate:
            return await play(visit, hall)

    alone = [visit for visit in visits if moves_the_hall(visit)]
    together = [visit for visit in visits if not moves_the_hall(visit)]
    records = list(await asyncio.gather(*(one(visit) for visit in together)))
    return records + [await play(visit, hall) for visit in alone]


def moves_the_hall(visit: Visit) -> bool:
    """Whether a visit kills the engine or needs an agent: others would notice."""
    return visit.colleague or any(step.engine for step in visit.steps)


def digest(records: list[Record]) -> str:
    """Return a short mark of what was answered, to tell two runs apart."""
    told = "\n".join(exchange.reply.text for record in records for exchange in record.exchanges)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
