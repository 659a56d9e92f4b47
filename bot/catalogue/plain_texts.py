"""The texts that citizens read, each with its file and line, held against the rules of plain language."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.catalogue.lines import tree_of
from bot.catalogue.model import LANGUAGES, Language
from bot.catalogue.plain_language import Level, findings
from bot.errors import Misconfigured

NOT_OURS = {"aliases", "words", "sources"}
"""What people say, and the titles of other people's pages: they are as they are."""
LISTS = {"items"}


@dataclass(frozen=True)
class Remark:
    """A finding in a file: `line` is a whole line to show, "file:line: “words”: what to do"."""

    level: Level
    line: str


@dataclass(frozen=True)
class _Text:
    node: yaml.ScalarNode
    language: Language
    prose: bool


def catalogue_remarks(folder: Path) -> list[Remark]:
    """Return what should change in the texts of the services, and in the reasons that are ready."""
    return [
        remark
        for path in [*sorted((folder / "services").glob("*.yml")), *folder.glob("reasons.yml")]
        for text in _of_catalogue(tree_of(path))
        for remark in _remarks(path, text)
    ]


def response_remarks(domain: Path) -> list[Remark]:
    """Return what should change in the assistant's answers (`responses` of domain.yml)."""
    return [remark for text in _of_domain(tree_of(domain)) for remark in _remarks(domain, text)]


def refuse_mistakes(remarks: list[Remark]) -> list[str]:
    """Return the lines of the remarks when none is a mistake.

    Raises:
        Misconfigured: with every mistake.
    """
    mistakes = [remark.line for remark in remarks if remark.level is Level.MISTAKE]
    if mistakes:
        raise Misconfigured("Texts for citizens must be plain: " + "; ".join(mistakes), code="not-plain")
    return [remark.line for remark in remarks]


def _remarks(path: Path, text: _Text) -> Iterator[Remark]:
    source = path.read_text(encoding="utf-8").splitlines()[text.node.start_mark.line : text.node.end_mark.line + 1]
    for found in findings(text.node.value, text.language, prose=text.prose):
        # A folded text has several lines: the one where the words stand is named, else the first.
        near = (place for place, line in enumerate(source) if found.words.lower() in line.lower().replace("’", "'"))
        line = text.node.start_mark.line + 1 + next(near, 0)
        yield Remark(found.level, f"{path}:{line}: “{found.words}”: {found.advice}")


def _of_catalogue(node: yaml.Node | None, prose: bool = True) -> Iterator[_Text]:
    """Yield the scalars below each mapping of `fr` and `en`."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _of_catalogue(each, prose)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if key.value in LANGUAGES:
            parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
            yield from (_Text(part, key.value, prose) for part in parts)
        elif key.value not in NOT_OURS:
            yield from _of_catalogue(value, prose and key.value not in LISTS)


def _of_domain(node: yaml.Node | None) -> Iterator[_Text]:
    """Yield the texts of the responses; a variation with a condition is the English one."""
    for variations in _values(_value(node, "responses")):
        for variation in variations.value:
            text = _value(variation, "text")
            if isinstance(text, yaml.ScalarNode):
                yield _Text(text, "en" if _value(variation, "condition") else "fr", prose=True)


def _values(node: yaml.Node | None) -> list[yaml.Node]:
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)
