"""The outside check: the real e-mails and searches of citizens, each in a new conversation, on the same grid.

Nobody wrote down what must come of them, so only what a program can see is scored; the rest is for a reader, who gets
a sample of sixty with the rubric (docs/mystery-rubric.md).
"""

import json
import re
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.questions import shared_data
from tests.mystery.doors import Stuck
from tests.mystery.grid import courtesy, plain_language, quick, way_on
from tests.mystery.grid_words import catalogue, offers_person
from tests.mystery.hall import Hall
from tests.mystery.runner import play
from tests.mystery.sheet import write_sheet
from tests.mystery.transcript import Record
from tests.mystery.visit import Step, Visit

SAMPLE = 60
FICHE = re.compile(r"/([FRN]\d{2,6})\b")


def questions(folder: Path) -> list[tuple[str, str, list[str]]]:
    """Return each question with its set and the official pages that answer it, when somebody said which."""
    of = folder / "questions-usagers"
    emails = [json.loads(line) for line in (of / "questions_usagers_dev.jsonl").read_text("utf-8").splitlines()]
    searches = json.loads((of / "recherche_service_public_93.json").read_text("utf-8"))
    return [
        *(("e-mails", row["question"][:2000], row["fiches"]) for row in emails),
        *(("searches", row["query"], []) for row in searches),
    ]


async def ask_everything(hall: Hall, output: Path) -> str:
    """Ask every question; write the sheet for readers; return the figures as text.

    Raises:
        Stuck: the shared data are not there.
    """
    folder = shared_data()
    if not folder.is_dir():
        raise Stuck(f"The shared data are not at {folder}; set GUICHET_SHARED_DATA.")
    asked = questions(folder)
    records: list[tuple[str, list[str], Record]] = []
    for number, (of, text, fiches) in enumerate(asked):
        visit = Visit(
            who="a citizen who wrote", wants="an answer", door="api", steps=[Step(say=text)], name=f"outside/{number}"
        )
        records.append((of, fiches, await play(visit, hall)))
    write_sheet([record for _, _, record in records], output / "sheet-outside.jsonl", SAMPLE)
    return figures(records)


def figures(records: list[tuple[str, list[str], Record]]) -> str:
    """Return what a program can say of the answers, by set."""
    lines = []
    for of in dict.fromkeys(each[0] for each in records):
        told: dict[str, list[float]] = defaultdict(list)
        for _, fiches, record in (each for each in records if each[0] == of):
            reply = record.exchanges[0].reply
            sourced = any(message.sources for message in reply.messages)
            told["answered with a source"].append(sourced)
            told["a choice, a question or a person instead"].append(
                not sourced and bool(reply.buttons or offers_person(reply))
            )
            if known := held(fiches):
                told["a right page or a service that rests on it"].append(bool(known & shown(record)))
            for criterion in (way_on, courtesy, plain_language, quick):
                score = criterion(record)
                if score is not None:
                    told[criterion.__name__].append(score)
        lines.append(f"{of} ({sum(each[0] == of for each in records)})")
        lines += [f"  {name:<42} {len(all_):>4}  {sum(all_) / len(all_):.3f}" for name, all_ in told.items()]
    return "\n".join(lines)


def held(fiches: list[str]) -> set[str]:
    """Return those of the right pages that some service of the catalogue rests on: others cannot be expected."""
    return set(fiches) & {fiche for service in catalogue().services.values() for fiche in pages(service.id)}


def pages(service_id: str) -> set[str]:
    """Return the official pages that a service rests on."""
    service = catalogue().services[service_id]
    return {*service.fiches, *FICHE.findall(" ".join(str(source.url) for source in service.sources))}


def shown(record: Record) -> set[str]:
    """Return the official pages that an answer shows, or on which a service that it tells rests."""
    reply = record.exchanges[0].reply
    found = set(FICHE.findall(reply.seen))
    for service in catalogue().services.values():
        if any(f"{service.title[language]} — ".replace("’", "'") in reply.text for language in ("fr", "en")):
            found |= pages(service.id)
    return found
