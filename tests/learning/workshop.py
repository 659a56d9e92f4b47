"""A small project with a champion, and steps that train and compare at once: only the slow edges are stood in for."""

import asyncio
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.db import Database
from bot.learning.comparison import Answer, Change, Comparison, Measures
from bot.learning.examples import ExampleStore
from bot.learning.models import Card, archive_digest, code_digest, promote, write_card
from bot.learning.runner import Runner
from bot.learning.runs import RunStore
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
CHAMPION = "champion.tar.gz"
SAME = Measures(accuracy=0.9, macro_f1=0.9, f1={"ask_price": 0.9}, calibration=0.03, services=0.9)


def make_model(models: Path, name: str, **card: Any) -> Path:
    """Write an archive with its card, as a training leaves them."""
    archive = models / name
    archive.write_bytes(f"the model {name}".encode())
    whole = Card(code_digest(), "2026-01-01T00:00:00+00:00", 60.0, archive_digest(archive))
    write_card(archive, replace(whole, **card))
    return archive


@dataclass
class Steps:
    """Stands in for the two processes that take minutes."""

    models: Path
    asked: list[dict[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    challenger: Measures = SAME
    fails: Exception | None = None
    waits: asyncio.Event | None = None
    meanwhile: Any = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: dict[str, Any], log: Path, tell: Any) -> dict[str, Any]:
        self.asked.append(request)
        await tell(0.5)
        self.begun.set()
        if self.waits is not None:
            await self.waits.wait()
        if request["step"] == "train":
            make_model(self.models, request["challenger"])
            if self.fails:
                raise self.fails
            if self.meanwhile:
                self.meanwhile()
            return {"seconds": 1.0}
        comparison = Comparison(SAME, self.challenger).wire()
        return {"comparison": comparison, "changes": [asdict(each) for each in self.changes]}


class Workshop:
    """A folder with a project, a champion and cases, and a runner on a database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.project = folder / "project"
        for name in ("data/nlu", "data/rules"):
            (self.project / name).mkdir(parents=True)
        (self.project / "config.yml").write_text("language: fr\n")
        self.intents("ask_price", "greet")
        (self.project / "data/nlu/all.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - salut\n")
        cases = folder / "cases"
        cases.mkdir()
        for name in ("frozen.jsonl", "never_break.jsonl"):
            (cases / name).write_text('{"text": "Quel est le prix ?", "intent": "ask_price", "service": null}\n')
        self.settings = Settings(
            data_dir=folder / "var",
            models_dir=folder / "models",
            catalogue_dir=ROOT / "data",
            learned_file=self.project / "data/nlu/learned.yml",
            evaluation_dir=cases,
        )
        self.models = self.settings.models_dir
        self.models.mkdir()
        make_model(self.models, CHAMPION)
        self.steps = Steps(self.models)
        self.examples = ExampleStore(database)
        self.runs = RunStore(database)
        self.database = database

    def runner(self) -> Runner:
        """Return a runner, as another process would have its own."""
        return Runner(self.settings, self.database, self.project, step=self.steps)

    def intents(self, *names: str) -> None:
        """Write the domain."""
        (self.project / "domain.yml").write_text("intents:\n" + "".join(f"- {name}\n" for name in names))

    async def accept(self, text: str = "c'est combien", intent: str = "ask_price") -> None:
        """Accept an example."""
        await self.examples.accept(text, intent, language="fr", by="lea")

    async def run(self, by: str = "lea") -> Any:
        """Ask for a run and do it."""
        await self.runs.ask(by)
        return await self.runner().run_waiting()

    def serve(self, name: str) -> None:
        """Put a model in service."""
        promote(self.models, name)


def change(turn_id: int, count: int = 1) -> Change:
    """Return a message that the challenger understands otherwise."""
    return Change(turn_id, count, Answer("greet", 0.5, None), Answer("ask_price", 0.9, "passport"))
