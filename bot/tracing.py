"""Spans for OpenTelemetry, when `OTEL_EXPORTER_OTLP_ENDPOINT` names a receiver; else nothing of it is even imported.

A span says which part did what, for how long and how it ended: routes and statuses, never an address, an identifier of
a conversation, or a word. The variables are OpenTelemetry's own; those of its SDK (sampling, time limits) apply too.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot import logs
from bot.errors import Misconfigured

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_tracer: "Tracer | None" = None


class Span:
    """What can still be said of a span while it lasts."""

    def __init__(self) -> None:
        self.status = 0


def set_up(part: str) -> None:
    """Begin to send spans of this process, if a receiver is named.

    Args:
        part: `gateway` or `engine`.

    Raises:
        Misconfigured: a receiver is named and OpenTelemetry's libraries are not installed.
    """
    global _tracer  # one process has one tracer, as OpenTelemetry itself has it
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    try:
        # Loaded here: 15 MB that nobody pays who does not trace.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set and {error.name} is not installed: install opentelemetry-sdk and "
            "opentelemetry-exporter-otlp-proto-http, or unset the variable.",
            code="no-opentelemetry",
        ) from None
    name = os.environ.get("OTEL_SERVICE_NAME", "guichet")
    provider = TracerProvider(resource=Resource.create({"service.name": f"{name}-{part}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("guichet")


@contextmanager
def span(name: str, received: Mapping[str, str] | None = None) -> Iterator[Span]:
    """Time what is done in the block.

    Args:
        name: method and route.
        received: the headers of the caller, when they are trusted to say which span this one is part of.
    """
    told = Span()
    if _tracer is None:
        yield told
        return
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind, StatusCode

    context = extract(received) if received is not None else None
    with _tracer.start_as_current_span(name, context=context, kind=SpanKind.SERVER) as current:
        current.set_attribute("guichet.request_id", logs.number())
        yield told
        current.set_attribute("http.response.status_code", told.status)
        if told.status >= 500:
            current.set_status(StatusCode.ERROR)


def outgoing() -> dict[str, str]:
    """Return the headers that take the number of the call, and its span, along to another process."""
    carried = logs.headers()
    if _tracer is not None:
        from opentelemetry.propagate import inject

        inject(carried)
    return carried
