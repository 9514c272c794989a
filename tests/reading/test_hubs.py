"""A reading process loads no client of a model hub, and none of what those load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.reading.hubs import NoHubError, no_hubs

_PROGRAM = """
import sys
from pipeline.reading import worker
from pipeline.settings import OcrSettings
worker.prepare(OcrSettings())
print(*sorted({"torch", "modelscope", "aistudio_sdk", "transformers"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_hubs_and_torch_are_not_in_a_reading_process() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == ""


def test_hubs_stand_ins_refuse_and_leave() -> None:
    there = "modelscope" in sys.modules
    with no_hubs():
        import modelscope

        if not there:
            with pytest.raises(NoHubError):
                modelscope.snapshot_download("PaddlePaddle/PP-OCRv6_small_det")
    assert ("modelscope" in sys.modules) is there
