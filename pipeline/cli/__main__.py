"""``python -m pipeline.cli`` is the same as ``yushen``."""

from __future__ import annotations

import sys

from pipeline.cli.main import main

sys.exit(main())
