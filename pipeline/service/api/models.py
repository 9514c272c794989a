"""What travels over the API, as types. Field descriptions are Chinese first, English after the dot."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pipeline.service.codes import Renewal
from pipeline.service.states import Channel, PageState, State

__all__ = [
    "ApplicationCreated",
    "ApplicationIn",
    "ApplicationList",
    "ApplicationOut",
    "ApplicationPatch",
    "Batch",
    "DiseaseRef",
    "FileOut",
    "FilesOut",
    "HistoryOut",
    "Line",
    "Order",
    "PageCounts",
    "PageOut",
    "PersonIn",
    "PersonOut",
    "PlaceNumber",
    "ProblemOut",
    "RenewalIn",
    "RenewalOut",
    "SessionIn",
    "SessionOut",
    "StateChange",
]

# No control characters: none belongs into a name, and PostgreSQL keeps no NUL.
_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
Line = Annotated[str, StringConstraints(max_length=64, pattern=_LINE)]
Name = Annotated[str, StringConstraints(max_length=128, pattern=_LINE)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Batch = Annotated[
    str,
    StringConstraints(max_length=36, pattern=r"^[0-9A-Za-z-]*$"),
    Field(description="同一次选择的文件写同一个批号 · files chosen together have one batch"),
]
PlaceNumber = Annotated[
    int,
    Field(ge=0, le=1_000_000, description="在批内第几个；先到后到都按它排 · place in the batch, however they arrive"),
]
RowId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldProblem(Model):
    field: str = Field(description="哪一项 · where", examples=["body.person.name"])
    code: str = Field(examples=["missing"])
    detail: str = Field(examples=["缺少这一项"])


class ProblemOut(BaseModel):
    """错误（RFC 9457）。``code`` 不变，供程序判断；``detail`` 可直接给办事人看。"""

    type: str = Field(examples=["urn:yushen:problem:not_open"])
    title: str = Field(description="English, for developers")
    status: int = Field(examples=[409])
    code: str = Field(description="固定的错误代码 · stable code", examples=["not_open"])
    detail: str = Field(description="中文说明 · for people", examples=["申请已提交，暂时不能修改材料"])
    errors: list[FieldProblem] | None = None
    number: str | None = Field(default=None, description="程序出错时的编号 · of an unexpected error")


class PersonIn(Model):
    """参保人和代办人；不知道的不填。"""

    name: Name | None = Field(default=None, description="参保人姓名 · applicant", examples=["测试一"])
    id_number: Line | None = Field(default=None, description="证件号码 · ID number", examples=["999999196803120010"])
    phone: Line | None = Field(default=None, description="手机号码 · phone", examples=["13900000000"])
    agent_name: Name | None = Field(default=None, description="代办人姓名 · agent")
    agent_id_number: Line | None = Field(default=None, description="代办人证件号码")
    agent_phone: Line | None = Field(default=None, description="代办人手机号码")
    agent_relation: Annotated[str, StringConstraints(max_length=32, pattern=_LINE)] | None = Field(
        default=None, description="与参保人的关系 · relation to the applicant", examples=["子女"]
    )


class PersonOut(Model):
    """参保人和代办人，已遮盖 · masked."""

    name: str = Field(examples=["测**"])
    id_number: str = Field(examples=["999999********0010"])
    phone: str = Field(examples=["139****0000"])
    agent_name: str
    agent_id_number: str
    agent_phone: str
    agent_relation: str


class ApplicationIn(Model):
    """新申请。病种可以稍后再选。"""

    region: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = Field(
        default=None, description="地区；不填为密钥唯一的地区或本系统的地区 · default: the key's only region"
    )
    disease: Name | None = Field(
        default=None,
        description="病种：编号、名称、别名或国家编码 · id, name, alias or code",
        examples=["hypertension"],
    )
    person: PersonIn | None = None


class ApplicationPatch(Model):
    """要改的几项；不写的不变。"""

    disease: Name | None = Field(default=None, examples=["hypertension"])
    person: PersonIn | None = None


class DiseaseRef(Model):
    id: str = Field(examples=["hypertension"])
    name: str = Field(examples=["高血压病"])
    code: str | None = Field(default=None, description="国家病种编码 · national code", examples=["M03900"])


class PageCounts(Model):
    """各状态的页数；还没有拆成页的文件算一页 · files whose pages are not known yet count as one."""

    waiting: int
    reading: int
    done: int
    failed: int
    retake: int = Field(description="需要重拍的页数 · pages to take again")


class ApplicationOut(Model):
    id: str = Field(examples=["5f0c2b1e8d9a4c7f9b1e2d3c4b5a6978"])
    serial: str = Field(description="受理编号 · serial number", examples=["YS20260316-0000123"])
    channel: Channel
    region: str = Field(examples=["jiangxi"])
    disease: DiseaseRef | None
    person: PersonOut
    state: State
    state_label: str = Field(examples=["填写中"])
    round: int = Field(description="第几次提交；退回后加一 · grows with each return for material")
    revision: int = Field(description="材料每变一次加一 · grows with every change of material")
    editable: bool = Field(description="现在能否增减材料 · whether material may be changed now")
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    due_on: dt.date | None = Field(description="办结期限（20 个工作日）· due date")
    due_provisional: bool = Field(description="期限跨入尚未公布节假日安排的年份，可能变动 · may still move")
    working_days_left: int | None = Field(description="剩余工作日，负数为已超期；办结后为空 · working days left")
    decided_at: dt.datetime | None
    files: int
    pages: PageCounts
    feedback_ready: bool = Field(description="现有材料是否都已读完并有反馈 · feedback is of the present material")


class ApplicationCreated(ApplicationOut):
    query_code: str = Field(
        description="查询码，只在这里给出一次；凭它和受理编号可以查看申请 · shown only here",
        examples=["7KQM-X2PA-9HTD"],
    )


class RenewalIn(Model):
    """为什么补发查询码。"""

    reason: Renewal = Field(
        description="lost 丢失，leaked 可能泄露，agent_changed 更换代办人，not_received 当时没有拿到", examples=["lost"]
    )


class RenewalOut(Model):
    serial: str = Field(examples=["YS20260316-0000123"])
    query_code: str = Field(
        description="新的查询码，只在这里给出一次；原来的已失效 · shown only here, the old one is dead",
        examples=["7KQM-X2PA-9HTD"],
    )


class ApplicationList(Model):
    items: list[ApplicationOut]
    next_before: str | None = Field(description="下一页的 before；空为没有更多 · pass as `before`")


class PageOut(Model):
    id: str
    file: str = Field(description="来自哪个文件；压缩包内为 包名/文件名", examples=["出院小结.pdf"])
    number: int = Field(description="文件内第几页，从 1 起", examples=[1])
    width: int
    height: int
    state: PageState
    state_label: str = Field(examples=["识别中"])
    code: str = Field(description="失败或重拍的原因代码 · why, as a code")
    why: str = Field(description="为什么，以及怎么办 · why and what to do")
    retake: bool = Field(description="需要重拍 · should be taken again")


class FileOut(Model):
    id: str
    name: str
    size: int
    sha256: str
    position: int = Field(description="次序，从 0 起")
    round: int = Field(description="第几次提交时交来的")
    uploaded_at: dt.datetime
    removable: bool = Field(description="现在能否删除 · may be removed now")
    state: PageState
    state_label: str
    code: str
    why: str
    pages: list[PageOut]


class FilesOut(Model):
    items: list[FileOut]


class Order(Model):
    order: list[RowId] = Field(max_length=1000, description="全部文件的 id，按想要的次序 · every file's id once")


class StateChange(Model):
    seq: int = Field(description="记录序号，越大越新")
    at: dt.datetime
    state: State
    state_label: str
    by: Literal["applicant", "channel", "bureau", "system"]


class HistoryOut(Model):
    items: list[StateChange]


class SessionIn(Model):
    """分段上传的大文件。"""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)] = Field(
        examples=["病历扫描.pdf"]
    )
    size: int = Field(gt=0, le=2**31 - 1, description="字节数 · bytes", examples=[31457280])
    sha256: Digest = Field(description="整个文件的 SHA-256，小写十六进制")
    batch: Batch = ""
    place: PlaceNumber | None = None


class SessionOut(Model):
    id: str
    name: str
    size: int
    sha256: str
    received: int = Field(description="已安全保存的字节数，从这里接着传 · send the next part from here")
    part_limit: int = Field(description="每一段最多多少字节 · largest part")
    expires_at: dt.datetime
    upload: str | None = Field(description="完成后成为的文件的 id · the file it became")
