"""Learning from what citizens wrote: accepted examples, and training runs."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.errors import InvalidInput
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.db import Database
    from bot.learning.gate import Decision
    from bot.learning.runs import Run, RunStore

BY = "-"
"""Whoever types a command, as the audit trail has it."""
LOOK = 0.5
"""Seconds between two looks at a run."""
Answer = TypeVar("Answer")


def add(command: Add) -> None:
    """Add these commands."""
    retrain = command("retrain", _retrain, "train a challenger on the accepted examples and compare it with the model")
    retrain.add_argument("--json", action="store_true", help="the run and the gate's verdict as JSON, at the end")
    examples = command("examples", _check, "accepted examples: what is wrong with them")
    examples.add_argument("--json", action="store_true", help="one line of JSON each")
    actions = examples.add_subparsers(metavar="ACTION")
    for name, run, text in (
        ("import", _import, "accept the examples of a Rasa file"),
        ("export", _export, "write the accepted examples to a Rasa file"),
        ("diff", _diff, "say what a Rasa file has otherwise than the accepted examples"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("file", type=Path, metavar="FILE")
        action.set_defaults(run=run)
    command("learning-step", _step, "one step of a training run (done by `retrain`)")


def with_database(settings: Settings, work: Callable[["Database"], Awaitable[Answer]]) -> Answer:
    """Do something with the database, brought up to date, and close it."""
    from bot.db import Database
    from bot.migrations import upgrade

    async def run() -> Answer:
        database = Database(settings.database)
        try:
            await upgrade(database)
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def _step(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine.learning_step import run_step

    return run_step(settings)


def _retrain(settings: Settings, options: argparse.Namespace) -> int:
    async def work(database: "Database") -> "tuple[Run, Decision | None, int]":
        from bot.learning.runner import Runner

        runner = Runner(settings, database)
        asked = await runner.store.ask(BY)
        doing = asyncio.ensure_future(_until_ended(runner, asked.id))
        try:
            await _follow(runner.store, asked.id, doing)
        except asyncio.CancelledError:
            # Ctrl-C: the training is cancelled, not left to itself.
            await runner.store.cancel(asked.id)
            raise
        run = await doing
        return run, await runner.store.decision(run), len(await runner.store.changes(run.id))

    run, decision, changed = with_database(settings, work)
    if options.json:
        print_json(
            {
                "run": run.id,
                "state": run.state,
                "challenger": run.challenger,
                "verdict": decision.verdict if decision else None,
                "reasons": [vars(each) for each in decision.reasons] if decision else [],
                "changed_messages": changed,
                "report": run.report,
                "error": run.error,
            }
        )
    else:
        for line in result(run, decision, changed):
            print(line)
    return 0 if run.state in ("evaluated", "unchanged") else 1


async def _until_ended(runner: Any, run_id: int) -> "Run":
    # A gateway that runs may have taken it: then this process only looks on, and takes it over should that one die.
    while (run := await runner.store.get(run_id)).active:
        await runner.run_waiting()
        await asyncio.sleep(LOOK)
    return run


async def _follow(store: "RunStore", run_id: int, doing: "asyncio.Future[Run]") -> None:
    shown, terminal = "", sys.stderr.isatty()
    while not doing.done():
        run = await store.get(run_id)
        line = f"{run.state} {run.done:.0%}" if terminal else str(run.state)
        if line != shown:
            shown = line
            print(f"\r\x1b[K{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr, flush=True)
        await asyncio.wait({doing}, timeout=LOOK)
    if terminal:
        print(file=sys.stderr)


def result(run: "Run", decision: "Decision | None", changed: int) -> list[str]:
    """Return what came out of a run, in lines."""
    if run.state == "unchanged":
        return ["Nothing changed since the model in service was trained: nothing was trained."]
    if decision is None or run.comparison is None:
        return [f"The run ended as {run.state}. {run.error}".strip()]
    old, new = run.comparison.champion, run.comparison.challenger
    left_out = sum(bool(each["text"]) for each in run.report.get("findings", []))
    return [
        f"{run.challenger}: {run.report['learned']} accepted examples, {left_out} remarks (`guichet examples`)",
        f"accuracy {old.accuracy:.3f} -> {new.accuracy:.3f}, mean F1 {old.macro_f1:.3f} -> {new.macro_f1:.3f}, "
        f"services {old.services:.3f} -> {new.services:.3f}, calibration error {old.calibration:.3f} -> "
        f"{new.calibration:.3f}",
        f"{old.milliseconds:.1f} -> {new.milliseconds:.1f} ms a message, {old.megabytes:.1f} -> {new.megabytes:.1f} MB",
        f"{changed} real messages are understood otherwise; {decision.left_to_judge} of them are to be judged "
        "(/admin/models)",
        f"gate: {decision.verdict}",
        *(f"  {each.rule}: {each.what} {each.figure:.3f} (limit {each.limit:.3f})" for each in decision.reasons),
    ]


def _check(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.dataset import of_today

    data = with_database(settings, lambda database: of_today(settings, database))
    for each in data.findings:
        if options.json:
            print_json({**vars(each), "left_out": each.leaves_out})
        else:
            mark = "left out" if each.leaves_out else "to look at"
            print(f"{mark}\t{each.kind}\t{' / '.join(each.intents)}\t{each.text}\t{each.detail}".rstrip())
    if not options.json:
        print(f"{len(data.learned)} accepted examples would be trained on, beside {data.written} of the project.")


def _import(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.dataset import intents_of
    from bot.learning.nlu_file import read_nlu

    found = read_nlu(options.file)
    if unknown := sorted({each.intent for each in found} - intents_of(Path())):
        raise InvalidInput(f"{options.file}: domain.yml has no intent {', '.join(unknown)}.", code="unknown-intent")

    async def work(database: "Database") -> None:
        from bot.learning.examples import ExampleStore

        store = ExampleStore(database)
        async with database.writing() as session:
            for each in found:
                await store.accept_in(
                    session,
                    each.text,
                    each.intent,
                    each.service or None,
                    language=each.language or "fr",
                    by=BY,
                    note=f"import {options.file.name}",
                )

    with_database(settings, work)
    print(f"{len(found)} examples accepted. `guichet examples` says what is wrong with them.")


def _export(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.nlu_file import write_nlu

    accepted = _accepted(settings)
    write_nlu(accepted, options.file)
    print(f"{len(accepted)} examples written to {options.file}.")


def _diff(settings: Settings, options: argparse.Namespace) -> None:
    from bot.learning.nlu_file import difference, read_nlu

    for line in difference(_accepted(settings), read_nlu(options.file)):
        print(line)


def _accepted(settings: Settings) -> list[Any]:
    from bot.learning.dataset import utterance
    from bot.learning.examples import ExampleState, ExampleStore

    examples = with_database(settings, lambda database: ExampleStore(database).all(ExampleState.ACCEPTED))
    return [utterance(each) for each in examples]
