"""Reads development pages with one thing wrong at a time, plainly and with flattening.

    python -m tests.benchmarks.flattening --pages 5
    python -m tests.benchmarks.flattening --pages 3 --effects "curl 0.9" "fold 1.0"

One line for each effect: characters wrong or missed, characters invented, laboratory rows right of those printed (and
silent wrong numbers), CPU seconds a page; before and after.
"""

from __future__ import annotations

import argparse
import time

from pipeline.reading.engine import Engine
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.settings import OcrSettings
from tests.benchmarks.flattening.making import EFFECTS, Taken, taken
from tests.benchmarks.flattening.scoring import Score, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--effects", nargs="*", default=list(EFFECTS), choices=list(EFFECTS))
    parser.add_argument("--verbose", action="store_true", help="one line for each page too")
    options = parser.parse_args()
    settings = OcrSettings()
    engine, orientation = Engine(settings), Orientation(settings.orientation_model)

    def read(one: Taken, flatten: bool) -> Score:
        started = time.process_time()
        reading = read_image(engine, orientation, one.page, side=settings.detection_side, flat=flatten)
        engine.release()
        return score(one, reading, time.process_time() - started, flattened=reading.flattened is not None)

    totals: dict[str, list[Score]] = {effect: [Score(), Score()] for effect in options.effects}
    counts = dict.fromkeys(options.effects, 0)
    for one in taken(options.pages, tuple(options.effects), first=options.first):
        both = [read(one, False), read(one, True)]
        counts[one.effect] += 1
        totals[one.effect] = [a + b for a, b in zip(totals[one.effect], both, strict=True)]
        if options.verbose:
            print(_line(f"{one.label}: {one.effect}", *both, 1), flush=True)
    print("| effect | flattened | wrong or missed | invented | rows right | silent wrong | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for effect, (before, after) in totals.items():
        print(_line(effect, before, after, counts[effect]))


def _line(name: str, before: Score, after: Score, pages: int) -> str:
    def share(one: Score, part: int) -> str:
        return f"{100 * part / max(one.characters, 1):.2f}%"

    return (
        f"| {name} | {after.flattened} of {pages} "
        f"| {share(before, before.wrong)} → {share(after, after.wrong)} "
        f"| {share(before, before.invented)} → {share(after, after.invented)} "
        f"| {before.right} → {after.right} of {after.rows} "
        f"| {before.silent} → {after.silent} "
        f"| {before.seconds / max(pages, 1):.1f} → {after.seconds / max(pages, 1):.1f} |"
    )


if __name__ == "__main__":
    main()
