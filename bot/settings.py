"""The settings: one table, read once from the environment (prefix `GUICHET_`), and nowhere else.

docs/settings.md shows the same table; a test compares them.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import Misconfigured

PREFIX = "GUICHET_"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
CASTS: dict[type, Callable[[str], Any]] = {str: str, int: int, float: float}


def _setting(
    default: Any, help_text: str, *, least: float | None = None, most: float | None = None, among: tuple[str, ...] = ()
) -> Any:
    return field(default=default, metadata={"help": help_text, "least": least, "most": most, "among": among})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its default and what it is for. The variable of `port` is `GUICHET_PORT`, and so on."""

    data_dir: Path = _setting(Path("var"), "folder of the database, the keys and the logs")
    database_url: str = _setting("", "SQLAlchemy address of the database; empty: SQLite in the data folder")
    host: str = _setting("127.0.0.1", "address on which the gateway listens")
    port: int = _setting(8080, "port on which the gateway listens; 0 takes a free one", least=0, most=65535)
    catalogue_dir: Path = _setting(Path("data"), "folder of services/ and administrations.yml")
    models_dir: Path = _setting(Path("models"), "folder of the trained models")
    secret_key: str = _setting("", "key that encrypts personal answers; empty: the file secret.key of the data folder")
    engine_url: str = _setting("http://127.0.0.1:8081", "where the gateway finds the engine; `guichet up` chooses it")
    engine_token: str = _setting("", "secret shared by gateway and engine; `guichet up` chooses it")
    engine_timeout: float = _setting(20.0, "seconds that the gateway waits for an answer of the engine", least=0.1)
    message_limit: int = _setting(2000, "characters accepted in one message", least=1)
    allowed_origins: str = _setting("", "other origins whose pages may embed the widget, separated by spaces")
    messages_a_minute: int = _setting(60, "messages accepted from one conversation in a minute", least=1)
    conversations_an_hour: int = _setting(600, "conversations opened from one address in an hour", least=1)
    draft_days: int = _setting(30, "days that an unfinished request is kept", least=1)
    log_level: str = _setting("INFO", "least grave messages that are logged", among=LOG_LEVELS)

    @property
    def database(self) -> str:
        """The address of the database, asynchronous driver included."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir / 'guichet.db'}"
        for plain, driver in (("postgresql://", "postgresql+psycopg://"), ("sqlite://", "sqlite+aiosqlite://")):
            if self.database_url.startswith(plain):
                return self.database_url.replace(plain, driver, 1)
        return self.database_url

    @property
    def origins(self) -> frozenset[str]:
        """The allowed origins as a set."""
        return frozenset(self.allowed_origins.split())


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment.

    Args:
        environment: the variables; the process's own when left out.
        overrides: settings given on the command line; None means "not given".

    Returns:
        The settings.

    Raises:
        Misconfigured: a variable holds what cannot be used; the message names it.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        raw = environment.get(PREFIX + setting.name.upper())
        if raw is not None and raw != "":
            values[setting.name] = _cast(setting.name, raw, type(setting.default))
    values.update({name: value for name, value in overrides.items() if value is not None})
    for setting in fields(Settings):
        if setting.name in values:
            _check(PREFIX + setting.name.upper(), values[setting.name], **setting.metadata)
    return Settings(**values)


def _cast(name: str, raw: str, kind: type) -> Any:
    try:
        # `type(Path())` is a concrete class of the platform, so a path is told by what it inherits from.
        return Path(raw) if issubclass(kind, Path) else CASTS[kind](raw)
    except ValueError:
        raise Misconfigured(f"{PREFIX}{name.upper()} must be a {kind.__name__}, not {raw!r}.") from None


def _check(
    variable: str, value: Any, *, least: float | None, most: float | None, among: tuple[str, ...], **_: Any
) -> None:
    if among and value.upper() not in among:
        raise Misconfigured(f"{variable} must be one of {', '.join(among)}, not {value!r}.")
    # Written so that "not a number" is refused as well.
    if least is not None and not least <= value <= (most or float("inf")):
        raise Misconfigured(
            f"{variable} must be {f'from {least} to {most}' if most else f'at least {least}'}, not {value}."
        )
