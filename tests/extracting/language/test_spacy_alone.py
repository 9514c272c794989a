"""PyTorch stays out of processes that only work with rules: the web server, workers, the command line.

And what is large and seldom used is not there when the service begins: it is imported where it is needed.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

CHECK = """
import sys
import pipeline.service.app, pipeline.service.work.worker
large = {"duckdb", "pyarrow", "spacy", "typst", "openpyxl", "altair", "vl_convert", "paddleocr", "torch"}
assert not large & set(sys.modules), sorted(large & set(sys.modules))
import pipeline.extracting.composing
assert "spacy" in sys.modules
assert "torch" not in sys.modules
import importlib.util
assert importlib.util.find_spec("torch") is None or __import__("torch").tensor([2.0]).item() == 2.0
"""


@pytest.mark.slow
def test_spacy_brings_no_torch_and_torch_can_still_be_had() -> None:
    subprocess.run([sys.executable, "-c", CHECK], check=True)
