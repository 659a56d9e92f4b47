"""A believable log of a million turns, made in minutes: two years of conversations, growing, in office hours.

Half of the conversations have up to three turns and one in a hundred more than thirty; intents, services and moments
come with the frequencies of a counter (a few make most), one conversation in fifty was answered by a person, one in six
was rated. What was said is drawn from the training utterances, two of three with words of another added, so that the
index of words has a vocabulary. Everything follows from the seed.
"""

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bot.catalogue.load import load_catalogue
from bot.engine.project import examples_by_intent

BEGINNING = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 700
MODELS = ("guichet-20250105-080000.tar.gz", "guichet-20250620-080000.tar.gz", "guichet-20260301-080000.tar.gz")
MOMENT_OF = {
    "submit_request": "submission",
    "resume_request": "submission",
    "correct_answer": "submission",
    "track_request": "use",
    "complain": "use",
    "not_helpful": "outcome",
}
ANSWER = "Voici ce qu'il faut savoir. Le prix, le délai et les pièces dépendent de votre situation. Source ci-dessous."
BATCH = 5_000
COLUMNS = {
    "conversations": (
        "id token_hash language origin mode notice_version created_at last_at turns messages state"
    ).split(),
    "turns": (
        "id conversation_id message_id number at kind text language intent confidence alternatives entities service "
        "service_confidence moment actions field fallback model milliseconds"
    ).split(),
    "messages": "conversation_id sequence id turn_message_id author text body secret at".split(),
    "conversation_services": "conversation_id service".split(),
    "feedback": "conversation_id moment subject service note comment at".split(),
}
Rows = dict[str, list[tuple[Any, ...]]]


def conversations(root: Path, turns: int, seed: int = 7) -> Iterator[Rows]:
    """Yield the rows of one conversation after the other, by table, until there are that many turns."""
    draw = random.Random(seed)
    said = {intent: texts for intent, texts in examples_by_intent(root).items() if texts}
    intents, all_texts = sorted(said), [text for texts in said.values() for text in texts]
    services = sorted(load_catalogue(root / "data").services)
    draw.shuffle(services)
    often_said = [1 / (rank + 1) for rank in range(len(intents))]
    often_asked = [1 / (rank + 1) for rank in range(len(services))]
    done = 0
    share = 0.0
    while done < turns:
        length = min(max(1, round(draw.lognormvariate(1.25, 0.95))), 60, turns - done)
        # Growing by half from beginning to end; a day has office hours and a quieter evening.
        share = done / turns
        day = BEGINNING + timedelta(days=int(DAYS * (share * 1.5 - share**2 * 0.5)))
        at = day + timedelta(seconds=draw.triangular(6 * 3600, 23 * 3600, 10 * 3600))
        identifier = f"{draw.getrandbits(96):024x}"
        language = "en" if draw.random() < 0.06 else "fr"
        service = draw.choices(services, often_asked)[0]
        model = MODELS[min(int(share * len(MODELS)), len(MODELS) - 1)]
        handed_over = draw.random() < 0.02
        rows: Rows = {table: [] for table in COLUMNS}
        began, sequence, moment = at, 2, "information"
        for number in range(1, length + 1):
            done += 1
            at += timedelta(seconds=draw.uniform(5, 90))
            intent = draw.choices(intents, often_said)[0]
            text = draw.choice(said[intent])
            if draw.random() < 0.66:
                text += " " + " ".join(draw.choice(all_texts).split()[:6])
            confidence = round(1 - draw.betavariate(1.1, 6), 4)
            fallback = confidence < 0.55 and draw.random() < 0.7
            moment = MOMENT_OF.get(intent, moment)
            second = {"name": draw.choice(intents), "confidence": round((1 - confidence) * 0.7, 4)}
            rows["turns"].append((
                done, identifier, f"m{number}", number, at, "text", text, language, intent, confidence,
                json.dumps([second]), "[]", None if draw.random() < 0.2 else service, 0.8, moment,
                '["action_answer"]', None, fallback, model, 6.5,
            ))  # fmt: skip
            for author, words in (("citizen", text), ("agent" if handed_over and number == length else "bot", ANSWER)):
                sequence += 1
                rows["messages"].append((
                    identifier, sequence, f"{done}-{author}", f"m{number}", author, words,
                    '{"buttons": [], "client": null, "extras": {}}', None, at,
                ))  # fmt: skip
        spoken_of = {row[COLUMNS["turns"].index("service")] or "" for row in rows["turns"]}
        rows["conversation_services"] += [(identifier, each) for each in sorted(spoken_of - {""}) or [""]]
        state = json.dumps({"slots": {"language": language, "service": service}, "loop": None, "events": []})
        mode = "waiting" if draw.random() < 0.0002 else "bot"
        rows["conversations"].append(
            (identifier, "0" * 64, language, None, mode, "2026-11", began, at, length, sequence, state)
        )
        if draw.random() < 0.16:
            note = draw.choices((0, 5, 10), (18, 22, 60))[0]
            rows["feedback"].append((identifier, moment, "", service, note, None, at))
        yield rows


def fill_sqlite(path: Path, root: Path, turns: int) -> None:
    """Fill a migrated SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        for batch in _batches(conversations(root, turns)):
            for table, rows in batch.items():
                marks = ", ".join("?" * len(COLUMNS[table]))
                statement = f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks})"
                connection.executemany(statement, map(_for_sqlite, rows))
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def fill_postgresql(url: str, root: Path, turns: int) -> None:
    """Fill a migrated PostgreSQL database; `url` has no driver in it."""
    with psycopg.connect(url) as connection:
        for batch in _batches(conversations(root, turns)):
            for table, rows in batch.items():
                with connection.cursor().copy(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        connection.execute("SELECT setval(pg_get_serial_sequence('turns', 'id'), (SELECT max(id) FROM turns))")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _batches(each: Iterable[Rows]) -> Iterator[Rows]:
    source = iter(each)
    while some := list(islice(source, BATCH)):
        yield {table: [row for rows in some for row in rows[table]] for table in COLUMNS}


def _for_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    # As SQLAlchemy writes a time there: in UTC, without its zone.
    return tuple(
        value.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(value, datetime) else value
        for value in row
    )
