"""Make synthetic applications with their truth: python -m data_samples.factory --out DIR --cases 100."""

from __future__ import annotations

import argparse
from pathlib import Path

from data_samples.factory.casework import HABITS
from data_samples.factory.make import make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m data_samples.factory", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder that receives one folder per case")
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="case k of a seed is the same whatever --cases")
    parser.add_argument("--split", choices=("development", "held-out"), default="development")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument(
        "--papers", nargs="+", metavar="TYPE", help="papers of these types alone (lab_report ...), to measure reading"
    )
    parser.add_argument("--habit", choices=HABITS, help="how papers are handed in (export: PDF with its text)")
    arguments = parser.parse_args()
    make(
        arguments.out,
        cases=arguments.cases,
        seed=arguments.seed,
        split=arguments.split,
        workers=arguments.workers,
        habit=arguments.habit,
        kinds=None if arguments.papers is None else frozenset(arguments.papers),
    )


if __name__ == "__main__":
    main()
