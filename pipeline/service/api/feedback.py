"""Routes: what the applicant still has to do, and the report for systems of the bureau."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from pipeline.service import casework
from pipeline.service.access import NotFoundError, find
from pipeline.service.api.keys import Reader, ReportReader
from pipeline.service.api.models import Model
from pipeline.service.api.returned import ReturnedOut, returned_of
from pipeline.service.api.routing import router
from pipeline.service.api.seeing import note_view
from pipeline.service.api.uploads import ApplicationId
from pipeline.service.api.views import files_out
from pipeline.service.casework.outside import report_for_outside
from pipeline.service.people.current import TheOffice
from pipeline.service.states import PageState
from pipeline.service.tables import Application

__all__ = ["feedback"]

_BUSY = frozenset({PageState.WAITING, PageState.READING})


class PageRefOut(Model):
    file: str
    number: int
    page: str | None = Field(description="页的 id，可取图像 · id for the image")


class LostOut(Model):
    file: str
    number: int | None
    why: str = Field(examples=["这个文件打不开，请重新拍照上传。"])


class RetakeOut(Model):
    at: PageRefOut
    label: str = Field(description="像是什么材料", examples=["检验报告单"])
    why: list[str] = Field(examples=[["照片太模糊"]])
    how: str = Field(description="怎样拍好")


class NeededOut(Model):
    need: str = Field(description="还需要什么", examples=["近期的心脏超声报告"])
    why: str
    accepts: list[str] = Field(description="哪些算数")
    alternatives: list[str] = Field(description="没有的话，哪些也可以")
    where: str = Field(description="在哪里办")


class ReceivedOut(Model):
    label: str
    date: str
    hospital: str
    pages: list[PageRefOut]
    note: str


class FeedbackOut(Model):
    """办事人要做的事；从不说是否符合 · a list of things to do, never a verdict."""

    reading: bool = Field(description="还有页面没有读完，结果还会变 · pages are still being read")
    of_revision: int | None = Field(description="依据哪一版材料；空为还没有 · which revision this is of")
    revision: int = Field(description="现在的材料是第几版")
    made_at: dt.datetime | None
    diseases: list[str]
    to_do: int = Field(description="要做的事的件数；0 不代表会通过 · zero says nothing of the decision")
    returned: ReturnedOut | None = Field(description="审核人退回时要求补充的 · what the reviewer asks for")
    lost: list[LostOut] = Field(description="没有打开或没有读出来的")
    retake: list[RetakeOut] = Field(description="请重拍")
    heed: list[RetakeOut] = Field(description="已收下，重拍会更好")
    needed: list[NeededOut] = Field(description="还需要的材料")
    received: list[ReceivedOut] = Field(description="已收到的材料")


@router.get(
    "/applications/{application}/feedback",
    tags=["进展 Progress"],
    summary="还要做什么 · What is left to do",
    description="材料读完后几秒内就有；还在读时给出上一次的结果并注明 reading。",
)
def feedback(office: TheOffice, actor: Reader, application: ApplicationId) -> FeedbackOut:
    with office.database.read() as session:
        shown = _feedback(session, find(session, actor, application))
    note_view(office, actor, "feedback.view", application, revision=shown.of_revision)
    return shown


@router.get(
    "/applications/{application}/report.json",
    tags=["进展 Progress"],
    summary="审核报告（仅限经办机构的系统）· Report for reviewers",
    description=(
        "yushen.report.v1，含机器的建议；需要 reports:read，不发给面向群众的渠道。没有则 404。"
        "人工更正在内，但不含更正人和内部说明。"
        "Holds the machine's suggestion, and corrections without accounts and notes; needs the scope reports:read."
    ),
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
def report(office: TheOffice, actor: ReportReader, application: ApplicationId) -> dict[str, Any]:
    with office.database.read() as session:
        assessment = casework.latest_assessment(session, find(session, actor, application))
        if assessment is None:
            raise NotFoundError("report")
        made = report_for_outside(assessment.report)
        revision = assessment.revision
    note_view(office, actor, "report.view", application, revision=revision)
    return made


def _feedback(session: Session, case: Application) -> FeedbackOut:
    files = files_out(session, case)
    assessment = casework.latest_assessment(session, case)
    told = casework.feedback_of(assessment) if assessment is not None else casework.Feedback()
    ids = {(page.file, page.number): page.id for file in files for page in file.pages}

    def ref(at: casework.PageRef) -> PageRefOut:
        return PageRefOut(file=at.file, number=at.page, page=ids.get((at.file, at.page)))

    def retake(one: casework.RetakePage) -> RetakeOut:
        return RetakeOut(at=ref(one.at), label=one.label, why=list(one.why), how=one.how)

    return FeedbackOut(
        reading=any(f.state in _BUSY or any(p.state in _BUSY for p in f.pages) for f in files),
        of_revision=assessment.revision if assessment is not None else None,
        revision=case.revision,
        made_at=assessment.made_at if assessment is not None else None,
        diseases=list(told.diseases),
        to_do=told.to_do,
        returned=returned_of(session, case),
        lost=[LostOut(file=one.file, number=one.page, why=one.why) for one in told.lost],
        retake=[retake(one) for one in told.retake],
        heed=[retake(one) for one in told.heed],
        needed=[
            NeededOut(
                need=one.need,
                why=one.why,
                accepts=list(one.accepts),
                alternatives=list(one.alternatives),
                where=one.where,
            )
            for one in told.needed
        ],
        received=[
            ReceivedOut(
                label=one.label,
                date=one.date,
                hospital=one.hospital,
                pages=[ref(page) for page in one.pages],
                note=one.note,
            )
            for one in told.received
        ],
    )
