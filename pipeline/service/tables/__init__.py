"""The tables. One module each for cases, decisions, people and the trail."""

from __future__ import annotations

from pipeline.service.tables.base import Base, new_id
from pipeline.service.tables.cases import Application, Assessment, Correction, Identity, PageRow, Upload
from pipeline.service.tables.decisions import Approval, Decision, Outcome, QualitySample
from pipeline.service.tables.keys import DataKey, MasterKey
from pipeline.service.tables.people import (
    ApiKey,
    IdempotencyKey,
    Session,
    Throttle,
    User,
    Webhook,
    WebhookDelivery,
)
from pipeline.service.tables.trail import TrailHead, TrailRow
from pipeline.service.tables.uploading import UploadPart, UploadSession
from pipeline.service.tables.work import WorkerRow

__all__ = [
    "ApiKey",
    "Application",
    "Approval",
    "Assessment",
    "Base",
    "Correction",
    "DataKey",
    "Decision",
    "IdempotencyKey",
    "Identity",
    "MasterKey",
    "Outcome",
    "PageRow",
    "QualitySample",
    "Session",
    "Throttle",
    "TrailHead",
    "TrailRow",
    "Upload",
    "UploadPart",
    "UploadSession",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WorkerRow",
    "new_id",
]
