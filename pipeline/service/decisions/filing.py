"""The fields of the national platform's transaction 2503 (人员慢特病备案), as far as a decided case knows them.

What the case does not hold stays null and is listed, with the word for it, so that the platform's operator fills it in.
Nothing is guessed: two hospitals in the deciding evidence are listed as candidates instead of one being chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import Actor, Role
from pipeline.service.applications import LimitError
from pipeline.service.decisions.quality import hide_blind
from pipeline.service.decisions.sheet import assessment_shown
from pipeline.service.office import Office
from pipeline.service.tables import Approval, Identity

__all__ = ["FIELDS", "filing"]

FIELDS: Mapping[str, str] = {
    "psn_no": "人员编号",
    "insutype": "险种类型",
    "opsp_dise_code": "门慢门特病种目录代码",
    "opsp_dise_name": "门慢门特病种名称",
    "tel": "联系电话",
    "addr": "联系地址",
    "insu_optins": "参保机构医保区划",
    "ide_fixmedins_no": "鉴定定点医药机构编号",
    "ide_fixmedins_name": "鉴定定点医药机构名称",
    "hosp_ide_date": "医院鉴定日期",
    "diag_dr_codg": "诊断医师编码",
    "diag_dr_name": "诊断医师姓名",
    "begndate": "开始日期",
    "enddate": "结束日期",
}
_CERTIFYING = ("diagnosis_certificate", "discharge_summary", "application_form")
"""Documents by which a hospital says that the person has the disease; the date of the best one counts."""


def filing(office: Office, actor: Actor, application: str) -> dict[str, Any]:
    """Return the filing of an approved case, and tell the trail: it holds the telephone number.

    Raises:
        NotAllowedError: no reviewer or second reader.
        NotFoundError: the actor may not see the case.
        LimitError: ``not_approved``.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.read() as session:
        case = find(session, actor, application)
        hide_blind(session, actor, application)
        approval = session.scalars(select(Approval).where(Approval.application_id == case.id)).one_or_none()
        if approval is None:
            raise LimitError("not_approved", "只有通过认定的申请才能备案")
        report = assessment_shown(session, case).report
        identity = session.get(Identity, case.id)
    review = report["reviews"][0]
    hospitals, day = _certified(report, review)
    data: dict[str, str | None] = dict.fromkeys(FIELDS)
    data |= {
        "opsp_dise_code": review["disease"]["code"],
        "opsp_dise_name": review["disease"]["name"],
        "tel": (identity.phone.strip() or None) if identity else None,
        "ide_fixmedins_name": hospitals[0] if len(hospitals) == 1 else None,
        "hosp_ide_date": day if len(hospitals) == 1 else None,
        "diag_dr_name": _physician(report),
        "begndate": approval.valid_from.isoformat(),
        "enddate": approval.valid_until.isoformat() if approval.valid_until else None,
    }
    with office.database.write() as session:
        detail = {"revision": case.revision, "empty": sum(value is None for value in data.values())}
        trail.append(session, actor, "filing.make", application=application, detail=detail, at=office.now())
    return {
        "infno": "2503",
        "serial": case.serial,
        "input": {"data": data},
        "to_fill": [{"field": name, "label": FIELDS[name]} for name, value in data.items() if value is None],
        "to_check": [{"field": "opsp_dise_code", "label": FIELDS["opsp_dise_code"], "why": _CODE}],
        "candidates": {"ide_fixmedins_name": hospitals} if len(hospitals) > 1 else {},
    }


_CODE = "病种代码取自公开目录，正式代码以医保信息平台下载的目录为准"


def _certified(report: Mapping[str, Any], review: Mapping[str, Any]) -> tuple[list[str], str | None]:
    """Hospitals whose documents certify the disease in items that are met, and the latest date of the best kind."""
    cited = {row["document"] for item in review["criteria"] if item["status"] == "met" for row in item["evidence"]}
    found = [doc for doc in report["documents"] if doc["id"] in cited and doc["type"] in _CERTIFYING]
    hospitals = sorted({doc["hospital"] for doc in found if doc["hospital"]})
    for kind in _CERTIFYING:
        days = [doc["date"] for doc in found if doc["type"] == kind and doc["date"]]
        if days:
            return hospitals, max(days)
    return hospitals, None


def _physician(report: Mapping[str, Any]) -> str | None:
    names = {
        row["value"].strip()
        for row in report["facts"]["form"]
        if row["field"] == "physician_name" and isinstance(row["value"], str) and row["value"].strip()
    }
    return names.pop() if len(names) == 1 else None
