"""Replay: stored cases judged again by another version of the rules, and what that would change for whom."""

from pipeline.audit.replay.cluster import ClusterError
from pipeline.audit.replay.effects import EFFECTS, Effect
from pipeline.audit.replay.records import FactsSource, Record, SourceError
from pipeline.audit.replay.result import Replay
from pipeline.audit.replay.runners import WorkError
from pipeline.audit.replay.running import replay, replay_regions
from pipeline.audit.replay.sources import HeldFacts, open_facts

__all__ = [
    "EFFECTS",
    "ClusterError",
    "Effect",
    "FactsSource",
    "HeldFacts",
    "Record",
    "Replay",
    "SourceError",
    "WorkError",
    "open_facts",
    "replay",
    "replay_regions",
]
