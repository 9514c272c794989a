"""``python -m pipeline.reporting`` writes report.schema.json anew from :mod:`pipeline.reporting.schema`."""

from __future__ import annotations

import json

from pipeline.reporting.schema import SCHEMA_FILE, json_schema

if __name__ == "__main__":
    SCHEMA_FILE.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
