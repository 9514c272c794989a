"""Work that may crash, hang or eat memory, done in processes of its own: OCR engines and decoders of uploads."""

from __future__ import annotations

from pipeline.workers.pool import WorkerPool, default_workers
from pipeline.workers.result import Done, Failed, FailureKind, Result, TaskError
from pipeline.workers.sandbox import Sandbox

__all__ = ["Done", "Failed", "FailureKind", "Result", "Sandbox", "TaskError", "WorkerPool", "default_workers"]
