"""The process of one run: ``python -m pipeline.service.analysis.replays PARENT RUN``, settings as JSON on stdin."""

from __future__ import annotations

import os
import sys

from pipeline.service import logs
from pipeline.service.analysis.replays.judging import judge_again
from pipeline.service.analysis.replays.runs import run_of
from pipeline.service.office import open_office
from pipeline.settings import Settings

_NICE = 10
"""People go before replays."""


def main() -> int:
    parent, id = int(sys.argv[1]), sys.argv[2]
    settings = Settings.model_validate_json(sys.stdin.buffer.read())
    logs.configure()
    os.nice(_NICE)
    office = open_office(settings, upgrade=False)
    try:
        run = run_of(office, id)
        if run is None:
            return 2
        judge_again(office, run, check=lambda: _follow(parent))
    finally:
        office.close()
    return 0


def _follow(parent: int) -> None:
    """End with the server that started this one: nobody would ask for the result."""
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())
