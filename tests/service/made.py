"""Applications with invented pages that are read already: rows as the workers leave them, without OCR.

A page is drawn as text in the manner of :func:`tests.classifying.paper.sheet`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from PIL import Image

from pipeline.nouns import QualityIssue
from pipeline.reading.stored import reading_to_json
from pipeline.service import applications
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor, ActorKind
from pipeline.service.applications import Person
from pipeline.service.casework.rows import page_to_json
from pipeline.service.office import Office
from pipeline.service.states import Channel, PageState
from pipeline.service.tables import Application, PageRow
from tests.classifying.paper import HEIGHT, WIDTH, sheet

__all__ = [
    "DISCHARGE",
    "ECHO",
    "HYPERTENSION",
    "LABS",
    "UNKNOWN_LEVEL",
    "add_file",
    "add_read_file",
    "applicant",
    "made_application",
    "page_picture",
    "submit",
]

DISCHARGE = """
# 江州市第一人民医院
# 出院小结
医院等级：三级甲等
姓名：张建国 | 性别：男 | 年龄：58岁
科室：心血管内科 | 住院号：20260011
入院日期：2026-01-10 | 出院日期：2026-01-20
入院诊断：高血压
出院诊断：
1.高血压病3级 极高危
2.2型糖尿病
出院医嘱：
1.苯磺酸氨氯地平片 5mg 口服 每日一次
医师签名：李明
"""
UNKNOWN_LEVEL = DISCHARGE.replace("医院等级：三级甲等\n", "")
"""The same record of a hospital whose level is not printed."""
ECHO = """
# 江州市第一人民医院
# 超声心动图报告单
姓名：张建国 | 性别：男 | 年龄：58岁
检查日期：2026-01-12 | 科室：心血管内科
检查所见：
室间隔厚度13mm，左室后壁厚度12mm。
左室射血分数62%。
超声提示：
左心室肥厚
报告医师：王芳 | 报告日期：2026-01-12
"""
LABS = """
# 江州市第一人民医院
# 检验报告单
姓名：张建国 | 性别：男 | 年龄：58岁
标本：血清 | 采样时间：2026-01-11 07:30 | 报告时间：2026-01-11 10:02
项目名称 | 结果 | 单位 | 参考范围
肌酐 | 88 | μmol/L | 57-97
尿素 | 5.2 | mmol/L | 3.1-8.0
葡萄糖 | 8.9 ↑ | mmol/L | 3.9-6.1
钾 | 4.1 | mmol/L | 3.5-5.3
检验者：赵一 | 审核者：钱二
"""
HYPERTENSION: Mapping[str, Sequence[str]] = {"出院.jpg": (DISCHARGE,), "心超.jpg": (ECHO,), "化验.jpg": (LABS,)}
"""Files of a case of hypertension: what :data:`DISCHARGE` and :data:`ECHO` state meets the items."""


def made_application(
    office: Office,
    files: Mapping[str, Sequence[str]] = HYPERTENSION,
    *,
    disease: str | None = "hypertension",
    submitted: bool = True,
    name: str = "张建国",
    confidence: float = 0.98,
) -> str:
    """Make an application whose ``files`` (name -> drawn pages) are uploaded and read, and return its id."""
    with office.database.write() as session:
        made, _ = applications.create(
            session,
            SYSTEM,
            office,
            channel=Channel.WEB,
            region="jiangxi",
            disease=disease,
            person=Person(name=name, id_number="999999196803120010", phone="13900000000"),
        )
        application = made.id
    for file, pages in files.items():
        add_read_file(office, application, file, pages, confidence=confidence)
    if submitted and files:
        submit(office, application)
    return application


def applicant(application: str) -> Actor:
    return Actor(kind=ActorKind.APPLICANT, id=application)


def add_file(office: Office, application: str, name: str, data: bytes) -> str:
    """Upload bytes that nobody has read yet, and return the upload's id."""
    incoming = applications.store(office, application, name, io.BytesIO(data), len(data))
    with office.database.write() as session:
        case = find(session, SYSTEM, application, lock=True)
        upload, _ = applications.add_upload(session, applicant(application), office, case, incoming)
        return upload.id


def add_read_file(
    office: Office,
    application: str,
    name: str,
    pages: Sequence[str],
    *,
    confidence: float = 0.98,
    quality: tuple[QualityIssue, ...] = (),
) -> str:
    """Upload a file and write what a worker would write after reading ``pages``; return the upload's id."""
    data = "\f".join(pages).encode()
    upload_id = add_file(office, application, name, data)
    image = office.blobs.of(application).put(page_picture())
    with office.database.write() as session:
        case = find(session, SYSTEM, application, lock=True)
        upload = next(u for u in applications.uploads_of(session, case) if u.id == upload_id)
        for position, text in enumerate(pages):
            session.add(_row(upload_id, name, upload.sha256, position, text, image, confidence, quality))
        upload.state = PageState.DONE
    return upload_id


def _row(
    upload: str,
    name: str,
    sha256: str,
    position: int,
    text: str,
    image: str,
    confidence: float,
    quality: tuple[QualityIssue, ...],
) -> PageRow:
    read = sheet(text, file=name)
    page = replace(read.page, file_sha256=sha256, number=position + 1)
    lines = tuple(replace(line, confidence=confidence) for line in read.lines)
    return PageRow(
        upload_id=upload,
        position=position,
        member=name,
        number=position + 1,
        width=page.width,
        height=page.height,
        image=image,
        page=page_to_json(page),
        state=PageState.DONE,
        retake=any(issue.retake for issue in quality),
        reading=reading_to_json(replace(read, page=page, lines=lines, quality=quality)),
    )


@cache
def page_picture(shade: int = 255) -> bytes:
    """Return a blank page as PNG."""
    out = io.BytesIO()
    Image.new("L", (WIDTH, HEIGHT), shade).save(out, "PNG")
    return out.getvalue()


def submit(office: Office, application: str) -> None:
    with office.database.write() as session:
        case: Application = find(session, applicant(application), application, lock=True)
        applications.submit(session, applicant(application), office, case)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
