"""The peer of the side-by-side benchmark: Rasa Open Source as `rasa init` ships it, with its own pins.

Version 3.6.21 is installed with pip from the machine's usual index, in a virtual environment of its own on Python
3.10, the newest that it declares. Nothing has to be constrained: its metadata pins what it needs (setuptools 70.3,
numpy 1.23, SQLAlchemy 1.4, TensorFlow 2.12). The project it serves is made of our training examples and of the
configuration that `rasa init` writes, where pipeline and policies are left empty, so that Rasa takes its own default:
whitespace tokenizer, regular expressions, lexical features, counts of words and of characters, DIETClassifier (100
epochs), EntitySynonymMapper, ResponseSelector, FallbackClassifier (0.3); MemoizationPolicy, RulePolicy,
UnexpecTEDIntentPolicy, TEDPolicy. Only its language is ours.

TensorFlow uses as many threads as it wants. Telemetry is off. The server listens on 127.0.0.1 only.
"""

import asyncio
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from .measure import disk_mb, pss_mb, rss_mb

RASA = "3.6.21"
PYTHON = "3.10"
FOLDER = Path("var/bench")
READY_WITHIN = 600  # seconds; about 35 on two cores, much more on a machine that is busy or short of memory

logger = logging.getLogger(__name__)


class PeerError(RuntimeError):
    """Plain Rasa is installed and could not train or serve; the message names its log."""


@dataclass(frozen=True)
class Unavailable:
    """Plain Rasa cannot be installed here, and why, in one line."""

    reason: str


@dataclass(frozen=True)
class PeerEnvironment:
    """An environment that plain Rasa runs in, and the space it takes on disk."""

    folder: Path
    disk_mb: float

    @property
    def rasa(self) -> str:
        """The `rasa` command of this environment."""
        return str(self.folder / "bin" / "rasa")


@dataclass(frozen=True)
class TrainReport:
    """What one training cost: wall time, size of the model archive, peak resident memory of the process tree."""

    seconds: float
    model_bytes: int
    peak_mb: float


def install(folder: Path = FOLDER) -> PeerEnvironment | Unavailable:
    """Return the environment `<folder>/plain-rasa`, made when it is not there yet (some minutes, 2.7 GB).

    Args:
        folder: where environments of the benchmark are kept.

    Returns:
        The environment, or why there is none; never raises for a missing Python, network or disk.
    """
    environment = (folder / "plain-rasa").resolve()
    if _version(environment) != RASA:
        python = find_python()
        if python is None:
            return Unavailable(f"no Python {PYTHON} on this machine (looked on PATH, with uv and with pyenv)")
        logger.info("Installing plain Rasa %s in %s: some minutes, 2.7 GB", RASA, environment)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", f"rasa=={RASA}"]
        try:
            for command in ([python, "-m", "venv", "--clear", str(environment)], pip):
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=3600)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or error
            return Unavailable(f"Rasa {RASA} could not be installed: {str(said).strip().splitlines()[-1]}")
        if _version(environment) != RASA:
            return Unavailable(f"Rasa {RASA} was installed in {environment} and does not start")
    return PeerEnvironment(environment, disk_mb(environment))


