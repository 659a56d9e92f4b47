"""Lets Rasa be imported without TensorFlow.

Rasa imports TensorFlow whatever the pipeline, for 360 MB of memory and 2 GB of disk that our pipeline does not use
(docs/decisions/0002-no-tensorflow.md). When no real TensorFlow is installed, `install()` adds a finder that
answers `import tensorflow` (and keras and the add-ons) with inert modules, to Rasa only: other libraries probe for
TensorFlow to adapt themselves, and must go on finding none. (What Rasa has once imported stays in `sys.modules`, where
a library that looks there finds it; it is false.) Whatever is taken from an inert module is a class that
can be subclassed, called, indexed and used as a decorator, and is false.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

TENSORFLOW = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")
UNUSED_IN_THE_ENGINE = (
    *("aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk"),
    *("questionary", "sanic", "socketio"),
    *("boto3", "botocore", "confluent_kafka", "pymongo", "redis", "matplotlib"),
    "rasa.utils.tensorflow.model_data",
)
"""Libraries of channels, brokers, stores and plots, and Rasa's own form of data for TensorFlow, which Rasa imports at
start and the engine never calls."""
NOT_FOUND_IN_THE_ENGINE = ("pyarrow", "portalocker.redis")
"""What scikit-learn and a library of locks take along where it is installed, and do without where it is not: 33 MB."""
PUT_OFF_IN_THE_ENGINE = "scipy.stats"
"""What scikit-learn imports at start and calls in few places, none of them ours: 25 MB."""


class _InertMeta(type):
    """Makes every attribute of an inert class another inert class, and the class itself false."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(name)

    def __getitem__(cls, item: object) -> Any:
        return cls

    def __or__(cls, other: object) -> Any:
        return cls

    def __ror__(cls, other: object) -> Any:
        return cls

    def __bool__(cls) -> bool:
        return False


def _inert(name: str) -> Any:
    def new(cls: type, *args: Any, **kwargs: Any) -> Any:
        # Used as a decorator (`@tf.function`), it hands back what it decorates.
        if len(args) == 1 and not kwargs and callable(args[0]) and cls.__dict__.get("inert"):
            return args[0]
        return object.__new__(cls)

    def call(self: object, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args else self

    # matplotlib asks TensorFlow whether a thing is a tensor of its own: what is called answers with something false.
    never = {"__bool__": lambda self: False, "inert": True}
    return _InertMeta(name, (), {"__new__": new, "__init__": lambda self, *a, **k: None, "__call__": call, **never})


class _InertModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _inert(name)
        setattr(self, name, value)
        return value

    def __bool__(self) -> bool:
        return False


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for the given names when it is Rasa that imports."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        known = any(fullname == name or fullname.startswith(f"{name}.") for name in self._names)
        if not known or not _rasa_imports():
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run in an inert module."""


class _PutOff(importlib.abc.MetaPathFinder):
    """Has a module run only when something of it is first used."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path) if fullname == PUT_OFF_IN_THE_ENGINE else None
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def _rasa_imports() -> bool:
    """Return whether the innermost frame outside the import machinery and this module belongs to Rasa."""
    frame = sys._getframe(1)
    while frame:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith("importlib") and name != __name__:
            return bool(name == "rasa" or name.startswith("rasa."))
        if frame.f_back is None:
            break
        frame = frame.f_back
    return False


def install(*, light: bool = False) -> None:
    """Make `import rasa` work without TensorFlow; does nothing for what is really installed, or when called twice.

    Args:
        light: leave out what the engine never calls too, installed or not (130 MB and a second of start-up).
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if "tensorflow" not in sys.modules and importlib.util.find_spec("tensorflow") is None:
        sys.meta_path.append(_Finder(TENSORFLOW))
    if light:
        sys.meta_path.insert(0, _Finder(UNUSED_IN_THE_ENGINE))
        for name in NOT_FOUND_IN_THE_ENGINE:
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own way to say "not there".
        sys.meta_path.insert(0, _PutOff())
