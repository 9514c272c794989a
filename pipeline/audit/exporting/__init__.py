"""From a folder of report.json to a store."""

from __future__ import annotations

from pipeline.audit.exporting.folder import Exported, export_reports

__all__ = ["Exported", "export_reports"]
