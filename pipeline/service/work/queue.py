"""How the rest of the service asks for work, without knowing who does it where."""

from __future__ import annotations

from typing import Protocol

__all__ = ["WorkQueue"]


class WorkQueue(Protocol):
    """Call after the transaction that made the work has been kept. Asking twice for the same work does it once.

    What is asked for is never lost: rows that wait with nobody asking are found by the sweeper.
    """

    def take_in(self, upload: str) -> None:
        """Take a new upload apart, read its pages, then assess its case."""
        ...

    def assess(self, application: str) -> None:
        """Assess a case again: a file was removed, a disease chosen, a reading corrected."""
        ...

    def tell(self, delivery: str) -> None:
        """Send a webhook delivery."""
        ...