def find_python() -> str | None:
    """Return a Python 3.10 that runs: the one on PATH, or one that uv or pyenv manages; None when there is none."""
    find = ("python", "find", "--no-python-downloads", PYTHON)
    managed = [_said("uv", *find), _said(sys.executable, "-m", "uv", *find)]
    for version in _said("pyenv", "versions", "--bare").split():
        managed.append(f"{_said('pyenv', 'prefix', version)}/bin/python")
    for candidate in (f"python{PYTHON}", *managed):
        if _said(candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == PYTHON:
            return candidate
    return None


def _said(*command: str) -> str:
    """Return what a command prints, empty when it is not there or fails: a shim may be on PATH and lead nowhere."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def _version(environment: Path) -> str:
    """Return the version of the Rasa that starts in an environment, empty when none does."""
    found = re.search(r"^Rasa Version\s*:\s*(\S+)", _said(str(environment / "bin" / "rasa"), "--version"), re.MULTILINE)
    return found[1] if found else ""


def project(nlu_files: Iterable[Path], folder: Path | None = None, stories: int = 0) -> Path:
    """Write a throw-away Rasa project from training examples: one response and one rule for each intent.

    Args:
        nlu_files: files in Rasa's training format, taken as they are.
        folder: where to write; a new temporary folder by default.
        stories: how many stories of two turns to add; `rasa init` has 3. With none, TEDPolicy and
            UnexpecTEDIntentPolicy have nothing to learn from and stay idle, which makes the peer lighter and faster.

    Returns:
        The folder, ready for `train`.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="plain-rasa-"))
    nlu = folder / "data" / "nlu"
    nlu.mkdir(parents=True, exist_ok=True)
    intents: set[str] = set()
    entities: set[str] = set()
    for file in nlu_files:
        text = Path(file).read_text(encoding="utf-8")
        intents.update(item["intent"] for item in yaml.safe_load(text)["nlu"] if "intent" in item)
        # An annotated span is written `[words](entity)` or `[words]{"entity": "entity"}`.
        entities.update(re.findall(r"\]\(([\w-]+)\)", text) + re.findall(r'"entity":\s*"([\w-]+)"', text))
        shutil.copy(file, nlu)
    answered = [*sorted(intents), "nlu_fallback"]
    default = dict.fromkeys(("pipeline", "policies"))
    _write(folder / "config.yml", recipe="default.v1", assistant_id="plain-rasa", language="fr", **default)
    _write(folder / "credentials.yml", rest=None)
    _write(
        folder / "domain.yml",
        version="3.1",
        intents=sorted(intents),
        entities=sorted(entities),
        responses={f"utter_{intent}": [{"text": f"Réponse : {intent}."}] for intent in answered},
        session_config={"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    )
    rules = [{"rule": f"answer {intent}", "steps": _exchange(intent)} for intent in answered]
    _write(folder / "data" / "rules.yml", version="3.1", rules=rules)
    pairs = islice(pairwise(sorted(intents)), stories)
    told = [{"story": f"{first} then {second}", "steps": _exchange(first, second)} for first, second in pairs]
    _write(folder / "data" / "stories.yml", version="3.1", stories=told)
    return folder


def _exchange(*intents: str) -> list[dict[str, str]]:
    """Return the steps of a rule or story in which each intent gets its response."""
    return [step for intent in intents for step in ({"intent": intent}, {"action": f"utter_{intent}"})]


def _write(path: Path, **content: Any) -> None:
    """Write a YAML file with these top-level keys, in this order."""
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def train(environment: PeerEnvironment, project_folder: Path) -> TrainReport:
    """Train everything anew with `rasa train --force`; minutes to tens of minutes, DIETClassifier for the most part.

    Raises:
        PeerError: when it ends with an error.
    """
    started = time.perf_counter()
    peak_mb = 0.0
    with _running(environment, project_folder, "train", "--force") as process:
        while process.poll() is None:
            peak_mb = max(peak_mb, rss_mb(process.pid))
            time.sleep(0.2)
    if process.returncode != 0:
        raise PeerError(f"`rasa train` ended with {process.returncode}; see {project_folder / 'rasa-train.log'}")
    seconds = time.perf_counter() - started
    model = max((project_folder / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return TrainReport(seconds, model.stat().st_size, peak_mb)


@dataclass(frozen=True)
class Peer:
    """A plain Rasa server that answers, with the seconds that it took from its start to its first answer."""

    pid: int
    seconds_to_ready: float
    session: aiohttp.ClientSession

    @property
    def rss_mb(self) -> float:
        """The resident memory of its process tree now, in MB."""
        return rss_mb(self.pid)

    @property
    def pss_mb(self) -> float:
        """The same, with the pages that its processes share counted once."""
        return pss_mb(self.pid)

    async def talk(self, sender: str, text: str) -> list[str]:
        """Send one message through the REST channel and return the texts of the answer.

        Raises:
            PeerError: when nothing is answered; Rasa answers an empty list when something broke inside.
        """
        messages = await self._post("/webhooks/rest/webhook", sender=sender, message=text)
        if not messages:
            raise PeerError("plain Rasa gave no answer to a message; see rasa-run.log in its project")
        return [message.get("text", "") for message in messages]

    async def parse(self, texts: Iterable[str], fallback: bool = True) -> list[str]:
        """Return the intent understood in each text, asked one after the other.

        Args:
            texts: what people typed.
            fallback: keep `nlu_fallback` where the pipeline is not sure; otherwise return the best intent even there.
        """
        intents = []
        for text in texts:
            parsed = await self._post("/model/parse", text=text)
            # FallbackClassifier puts itself in front of the ranking and leaves the rest of it as it was.
            ranking = [intent["name"] for intent in parsed["intent_ranking"]] or [parsed["intent"]["name"]]
            intents.append(next((name for name in ranking if fallback or name != "nlu_fallback"), ranking[0]))
        return intents

    async def _post(self, path: str, **body: str) -> Any:
        """Post JSON and return the JSON answered; an HTTP error is raised."""
        async with self.session.post(path, json=body, raise_for_status=True) as answer:
            return await answer.json()


@asynccontextmanager
async def serve(environment: PeerEnvironment, project_folder: Path, port: int) -> AsyncIterator[Peer]:
    """Run the server of a trained project on 127.0.0.1 until the block ends; only what was started here is stopped.

    Raises:
        PeerError: when there is no model, the port is taken, or nothing answers within `READY_WITHIN` seconds.
    """
    if not any((project_folder / "models").glob("*.tar.gz")):
        raise PeerError(f"{project_folder} has no model: call `train` first")
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        if await _answers(session):
            raise PeerError(f"port {port} is taken by another server")
        started = time.perf_counter()
        options = ("run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port))
        with _running(environment, project_folder, *options) as process:
            while not await _answers(session):
                if process.poll() is not None or time.perf_counter() - started > READY_WITHIN:
                    raise PeerError(f"`rasa run` did not become ready; see {project_folder / 'rasa-run.log'}")
                await asyncio.sleep(0.1)
            yield Peer(process.pid, time.perf_counter() - started, session)


async def _answers(session: aiohttp.ClientSession) -> bool:
    """Tell whether a server with a loaded model answers; /status is refused as long as there is no model."""
    try:
        async with session.get("/status") as answer:
            return answer.status == 200
    except aiohttp.ClientConnectionError:
        return False


@contextmanager
def _running(environment: PeerEnvironment, project_folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a `rasa` command in a project, its output in `rasa-<command>.log`; end it and its children with the block."""
    # The caller may hold its own computing to one thread; the peer keeps the default of its libraries.
    held = ("_NUM_THREADS", "_PARALLELISM_THREADS")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(held)}
    with (project_folder / f"rasa-{options[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            [environment.rasa, *options],
            cwd=project_folder,
            env=kept | {"RASA_TELEMETRY_ENABLED": "false"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # A process group of its own, so that ending it touches nothing else.
        )
    try:
        yield process
    finally:
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, sent)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=20)
