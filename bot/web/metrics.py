"""The gateway's figures, in the text format of Prometheus; no label ever holds what a person wrote."""

from collections import Counter, defaultdict


class Metrics:
    """Counts answers by route and status, and messages by outcome."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._messages: Counter[str] = Counter()

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests[(method, route, status)] += 1
        self._seconds[route] += seconds

    def message(self, outcome: str) -> None:
        """Count one message of a citizen: `answered`, `kept`, `late` (answered after having been kept) or `failed`."""
        self._messages[outcome] += 1

    def text(self, gauges: dict[str, float]) -> str:
        """Return all figures, with the given gauges."""
        lines = ["# TYPE guichet_http_requests_total counter"]
        lines += [
            f'guichet_http_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
            for (method, route, status), count in sorted(self._requests.items())
        ]
        lines.append("# TYPE guichet_http_seconds_total counter")
        lines += [f'guichet_http_seconds_total{{route="{r}"}} {s:.6f}' for r, s in sorted(self._seconds.items())]
        lines.append("# TYPE guichet_messages_total counter")
        lines += [f'guichet_messages_total{{outcome="{o}"}} {count}' for o, count in sorted(self._messages.items())]
        for name, value in gauges.items():
            lines += [f"# TYPE guichet_{name} gauge", f"guichet_{name} {value:g}"]
        return "\n".join(lines) + "\n"
