"""How many names of hospitals are read exactly from drawn seals, on pages of the development families.

    python -m tests.benchmarks.seal_names --count 40            # clean pages, 200 dots per inch
    python -m tests.benchmarks.seal_names --count 40 --camera   # photographed and scanned

Prints what was not read, the shares, false contradictions (a seal that would be taken for another hospital's) and
processor time per seal. Held-out families are never drawn.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from data_samples.factory.camera import RECIPES, capture
from data_samples.factory.capture import CleanPage
from data_samples.factory.family import families
from data_samples.factory.papers import COMPOSE, example
from pipeline.reading.engine import Engine
from pipeline.reading.pixels import Image, text_height
from pipeline.reading.stamps import read_seals
from pipeline.settings import OcrSettings
from rules.vocabulary.hospitals.matching import same_hospital

_DPI = 200
_LONGEST = 3200
_CLEAR = 0.9


@dataclass(frozen=True)
class Sealed:
    """The page of a paper that carries its seal."""

    label: str
    page: Image
    hospital: str
    purposes: tuple[str, ...]


def sealed_pages(count: int, *, camera: bool, first: int = 1) -> Iterator[Sealed]:
    """Yield ``count`` sealed pages, every type in turn."""
    recipes = [recipe for recipe in RECIPES.values() if recipe.medium in ("scan", "photo") and recipe.sheets == 1]
    weights = np.array([recipe.weight for recipe in recipes], dtype=float)
    kinds = [kind for kind in COMPOSE if kind not in ("identity_card", "other")]
    seed = first - 1
    while count:
        seed += 1
        kind, random = kinds[seed % len(kinds)], np.random.default_rng(seed)
        paper = example(kind, random)
        fitting = [f for f in families("development") if kind in f.types and "photo" in f.media and f.fits(paper)]
        if not paper.seals or not fitting:
            continue
        family = fitting[seed % len(fitting)]
        drawn = family.draw(paper, random)
        picture, page, label = drawn.pictures(_DPI)[-1], drawn.pages[-1], f"{seed} {family.id}"
        if camera:
            recipe = recipes[int(random.choice(len(recipes), p=weights / weights.sum()))]
            clean = CleanPage(image=picture, lines=page.lines, marks=page.marks, dpi=_DPI)
            taken = capture([clean], recipe, random)
            picture, label = taken.image, f"{label} {recipe.id}"
            if taken.grey:
                picture = np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))
            _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, taken.quality])
            picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
        factor = min(1.0, _LONGEST / max(picture.shape[:2]))
        if factor < 1:
            picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
        count -= 1
        pixels = np.ascontiguousarray(picture[:, :, ::-1]).astype(np.uint8)
        yield Sealed(label, pixels, paper.hospital.name, paper.seals)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.seal_names", description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--camera", action="store_true")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    arguments = parser.parse_args()
    engine = Engine(OcrSettings())
    total = found = exact = purposes = contradicted = 0
    seconds: list[float] = []
    for sealed in sealed_pages(arguments.count, camera=arguments.camera, first=arguments.first):
        glyph = text_height(sealed.page)
        started = time.process_time()
        seals = read_seals(engine, sealed.page, glyph=glyph)
        seconds.append(time.process_time() - started)
        total += 1
        if not seals:
            sys.stdout.write(f"not found: {sealed.label}\n")
            continue
        seal = max(seals, key=lambda one: one.confidence)
        found += 1
        exact += seal.text == sealed.hospital
        purposes += seal.centre in sealed.purposes
        contradicted += seal.confidence >= _CLEAR and same_hospital(seal.text, sealed.hospital) is False
        if seal.text != sealed.hospital:
            sys.stdout.write(f"{sealed.label}: {sealed.hospital} read {seal.text} ({seal.confidence:.2f})\n")
    sys.stdout.write(
        f"{total} seals: {found} found, {exact} names exact ({exact / max(total, 1):.0%} of all, "
        f"{exact / max(found, 1):.0%} of found), {purposes} purposes exact, {contradicted} taken for another "
        f"hospital's, median {statistics.median(seconds) * 1000:.0f} ms a page\n"
    )


if __name__ == "__main__":
    main()
