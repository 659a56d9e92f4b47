"""Our own checks of Rasa's files, for what `rasa data validate` lets pass.

Rasa warns of an intent without example, a response that nothing uses, or an action that does not exist, and goes on;
a wrong dotted path is a line in a log. Here each is a mistake, with the file that has it.
"""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from bot.catalogue.load import load_catalogue
from bot.errors import Misconfigured

FEWEST_EXAMPLES = 10
NEEDS_TENSORFLOW = {"DIETClassifier", "TEDPolicy", "UnexpecTEDIntentPolicy", "ResponseSelector"}
BUILT_IN = {"nlu_fallback", "restart", "back", "session_start"}


def check_project(project: Path, catalogue_dir: Path) -> None:
    """Check config.yml, endpoints.yml, domain.yml, the training data, the rules and the catalogue.

    Raises:
        Misconfigured: with every mistake found.
    """
    load_catalogue(catalogue_dir)
    mistakes = mistakes_of(project)
    if mistakes:
        raise Misconfigured("The project cannot be trained: " + "; ".join(mistakes), code="project-invalid")


def mistakes_of(project: Path) -> list[str]:
    """Return what is wrong with Rasa's files, a line for each."""
    config, domain = _yaml(project / "config.yml"), _yaml(project / "domain.yml")
    rules = [
        (path, rule) for path in sorted((project / "data" / "rules").glob("*.yml")) for rule in _yaml(path)["rules"]
    ]
    examples = examples_by_intent(project)
    steps = [(path, step) for path, rule in rules for step in rule["steps"]]
    return [
        *_config_mistakes(config),
        *_dotted_path_mistakes(project),
        *_intent_mistakes(domain, examples, {step["intent"] for _, step in steps if "intent" in step}),
        *_rule_mistakes(domain, steps),
        *_action_mistakes(project, domain),
        *_response_mistakes(project, domain, {step["action"] for _, step in steps if "action" in step}),
    ]


def examples_by_intent(project: Path) -> dict[str, list[str]]:
    """Return the training utterances of data/nlu, by intent."""
    found: dict[str, list[str]] = {}
    for path in sorted((project / "data" / "nlu").glob("*.yml")):
        for block in _yaml(path).get("nlu") or []:
            lines = (line.strip() for line in block.get("examples", "").splitlines())
            found.setdefault(block["intent"], []).extend(line[2:].strip() for line in lines if line.startswith("- "))
    return found


def dotted_paths(project: Path) -> list[tuple[str, str]]:
    """Return every Python path that Rasa's YAML files name, with its file."""
    found: list[tuple[str, str]] = []
    for name in ("config.yml", "endpoints.yml", "credentials.yml"):
        text = (project / name).read_text(encoding="utf-8")
        found += [(name, path) for path in re.findall(r"\b((?:bot|actions)(?:\.\w+)+)\b(?!/)", _without_comments(text))]
    return found


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}", code="project-invalid") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise Misconfigured(f"{path}{where}: {getattr(error, 'problem', error)}", code="project-invalid") from None


def _without_comments(text: str) -> str:
    return "\n".join(line.partition("#")[0] for line in text.splitlines())


def _config_mistakes(config: dict[str, Any]) -> list[str]:
    names = {part["name"] for part in [*config.get("pipeline", []), *config.get("policies", [])]}
    return [
        f"config.yml: {name} needs TensorFlow, which is not installed; train in an environment of its own: "
        "`pip install rasa==3.6.21` on Python 3.10 (docs/benchmarks.md)"
        for name in sorted(names & NEEDS_TENSORFLOW)
    ]


def _dotted_path_mistakes(project: Path) -> list[str]:
    mistakes = []
    for name, path in dotted_paths(project):
        module, _, attribute = path.rpartition(".")
        try:
            getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            mistakes.append(f"{name}: {path} cannot be loaded ({error})")
    return mistakes


def _intent_mistakes(domain: dict[str, Any], examples: dict[str, list[str]], ruled: set[str]) -> list[str]:
    known = set(domain["intents"])
    seen = Counter((text.lower(), intent) for intent, texts in examples.items() for text in texts)
    by_text: dict[str, set[str]] = {}
    for text, intent in seen:
        by_text.setdefault(text, set()).add(intent)
    return [
        *(f"domain.yml: the intent {intent} has no rule" for intent in sorted(known - ruled)),
        *(f"data/nlu: the intent {intent} is not in domain.yml" for intent in sorted(set(examples) - known)),
        *(
            f"data/nlu: the intent {intent} has {len(texts)} examples; {FEWEST_EXAMPLES} are needed"
            for intent, texts in examples.items()
            if len(texts) < FEWEST_EXAMPLES
        ),
        *(
            f"data/nlu: {text!r} is an example of {' and '.join(sorted(intents))}"
            for text, intents in by_text.items()
            if len(intents) > 1
        ),
    ]


def _rule_mistakes(domain: dict[str, Any], steps: list[tuple[Path, dict[str, Any]]]) -> list[str]:
    intents = set(domain["intents"]) | BUILT_IN
    doable = set(domain["actions"]) | set(domain["responses"]) | set(domain["forms"])
    mistakes = []
    for path, step in steps:
        if "intent" in step and step["intent"] not in intents:
            mistakes.append(f"{path}: the intent {step['intent']} is not in domain.yml")
        if "action" in step and step["action"] not in doable and step["action"] != "action_listen":
            mistakes.append(f"{path}: the action {step['action']} is not in domain.yml")
    return mistakes


def _action_mistakes(project: Path, domain: dict[str, Any]) -> list[str]:
    written: set[str] = set()
    for path in (project / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "name":
                returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
                written |= {str(each.value) for each in returned if isinstance(each, ast.Constant)}
    named = set(domain["actions"])
    return [
        *(f"domain.yml: the action {name} is not in actions/" for name in sorted(named - written)),
        *(f"actions/: the action {name} is not in domain.yml" for name in sorted(written - named)),
    ]


def _response_mistakes(project: Path, domain: dict[str, Any], ruled: set[str]) -> list[str]:
    code = "".join(path.read_text(encoding="utf-8") for path in (project / "actions").glob("*.py"))
    # `utter_invalid_<code>` and `utter_status_<state>` are named piece by piece.
    families = tuple(re.findall(r'f"(utter_\w+_)\{', code))
    literal = set(re.findall(r'"(utter_\w+)"', code))
    mistakes = [
        f"domain.yml: the response {name} is not used"
        for name in domain["responses"]
        if name not in ruled | literal and not name.startswith(families)
    ]
    mistakes += [
        f"actions/: the response {name} is not in domain.yml" for name in sorted(literal - set(domain["responses"]))
    ]
    for name, variations in domain["responses"].items():
        languages = ["en" if variation.get("condition") else "fr" for variation in variations]
        if sorted(languages) != ["en", "fr"]:
            mistakes.append(f"domain.yml: the response {name} must have its English variation and its French one")
    return mistakes
