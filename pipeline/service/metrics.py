"""Figures for Prometheus: counts and times, never who. What lies in the database is counted when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.service.office import Office
from pipeline.service.work_state import work_state

__all__ = ["CONTENT_TYPE", "RequestTimes", "exposition"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)
_PAGE_SECONDS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestTimes:
    """Requests of this process: how many, how they ended, how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._times = Histogram(
            "yushen_request_seconds",
            "Time until the answer was out (of event streams: until its first byte)",
            ("method", "route"),
            buckets=_LATENCY,
            registry=self.registry,
        )
        self._answers = Counter(
            "yushen_requests", "Answers by status", ("method", "route", "status"), registry=self.registry
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is the route's pattern, never a path."""
        known = method if method in _METHODS else "other"
        self._times.labels(known, route).observe(seconds)
        self._answers.labels(known, route, str(status)).inc()


def exposition(office: Office, times: RequestTimes) -> bytes:
    """Return everything in Prometheus' text format."""
    stored = CollectorRegistry()
    stored.register(_Stored(office))
    return generate_latest(times.registry) + generate_latest(stored)


class _Stored(Collector):
    def __init__(self, office: Office) -> None:
        self._office = office

    def describe(self) -> list[Metric]:
        return []  # else registering would ask the database

    def collect(self) -> Iterator[Metric]:
        with self._office.database.read() as session:
            now = work_state(session, self._office)
        yield _by("yushen_applications", "Applications", "state", {s.value: n for s, n in now.applications.items()})
        yield GaugeMetricFamily("yushen_applications_overdue", "Open applications past their due date", now.overdue)
        yield _by("yushen_pages", "Pages", "state", {s.value: n for s, n in now.pages.items()})
        yield _by("yushen_files", "Files", "state", {s.value: n for s, n in now.files.items()})
        waited = now.oldest_wait.total_seconds()
        yield GaugeMetricFamily("yushen_oldest_waiting_file_seconds", "How long the oldest unread file waits", waited)
        yield _histogram(now.page_seconds)
        yield GaugeMetricFamily("yushen_webhooks_waiting", "Webhook deliveries not done", now.webhooks_waiting)
        silent = {worker.id: worker.silent.total_seconds() for worker in now.workers}
        yield _by("yushen_worker_silent_seconds", "Since a worker was last heard of", "worker", silent)
        readers = sum(worker.readers for worker in now.workers if not worker.lost)
        yield GaugeMetricFamily("yushen_readers", "Pages that all workers may read at once", readers)


def _by(name: str, help_: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _histogram(seconds: Sequence[float]) -> Metric:
    """Over the pages of the last hour's uploads, so that it works with any number of workers."""
    buckets = [(str(edge), sum(1 for s in seconds if s <= edge)) for edge in _PAGE_SECONDS]
    buckets.append(("+Inf", len(seconds)))
    family = HistogramMetricFamily("yushen_page_seconds_last_hour", "Seconds per page read, uploads of the last hour")
    family.add_metric([], buckets, sum(seconds))
    return family
