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
LOG_FORMATS = ("TEXT", "JSON")
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
    public_url: str = _setting("", "address at which browsers reach the service (https://…); empty: the host and port")
    catalogue_dir: Path = _setting(Path("data"), "folder of services/ and administrations.yml")
    models_dir: Path = _setting(Path("models"), "folder of the trained models")
    learned_file: Path = _setting(Path("data/nlu/learned.yml"), "file to which accepted examples are written")
    evaluation_dir: Path = _setting(Path("tests/understanding"), "folder of the cases that models are measured on")
    retrain_days: int = _setting(0, "days between two training runs that start by themselves; 0: none", least=0)
    shadow_hours: int = _setting(
        24, "hours in which a new model listens to citizens before anybody promotes it; 0: never", least=0, most=720
    )
    secret_key: str = _setting("", "key that encrypts personal answers; empty: the file secret.key of the data folder")
    engines: int = _setting(1, "engines that `guichet up` starts, some 400 MB each", least=1, most=64)
    engine_url: str = _setting(
        "http://127.0.0.1:8081",
        "where the gateway finds the engines, with spaces between; for an engine, where it listens; "
        "`guichet up` chooses it",
    )
    engine_token: str = _setting("", "secret shared by gateways and engines; `guichet up` chooses it")
    engine_timeout: float = _setting(20.0, "seconds that the gateway waits for an answer of the engine", least=0.1)
    message_limit: int = _setting(2000, "characters accepted in one message", least=1)
    allowed_origins: str = _setting("", "other origins whose pages may embed the widget, separated by spaces")
    messages_a_minute: int = _setting(60, "messages accepted from one conversation in a minute", least=1)
    conversations_an_hour: int = _setting(600, "conversations opened from one address in an hour", least=1)
    address_messages_a_minute: int = _setting(600, "messages accepted from one address in a minute", least=1)
    uploads_a_minute: int = _setting(20, "files accepted from one conversation in a minute", least=1)
    opinions_an_hour: int = _setting(300, "opinions accepted from one address in an hour, by the link", least=1)
    office_calls_a_minute: int = _setting(600, "calls of the office's software from one address in a minute", least=1)
    sign_ins_a_minute: int = _setting(60, "passwords tried from one address in a minute, whatever the names", least=1)
    logouts_a_minute: int = _setting(600, "logouts announced from one address in a minute (back-channel)", least=1)
    streams: int = _setting(5000, "event streams open at once in one gateway", least=1)
    streams_an_address: int = _setting(500, "event streams open at once from one address", least=1)
    streams_a_conversation: int = _setting(30, "event streams open at once in one conversation", least=1)
    busy_milliseconds: int = _setting(
        200, "what 19 answers in 20 must stay under, or newcomers wait for their turn; 0: never", least=0
    )
    busy_messages: int = _setting(100, "messages answered at once beyond which newcomers wait for their turn", least=1)
    trusted_hops: int = _setting(0, "reverse proxies in front whose X-Forwarded-For and -Proto are believed", least=0)
    idle_seconds: int = _setting(75, "seconds that a connection may stay without a whole call", least=1)
    body_seconds: int = _setting(
        30, "seconds in which a call must have arrived whole; files have ten times that", least=1
    )
    reader_seconds: int = _setting(
        60, "seconds after which a connection that takes nothing of its answer is cut", least=1
    )
    spool_megabytes: int = _setting(64, "what may wait on the disk while the database is away, in MB", least=1)
    draft_days: int = _setting(30, "days that an unfinished request is kept", least=1)
    timezone: str = _setting("Europe/Paris", "time zone of the office's hours")
    person_hours: str = _setting("", "hours in which people answer (mon-fri 09:00-12:00 13:30-17:00); empty: any time")
    person_closed: str = _setting("", "days on which nobody answers (2026-12-25), separated by spaces")
    person_wait: int = _setting(10, "minutes after which a waiting citizen is offered to leave a message", least=1)
    person_gone: int = _setting(
        5, "minutes without a sign of an agent after which their talk goes back to the queue", least=2
    )
    conversation_days: int = _setting(180, "days that a conversation without a request is kept", least=1)
    request_days: int = _setting(400, "days that a request is kept once it is over, with its conversation", least=1)
    feedback_days: int = _setting(1095, "days that an answer about satisfaction is kept", least=1)
    example_days: int = _setting(1095, "days that an accepted example of training is kept", least=1)
    audit_days: int = _setting(365, "days that a line of the audit trail is kept; six months at least", least=180)
    erasures_file: str = _setting("", "journal of erasures; empty: erasures.jsonl in the data folder")
    file_megabytes: int = _setting(10, "size accepted of one file that a citizen sends", least=1, most=100)
    files_megabytes: int = _setting(60, "size accepted of all files of one conversation", least=1)
    codes_an_hour: int = _setting(60, "access codes tried from one address in an hour", least=1)
    wrong_codes: int = _setting(8, "wrong codes in a row after which a reference is closed for half an hour", least=1)
    password_sign_in: str = _setting("yes", "whether names and passwords open the console", among=("NO", "YES"))
    openid_issuer: str = _setting("", "OpenID Connect: the provider's address (https://…); empty: there is none")
    openid_client_id: str = _setting("", "name under which the provider knows this service")
    openid_client_secret: str = _setting("", "secret shared with the provider; empty: a public client")
    openid_name: str = _setting("", "what the button of the provider says; empty: its host")
    openid_scopes: str = _setting("openid profile email", "what the provider is asked for")
    openid_groups: str = _setting("groups", "claim that holds the groups; dots lead into objects")
    openid_roles: str = _setting("", "roles of the groups (`group=agent; other group=admin`); the first that fits")
    openid_offices: str = _setting("", "offices of the groups (`group=town-hall; other=*`); * as a group: everybody")
    page_url: str = _setting("", "address of the page that holds the widget, for the links in e-mails")
    smtp_host: str = _setting("", "mail server that sends notifications; empty: none are sent by e-mail")
    smtp_port: int = _setting(587, "port of the mail server", least=1, most=65535)
    smtp_user: str = _setting("", "account on the mail server; empty: none is needed")
    smtp_password: str = _setting("", "password of that account")
    smtp_from: str = _setting("guichet@localhost", "sender of the notifications")
    smtp_tls: str = _setting("starttls", "how the connection is encrypted", among=("NONE", "STARTTLS", "TLS"))
    alert_addresses: str = _setting(
        "", "e-mail addresses told when satisfaction leaves its usual range, with spaces between"
    )
    publish_results: str = _setting("no", "whether anybody may read the results at /results", among=("NO", "YES"))
    sms_file: str = _setting("", "file to which SMS are written, one JSON object a line; empty: none are")
    webhook_hosts: str = _setting("", "hosts to which webhooks may be sent, separated by spaces")
    log_level: str = _setting("INFO", "least grave messages that are logged", among=LOG_LEVELS)
    log_format: str = _setting("text", "form of the log: lines of text, or a JSON object a line", among=LOG_FORMATS)
    metrics_token: str = _setting("", "secret that /metrics wants; empty: only this machine may read it")

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
    def address(self) -> str:
        """The address at which browsers reach the service, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

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
        if raw := _raw(environment, PREFIX + setting.name.upper()):
            values[setting.name] = _cast(setting.name, raw, type(setting.default))
    values.update({name: value for name, value in overrides.items() if value is not None})
    for setting in fields(Settings):
        if setting.name in values:
            _check(PREFIX + setting.name.upper(), values[setting.name], **setting.metadata)
    return Settings(**values)


def _raw(environment: Mapping[str, str], variable: str) -> str:
    """Return what a variable holds, or the file that its name with `_FILE` tells: so secrets are handed out."""
    file = environment.get(f"{variable}_FILE")
    if environment.get(variable) or not file:
        return environment.get(variable, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Misconfigured(f"{variable}_FILE names {file}, which cannot be read: {reason}.") from None


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
