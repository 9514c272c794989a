"""Replay for the dashboard: cases of the service judged again by another version of the rules, in a process of its own.

An analyst chooses or uploads a version; a child process of the web server reads the stored facts out of the database,
without identity, judges them by both versions and leaves the result in the data folder. Pages only read that folder.
"""

from pipeline.service.analysis.replays.runs import (
    BusyError,
    Progress,
    Run,
    State,
    progress_of,
    result_of,
    run_of,
    runs_of,
    start,
    state_of,
    told_of,
)
from pipeline.service.analysis.replays.versions import CURRENT, Version, kept_version, versions_of

__all__ = [
    "CURRENT",
    "BusyError",
    "Progress",
    "Run",
    "State",
    "Version",
    "kept_version",
    "progress_of",
    "result_of",
    "run_of",
    "runs_of",
    "start",
    "state_of",
    "told_of",
    "versions_of",
]
