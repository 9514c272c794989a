"""Print an example paper as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json

import numpy as np

from data_samples.factory.papers import COMPOSE, example


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m data_samples.factory.papers", description=__doc__)
    parser.add_argument("--example", choices=sorted(COMPOSE), required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    paper = example(arguments.example, np.random.default_rng(arguments.seed))
    print(json.dumps(dataclasses.asdict(paper), ensure_ascii=False, indent=1, default=str))


if __name__ == "__main__":
    main()
