"""Figures for Prometheus: counts and times, never who. What lies in the database is counted when asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from pipeline.service.office import Office
from pipeline.service.states import PageState, State
from pipeline.service.tables import Application, PageRow, Upload, WebhookDelivery, WorkerRow

__all__ = ["CONTENT_TYPE", "RequestTimes", "exposition"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)
_PAGE_SECONDS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
_LATELY = dt.timedelta(hours=1)
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
        office, now = self._office, self._office.now()
        with office.database.read() as session:
            by_state = dict(session.execute(select(Application.state, func.count()).group_by(Application.state)).all())
            overdue = session.scalar(
                select(func.count())
                .select_from(Application)
                .where(
                    Application.state.in_((State.SUBMITTED, State.UNDER_REVIEW)), Application.due_on < office.today()
                )
            )
            pages = dict(session.execute(select(PageRow.state, func.count()).group_by(PageRow.state)).all())
            uploads = dict(
                session.execute(
                    select(Upload.state, func.count()).where(Upload.removed_at.is_(None)).group_by(Upload.state)
                ).all()
            )
            oldest = session.scalar(
                select(func.min(Upload.uploaded_at)).where(
                    Upload.state.in_((PageState.WAITING, PageState.READING)), Upload.removed_at.is_(None)
                )
            )
            seconds = list(
                session.scalars(
                    select(PageRow.seconds)
                    .join(Upload)
                    .where(PageRow.seconds.is_not(None), Upload.uploaded_at >= now - _LATELY)
                )
            )
            hooks = session.scalar(
                select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.done_at.is_(None))
            )
            workers = session.scalars(select(WorkerRow)).all()
        yield _by("yushen_applications", "Applications by state", "state", {s.value: by_state.get(s, 0) for s in State})
        yield GaugeMetricFamily("yushen_applications_overdue", "Open applications past their due date", overdue or 0)
        yield _by("yushen_pages", "Pages by state", "state", {s.value: pages.get(s, 0) for s in PageState})
        yield _by("yushen_files", "Files by state", "state", {s.value: uploads.get(s, 0) for s in PageState})
        waited = (now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("yushen_oldest_waiting_file_seconds", "How long the oldest unread file waits", waited)
        yield _histogram([s for s in seconds if s is not None])
        yield GaugeMetricFamily("yushen_webhooks_waiting", "Webhook deliveries not done", hooks or 0)
        heard = GaugeMetricFamily("yushen_worker_silent_seconds", "Since a worker was last heard of", labels=["worker"])
        for worker in workers:
            heard.add_metric([worker.id], max((now - worker.seen_at).total_seconds(), 0.0))
        yield heard
        readers = sum(worker.readers for worker in workers)
        yield GaugeMetricFamily("yushen_readers", "Pages that all workers may read at once", readers)


def _by(name: str, help_: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _histogram(seconds: list[float]) -> Metric:
    """Over the pages of the last hour's uploads, so that it works with any number of workers."""
    buckets = [(str(edge), sum(1 for s in seconds if s <= edge)) for edge in _PAGE_SECONDS]
    buckets.append(("+Inf", len(seconds)))
    family = HistogramMetricFamily("yushen_page_seconds_last_hour", "Seconds per page read, uploads of the last hour")
    family.add_metric([], buckets, sum(seconds))
    return family
