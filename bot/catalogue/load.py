"""Reads the catalogue from its YAML files; a mistake is named with its file, line and field."""

from collections.abc import Container
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.catalogue.administrations import Administration, OfficeKind
from bot.catalogue.lines import line_of, tree_of
from bot.catalogue.model import Service
from bot.catalogue.reasons import About, ReadyReason
from bot.errors import Misconfigured, NotFound

_ADMINISTRATIONS = TypeAdapter(dict[str, Administration])
_OFFICES = TypeAdapter(dict[str, OfficeKind])
_REASONS = TypeAdapter(dict[str, ReadyReason])

Where = tuple[str | int, ...]
"""Names and positions that lead to a value of a file."""


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text: YAML fails on one that does not exist, the model names its field."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


@dataclass(frozen=True)
class Catalogue:
    """Every service, administration, kind of office and ready reason, by identifier.

    Services are in the order of the file names, reasons in that of their file.
    """

    services: dict[str, Service]
    administrations: dict[str, Administration]
    offices: dict[str, OfficeKind] = field(default_factory=dict)
    reasons: dict[str, ReadyReason] = field(default_factory=dict)

    def service(self, service_id: str) -> Service:
        """Return the service of that identifier.

        Raises:
            NotFound: there is none.
        """
        try:
            return self.services[service_id]
        except KeyError:
            raise NotFound(f"No service is called {service_id}.", code="unknown-service") from None

    def ready_reasons(self, service_id: str, *about: About) -> list[ReadyReason]:
        """Return the reasons that are ready for some ends: those of the service first, then those of every service."""
        fitting = [each for each in self.reasons.values() if each.about in about]
        own = [each for each in fitting if service_id in each.services]
        return [*own, *(each for each in fitting if not each.services)]

    @property
    def submittable(self) -> list[Service]:
        """The services whose request can be filed in the conversation."""
        return [service for service in self.services.values() if service.submittable]


class CatalogueError(Misconfigured):
    """The catalogue has mistakes; `mistakes` has a line for each: file, line, field, what is wrong."""

    default_code = "catalogue-invalid"

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("The catalogue cannot be used: " + "; ".join(mistakes), mistakes=mistakes)
        self.mistakes = mistakes


def load_catalogue(folder: Path) -> Catalogue:
    """Read and check `administrations.yml`, `services/*.yml` and, when they are there, `offices.yml`, `reasons.yml`.

    Args:
        folder: the folder that holds them.

    Raises:
        CatalogueError: with every mistake that was found, not only the first.
    """
    mistakes: list[str] = []
    path = folder / "administrations.yml"
    administrations: dict[str, Administration] = _read(path, _ADMINISTRATIONS.validate_python, mistakes) or {}
    services: dict[str, Service] = {}
    for path in sorted((folder / "services").glob("*.yml")):
        service = _read(path, lambda data, stem=path.stem: Service.model_validate({**data, "id": stem}), mistakes)
        if service is not None:
            services[path.stem] = service
    path = folder / "offices.yml"
    offices: dict[str, OfficeKind] = (_read(path, _OFFICES.validate_python, mistakes) if path.exists() else None) or {}
    path = folder / "reasons.yml"
    reasons: dict[str, ReadyReason] = (_read(path, _REASONS.validate_python, mistakes) if path.exists() else None) or {}
    catalogue = Catalogue(services, administrations, offices, reasons)
    if not mistakes:
        mistakes += _dead_references(catalogue, folder)
    if not services and not mistakes:
        mistakes.append(f"{folder / 'services'}: there is no service file")
    if mistakes:
        raise CatalogueError(mistakes)
    return catalogue


def checksum(folder: Path) -> str:
    """Return a digest of the catalogue's files, which changes when any of them does."""
    digest = sha256()
    for path in [folder / "administrations.yml", *sorted((folder / "services").glob("*.yml"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path, validate: Any, mistakes: list[str]) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - made from the safe one
        if not isinstance(data, dict):
            raise yaml.YAMLError("the file must be a mapping of names to values")
        return validate(data)
    except OSError as error:
        mistakes.append(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        mistakes.append(f"{path}: the file is not UTF-8 text")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        mistakes.append(f"{path}{line}: {getattr(error, 'problem', None) or error}")
    except ValidationError as error:
        tree = tree_of(path)
        for fault in error.errors():
            # The identifier of a service is the name of its file and stands nowhere in it.
            where = [part for part in fault["loc"] if part != "function-after"] if fault["loc"] != ("id",) else []
            where += fault.get("ctx", {}).get("at", ())
            name = ".".join(str(part) for part in where) or "(file)"
            mistakes.append(f"{path}:{line_of(tree, where)}: {name}: {fault['msg'].removeprefix('Value error, ')}")
    return None


def _dead_references(catalogue: Catalogue, folder: Path) -> list[str]:
    """Return the references to a service or an administration that is not there, a line for each."""
    mistakes = []
    for service in catalogue.services.values():
        path = folder / "services" / f"{service.id}.yml"
        offices: dict[Where, str] = {("administration",): service.administration}
        if service.request:
            offices[("request", "office")] = service.request.office
        mistakes += _dead(path, "administration", catalogue.administrations, offices)
        mistakes += _dead(path, "service", catalogue.services, _numbered(("related",), service.related))
    path = folder / "offices.yml"
    for kind, office in catalogue.offices.items():
        named = _numbered((kind, "administrations"), office.administrations)
        mistakes += _dead(path, "administration", catalogue.administrations, named)
        mistakes += _dead(path, "service", catalogue.services, _numbered((kind, "services"), office.services))
    for name, reason in catalogue.reasons.items():
        named = _numbered((name, "services"), reason.services)
        mistakes += _dead(folder / "reasons.yml", "service", catalogue.services, named)
    return mistakes


def _numbered(where: Where, names: list[str]) -> dict[Where, str]:
    return {(*where, place): name for place, name in enumerate(names)}


def _dead(path: Path, what: str, known: Container[str], named: dict[Where, str]) -> list[str]:
    return [
        f"{path}:{line_of(tree_of(path), where)}: {'.'.join(map(str, where))}: no {what} is called `{name}`"
        for where, name in named.items()
        if name not in known
    ]
