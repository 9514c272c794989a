"""Imports spaCy without PyTorch. Import this before anything else of spaCy.

Where PyTorch is installed spaCy's machine learning library loads it, for models that it might be given: seconds and
hundreds of megabytes in each process, the web server among them. The pipeline here has rules only.
"""

from __future__ import annotations

import sys
from typing import Any

_NAME = "torch"

if _NAME not in sys.modules:
    modules: dict[str, Any] = sys.modules
    modules[_NAME] = None  # importing it fails now, as where it is not installed
    try:
        import spacy  # noqa: F401 - for its being imported
    finally:
        del modules[_NAME]
