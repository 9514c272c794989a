"""One run from its folder to its result. Meant for a process of its own: reading and judging keep a processor busy."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from pipeline.audit.replay import SourceError, WorkError, replay
from pipeline.audit.replay.writing import write_replay
from pipeline.service.analysis.replays.facts import ServiceFacts
from pipeline.service.analysis.replays.forgetting import forget_gone
from pipeline.service.analysis.replays.runs import RESULT, Run, fail, folder_of_run, held, note_progress
from pipeline.service.analysis.replays.versions import rules_of
from pipeline.service.logs import event, places_of
from pipeline.service.office import Office
from rules.engine import RuleError

__all__ = ["judge_again"]

_LOG = logging.getLogger(__name__)
_EVERY = 0.5
"""Seconds between two notes of how far it is."""


def judge_again(office: Office, run: Run, *, processes: int = 0, check: Callable[[], None] | None = None) -> None:
    """Judge, and leave the result or the reason why there is none.

    Args:
        processes: that judge besides this one; 0: one less than the machine has processors, at most four.
        check: called now and then; what it raises ends the run.
    """
    folder = folder_of_run(office, run.id)
    with held(folder) as mine:
        if not mine:
            return
        try:
            _judge(office, run, processes or max(1, min(4, (os.cpu_count() or 1) - 1)), check)
        except RuleError as error:
            place = f"（{error.file.name}{f' 第 {error.line} 行' if error.line else ''}）" if error.file else ""
            fail(folder, f"规则有误{place}：{error.problem}")
        except (SourceError, WorkError) as error:
            fail(folder, str(error))
        except Exception as error:
            event(_LOG, "replay.broke", level=logging.ERROR, error=type(error).__name__, places=places_of(error))
            fail(folder, "重判没有完成，原因已记入服务日志，请联系管理员。")


def _judge(office: Office, run: Run, processes: int, check: Callable[[], None] | None) -> None:
    folder, started, noted = folder_of_run(office, run.id), time.monotonic(), 0.0

    def progress(done: int, total: int | None) -> None:
        nonlocal noted
        if check is not None:
            check()
        if time.monotonic() - noted >= _EVERY or done == 0:
            note_progress(folder, done, total)
            noted = time.monotonic()

    old, new = (rules_of(office, id, run.region) for id in (run.old, run.new))
    found = replay(ServiceFacts(office, run.region), old, new, processes=processes, progress=progress)
    growing = folder / f".{RESULT}"
    write_replay(found, growing, seconds=time.monotonic() - started)
    growing.rename(folder / RESULT)
    forget_gone(office)  # a case may have been erased meanwhile
    event(_LOG, "replay.done", records=found.whole.records, judged=found.judged, changed=found.changed)
