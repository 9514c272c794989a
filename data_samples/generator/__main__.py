"""``python -m data_samples.generator --out DIR [--case SLUG] [--seed N] [--fonts DIR]``: render the samples."""

from __future__ import annotations

import argparse
from pathlib import Path

from data_samples.generator.case import write_case
from data_samples.generator.cases import CASES
from data_samples.generator.fonts import add_font_dirs


def main() -> None:
    """Render all cases, or those named, into ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m data_samples.generator", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder that receives one folder per case")
    parser.add_argument("--case", action="append", choices=sorted(CASES), help="only this case (repeatable)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="folder with further fonts")
    options = parser.parse_args()
    add_font_dirs(options.fonts)
    for slug in options.case or sorted(CASES):
        write_case(CASES[slug](options.seed), options.out / slug, seed=options.seed)
        print(slug)


if __name__ == "__main__":
    main()
