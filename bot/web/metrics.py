"""The gateway's figures, in the text format of Prometheus; no label ever holds what a person wrote.

docs/operations.md explains each; a test compares the two, and the alerts of docs/operations/alerts.yml.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import generate_latest

from bot import __version__
from bot.db import Database

disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 20)
"""Limits of the classes of time; 0.2 is what an answer should take, 20 what the gateway waits for the engine."""
LIMITED = (429, 503)
GAUGES = {
    "engine_up": "whether the engine has a model in service",
    "database_up": "whether the database answers",
    "event_streams": "open streams of events",
    "spool_bytes": "what waits on the disk for the database",
    "disk_free_bytes": "what is free where the data are",
    "messages_waiting": "messages that the engine has not answered yet",
    "messages_waiting_seconds": "how long the oldest of them has waited",
    "newcomers_waiting": "people who wait for their turn to begin a conversation",
    "people_waiting": "citizens who wait for a person",
    "people_waiting_seconds": "how long the first of them has waited",
    "outbox_waiting": "notices and webhooks not sent yet",
    "outbox_waiting_seconds": "how long the oldest of them has waited",
    "outbox_failed": "notices and webhooks that were given up",
    "last_backup_timestamp_seconds": "when the last backup was made from this data folder; absent when not known",
}
"""What is looked up when somebody reads the figures; what cannot be told (the database is away) is absent."""


class Metrics:
    """Counts what happens in one gateway."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = Counter("guichet_http_requests", "answers", ("method", "route", "status"), registry=registry)
        self._seconds = Histogram(
            "guichet_http_seconds", "time to answer", ("route",), buckets=SECONDS, registry=registry
        )
        self._refused = Counter(
            "guichet_refused", "calls told to come back later, by reason", ("reason",), registry=registry
        )
        self._messages = Counter("guichet_messages", "messages of citizens", ("outcome",), registry=registry)
        self._jobs = Counter("guichet_job_runs", "work that comes back", ("job", "outcome"), registry=registry)
        self._job_at = Gauge(
            "guichet_job_done_timestamp_seconds", "when a job last ended well here", ("job",), registry=registry
        )
        self._database_errors = Counter(
            "guichet_database_errors", "statements and connections that failed", registry=registry
        )
        self._build = Gauge("guichet_build_info", "1, with the version", ("version",), registry=registry)
        self._build.labels(__version__).set(1)
        self._model = Gauge("guichet_model_info", "1, with the model in service", ("model",), registry=registry)
        ProcessCollector(registry=registry)

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count one call that was told to come back later; the reason is the code of the error."""
        self._refused.labels(reason).inc()

    def message(self, outcome: str) -> None:
        """Count one message of a citizen: `answered`, `kept`, `late` (answered after having been kept) or `failed`."""
        self._messages.labels(outcome).inc()

    def job(self, name: str, *, done: bool) -> None:
        """Count one run of a job."""
        self._jobs.labels(name, "done" if done else "failed").inc()
        if done:
            self._job_at.labels(name).set_to_current_time()

    def watch(self, database: Database) -> None:
        """Count the errors of a database, whoever meets them."""
        database.on_error(self._database_errors.inc)

    def text(self, gauges: Mapping[str, float], model: str = "") -> str:
        """Return all figures.

        Args:
            gauges: values of `GAUGES`, by name; what cannot be told is left out.
            model: in service; "" when not known.
        """
        now = CollectorRegistry()
        for name, value in gauges.items():
            Gauge(f"guichet_{name}", GAUGES[name], registry=now).set(value)
        self._model.clear()
        if model:
            self._model.labels(model).set(1)
        return (generate_latest(self.registry) + generate_latest(now)).decode()
