"""Asks for work: writes it into the durable queue. The one way for API, workers and sweeper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.service.work.names import APPLICATION, QUEUES, SCHEMA, VERSION, Kind, Work, work_of
from pipeline.service.work.system import system_url
from pipeline.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient

__all__ = ["RUNNING", "WAITING", "Asker"]

WAITING = ("ENQUEUED", "DELAYED")
RUNNING = ("PENDING",)


class Asker:
    """Safe to share between threads.

    Args:
        patient: wait for a lost database to come back, as a worker may; else raise.
    """

    def __init__(self, settings: Settings, *, patient: bool) -> None:
        from dbos import DBOSClient

        self.client: DBOSClient = DBOSClient(
            system_database_url=system_url(settings),
            dbos_system_schema=SCHEMA,
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=patient,
        )

    def close(self) -> None:
        self.client.destroy()

    def ask(self, work: Work, *, priority: int, delay: float = 0.0) -> None:
        """Queue ``work``; nothing happens where this generation of it was ever queued.

        Args:
            delay: seconds before it may begin.
        """
        options: Any = {
            "workflow_name": work.kind.value,
            "queue_name": QUEUES[work.kind],
            "workflow_id": work.id,
            "app_version": VERSION,
            "priority": priority,
        }
        if delay > 0:
            options["delay_seconds"] = delay
        self.client.enqueue(options, work.subject)

    def ask_again(self, work: Work, *, priority: int, delay: float = 0.0, beside: bool = False) -> Work | None:
        """Queue ``work`` unless it is under way, as a further generation where earlier ones have ended.

        Args:
            beside: also where it is running: what it began with may be out of date.

        Returns:
            What was queued; None where it is under way.
        """
        last = self.last(work)
        if last is not None:
            status, generation = last
            if status in WAITING or (status in RUNNING and not beside):
                return None
            work = Work(work.kind, work.key, generation + 1)
        self.ask(work, priority=priority, delay=delay)
        return work

    def last(self, work: Work) -> tuple[str, int] | None:
        """Return status and number of the newest generation of ``work``; None where it was never asked for."""
        found = self.client.list_workflows(workflow_id_prefix=work.stem, load_input=False, load_output=False)
        known = ((work_of(each.workflow_id), each.status) for each in found)
        generations = [(w.generation, s) for w, s in known if w is not None and w.stem == work.stem]
        if not generations:
            return None
        generation, status = max(generations)
        return status, generation

    def under_way(self, kind: Kind) -> set[str]:
        """Return the ids of all rows of which some generation of ``kind`` waits or runs."""
        found = self.client.list_workflows(
            name=kind.value, status=[*WAITING, *RUNNING], load_input=False, load_output=False
        )
        return {work.subject for each in found if (work := work_of(each.workflow_id)) is not None}
