"""Rasa's files of training data: read, written in a stable order, and compared in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Failed, InvalidInput

HEADING = (
    "# Examples that trainers accepted, written by Guichet from its database: change them in the console or with\n"
    "# `guichet examples`, not here. Where each came from is in the table `learned_examples`.\n"
)
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True, order=True)
class Utterance:
    """A line of a training file.

    Attributes:
        service: what the block's metadata names; "" for none. Rasa keeps metadata and learns nothing from it.
        language: `fr` or `en`; "" when the file does not say.
    """

    intent: str
    service: str
    language: str
    text: str


def read_nlu(path: Path) -> list[Utterance]:
    """Return the examples of a Rasa file; entities marked in a text are read as its plain words.

    Raises:
        InvalidInput: the file cannot be read, or is no training data; the message names file and place.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text.", code="bad-nlu-file") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise InvalidInput(f"{path}{where}: {problem}.", code="bad-nlu-file") from None
    blocks = content.get("nlu") if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        raise InvalidInput(f'{path} has no list "nlu": it is no training data of Rasa.', code="bad-nlu-file")
    found: list[Utterance] = []
    for number, block in enumerate(blocks, start=1):
        if not isinstance(block, dict):
            raise InvalidInput(f"{path}, block {number}: an intent with its examples is needed.", code="bad-nlu-file")
        if "intent" in block:
            found += _utterances(block, f"{path}, block {number}")
    return found


def _utterances(block: dict[str, Any], where: str) -> list[Utterance]:
    intent, examples = block["intent"], block.get("examples")
    told = block.get("metadata") if isinstance(block.get("metadata"), dict) else {}
    assert isinstance(told, dict)
    service, language = str(told.get("service") or ""), str(told.get("language") or "")
    if isinstance(examples, str):
        texts = [line.strip()[2:] for line in examples.splitlines() if line.strip().startswith("- ")]
    elif isinstance(examples, list) and all(isinstance(each, dict) and "text" in each for each in examples):
        texts = [str(each["text"]).removeprefix("- ") for each in examples]
    else:
        texts = []
    if not isinstance(intent, str) or not texts:
        raise InvalidInput(f"{where}: an intent with its examples is needed.", code="bad-nlu-file")
    return [Utterance(intent, service, language, _ANNOTATION.sub(r"\1", text).strip()) for text in texts if text]


def nlu_text(utterances: Iterable[Utterance]) -> str:
    """Return utterances as a Rasa file: sorted, a block for each intent, service and language."""
    blocks: dict[tuple[str, str, str], list[str]] = {}
    for each in sorted(set(utterances)):
        blocks.setdefault((each.intent, each.service, each.language), []).append(_line(each.text))
    lines = [HEADING + 'version: "3.1"\n', "nlu:" if blocks else "nlu: []"]
    for (intent, service, language), texts in blocks.items():
        told = ", ".join(f"{key}: {value}" for key, value in (("language", language), ("service", service)) if value)
        lines.append(f"- intent: {intent}")
        if told:
            lines.append(f"  metadata: {{{told}}}")
        lines += ["  examples: |", *(f"    - {text}" for text in texts), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _line(text: str) -> str:
    # `[téléphone](…` would be the mark of an entity to Rasa; a backslash would escape a line's end.
    return re.sub(r"\](?=[({])", "] ", " ".join(text.split())).replace("\\", "/")


def write_nlu(utterances: Iterable[Utterance], path: Path) -> bool:
    """Write utterances to a file, whole or not at all.

    Returns:
        Whether the file was changed.

    Raises:
        Failed: it cannot be written: no right, no room on the disk.
    """
    content = nlu_text(utterances)
    draft = path.with_name(f".{path.name}.draft")
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(content, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Failed(
            f"{path} cannot be written ({error.strerror}): make room, or name another place with GUICHET_LEARNED_FILE.",
            code="learned-file",
        ) from error
    return True


def difference(before: Sequence[Utterance], after: Sequence[Utterance]) -> list[str]:
    """Return what changed, a line for each change, in words that a person can read.

    A text that has another meaning than before is one line: `~ text: ask_price → ask_delay`.
    """
    old, new = _meanings(before), _meanings(after)
    lines = []
    for text in sorted(set(old) | set(new)):
        if text not in old:
            lines.append(f"+ {text}: {new[text]}")
        elif text not in new:
            lines.append(f"- {text}: {old[text]}")
        elif old[text] != new[text]:
            lines.append(f"~ {text}: {old[text]} → {new[text]}")
    return lines


def _meanings(utterances: Sequence[Utterance]) -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for each in utterances:
        said = each.intent + (f" ({each.service})" if each.service else "")
        meanings.setdefault(each.text, set()).add(said)
    return {text: " / ".join(sorted(said)) for text, said in meanings.items()}
