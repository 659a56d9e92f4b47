"""Reads the catalogue from its YAML files; a mistake is named with its file, line and field."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.catalogue.model import Administration, Service
from bot.errors import Misconfigured, NotFound

_ADMINISTRATIONS = TypeAdapter(dict[str, Administration])


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text: YAML fails on one that does not exist, the model names its field."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


@dataclass(frozen=True)
class Catalogue:
    """Every service and administration, by identifier, in the order of the file names."""

    services: dict[str, Service]
    administrations: dict[str, Administration]

    def service(self, service_id: str) -> Service:
        """Return the service of that identifier.

        Raises:
            NotFound: there is none.
        """
        try:
            return self.services[service_id]
        except KeyError:
            raise NotFound(f"No service is called {service_id}.", code="unknown-service") from None

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
    """Read and check `administrations.yml` and `services/*.yml`.

    Args:
        folder: the folder that holds both.

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
    if not mistakes:
        mistakes += _dead_references(services, administrations, folder)
    if not services and not mistakes:
        mistakes.append(f"{folder / 'services'}: there is no service file")
    if mistakes:
        raise CatalogueError(mistakes)
    return Catalogue(services, administrations)


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
        tree = yaml.compose(text, Loader=yaml.CSafeLoader)
        for fault in error.errors():
            # The identifier of a service is the name of its file and stands nowhere in it.
            where = [part for part in fault["loc"] if part != "function-after"] if fault["loc"] != ("id",) else []
            field = ".".join(str(part) for part in where) or "(file)"
            mistakes.append(f"{path}:{_line(tree, where)}: {field}: {fault['msg'].removeprefix('Value error, ')}")
    return None


def _line(node: yaml.Node | None, where: list[Any]) -> int:
    """Return the line of the deepest part of `where` that the file has, from 1."""
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _dead_references(
    services: dict[str, Service], administrations: dict[str, Administration], folder: Path
) -> list[str]:
    mistakes = []
    for service in services.values():
        path = folder / "services" / f"{service.id}.yml"
        offices = [("administration", service.administration)]
        if service.request:
            offices.append(("request.office", service.request.office))
        for field, office in offices:
            if office not in administrations:
                mistakes.append(f"{path}: {field}: no administration is called `{office}`")
        mistakes += [
            f"{path}: related: no service is called `{other}`" for other in service.related if other not in services
        ]
    return mistakes
