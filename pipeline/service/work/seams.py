"""What the workers call but do not own, as callables: neither side imports the other, and tests put in their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.nouns import Alert, Page, ReadPage
from pipeline.service.office import Office

__all__ = ["PageReading", "Seams"]


class PageReading(Protocol):
    """Reads pages: :class:`pipeline.reading.Reader`, or a test's own. Safe to share between threads."""

    @property
    def version(self) -> str:
        """Who reads; readings of another version are not used again."""
        ...

    def read(self, pages: Sequence[Page]) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        """Read ``pages``; one that fails comes back without lines and with an alert."""
        ...


def _assess(office: Office, application: str) -> object:
    from pipeline.service.casework import assess

    return assess(office, application)


def _deliver(office: Office, delivery: str) -> dt.datetime | None:
    from pipeline.service.api.webhooks import deliver

    return deliver(office, delivery)


def _untold(office: Office, application: str) -> list[str]:
    from pipeline.service.api.webhooks import untold

    return untold(office, application)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """Both are safe to call again for the same id."""

    assess: Callable[[Office, str], object] = _assess
    """Assess a settled case at its present revision, once; returns None where there was nothing to assess."""
    deliver: Callable[[Office, str], dt.datetime | None] = _deliver
    """Try one webhook delivery, and return when to try again; None where there is no need."""
    untold: Callable[[Office, str], list[str]] = _untold
    """Return the webhook deliveries of a case that nobody tried yet."""
