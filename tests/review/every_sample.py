"""Review every sample in one process, its models loaded once, as a service would. Run with the folder to write to.

Each sample's reports lie in a folder of its name; where a review broke, the reason lies there instead.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

from pipeline.intake import Decoder
from pipeline.reading import Reader
from pipeline.reporting import write_all
from pipeline.review import Request, review
from pipeline.settings import Settings
from tests.samples.truth import case_folders, load_truth

BROKE = "broke.txt"


def main(out: Path) -> None:
    settings = Settings()
    with Reader(settings.ocr) as reader, Decoder(settings.intake) as decoder:
        for folder in case_folders():
            made = out / folder.name
            try:
                with tempfile.TemporaryDirectory() as work:
                    request = Request(paths=(folder,), as_of=load_truth(folder).as_of)
                    result = review(request, settings=settings, work=Path(work), reader=reader, decoder=decoder)
                write_all(result, made)
            except Exception:
                made.mkdir(parents=True, exist_ok=True)
                (made / BROKE).write_text(traceback.format_exc(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
