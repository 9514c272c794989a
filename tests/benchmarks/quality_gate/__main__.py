"""Measures the quality gate: false alarms on usable pages, detections by code.

    python -m tests.benchmarks.quality_gate --pages 75 --seed 1
    python -m tests.benchmarks.quality_gate --pages 50 --seed 1 --split held-out

Pages are factory papers under the recipes of the camera, three of five usable. Thresholds are chosen on development
families; held-out ones are for reporting only. Drawing and reading take some seconds a page; pages and readings are
kept in the temporary folder.
"""

from __future__ import annotations

import argparse
import sys
import time

import cv2

from pipeline.reading.quality import issues, measure
from tests.benchmarks.quality_gate.drawing import Shot, shots
from tests.benchmarks.quality_gate.readings import Readings, decode
from tests.benchmarks.quality_gate.recall import recall
from tests.benchmarks.quality_gate.score import Outcome, lines_of


def outcome(shot: Shot, readings: Readings) -> Outcome:
    """Let the gate judge one page."""
    reading = readings.of(shot.jpeg)
    image = decode(shot.jpeg)
    started = time.process_time()
    found = issues(reading, measure(image, reading.text_height, reading), where="这张图片")
    seconds = time.process_time() - started
    return Outcome(
        name=f"{shot.name} ({shot.family})",
        unusable=shot.unusable,
        refused=next((issue.code for issue in found if issue.retake), None),
        warned=tuple(issue.code for issue in found if not issue.retake),
        recall=recall(shot.texts, reading),
        printed=len(shot.texts),
        seconds=seconds,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quality_gate", description=__doc__)
    parser.add_argument("--pages", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("development", "held-out"), default="development")
    parser.add_argument("--fresh", action="store_true", help="read pages again that an earlier program has read")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    readings = Readings(fresh=arguments.fresh)
    outcomes = []
    for shot in shots(arguments.pages, seed=arguments.seed, split=arguments.split, kept=readings.folder):
        outcomes.append(outcome(shot, readings))
        print(f"\r{len(outcomes)} of {arguments.pages}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"{arguments.split} families, {len(outcomes)} pages, seed {arguments.seed}\n")
    print("\n".join(lines_of(outcomes)))


if __name__ == "__main__":
    main()
