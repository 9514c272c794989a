"""What material is missing, and where it was handed in but could not be read."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import interval_chart, limit_columns, limits
from pipeline.audit.store import Store

__all__ = ["missing_material", "picture_trouble"]

_NEEDS = f"""WITH {SCOPE}
SELECT n.application_id, s.disease, s.disease_name, n.criterion, n.material, n.photo_problem
FROM needs n JOIN judgements j USING (judgement_id) JOIN scope s ON s.application_id = n.application_id
WHERE j.applied AND j.round = 1 AND ($criterion IS NULL OR n.criterion = $criterion)"""  # noqa: S608
_FIRST = f"""WITH {SCOPE}
SELECT s.disease, count(*) AS total FROM judgements j JOIN scope s ON s.application_id = j.application_id
WHERE j.applied AND j.round = 1 GROUP BY s.disease"""  # noqa: S608
_PAGES = f"""WITH {SCOPE}
SELECT d.application_id, d.document, d.type, d.type_label, d.pages, d.retake_pages, s.channel
FROM documents d JOIN scope s USING (application_id) WHERE NOT d.duplicate AND d.medium IS DISTINCT FROM 'text_layer'"""  # noqa: S608
_PHOTO = ("photo_low", "photo_high")


def missing_material(store: Store, filters: Filters | None = None) -> Answer:
    """Which material first submissions lack most, and how often it had been handed in on an unusable picture."""
    params = (filters or Filters()).params
    totals = {row["disease"]: row["total"] for row in store.query(_FIRST, params)}
    rows = store.query(
        f"""SELECT disease, any_value(disease_name) AS disease_name, criterion, material,
               any_value(disease_name) || '：' || material AS place,
               count(DISTINCT application_id) AS applications,
               count(DISTINCT application_id) FILTER (photo_problem) AS photo
        FROM ({_NEEDS}) GROUP BY disease, criterion, material ORDER BY applications DESC, disease, criterion""",  # noqa: S608
        params,
    )
    for row in rows:
        row["absent"] = row["applications"] - row["photo"]
        row["share"] = row["applications"] / totals[row["disease"]]
        row["photo_share"] = row["photo"] / row["applications"]
        row |= limits(row["photo"], row["applications"], _PHOTO)
    return Answer(
        id="missing_material",
        title="首次提交最常缺的材料，其中多少是拍摄问题",
        columns=(
            Col("disease", "病种代码", "key"),
            Col("place", "病种和材料", "key"),
            Col("disease_name", "病种", "text"),
            Col("criterion", "条目", "text"),
            Col("material", "材料", "text"),
            Col("applications", "缺这样材料的申请", "count", "份"),
            Col("absent", "没有交", "count", "份"),
            Col("photo", "交了但拍摄不行", "count", "份"),
            Col("share", "占本病种申请", "share", of="applications"),
            Col("photo_share", "拍摄问题占比", "share", of="photo"),
            *limit_columns("photo", _PHOTO),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="stacked",
            x="applications",
            y="place",
            color="absent=没有交,photo=交了但拍摄不行",
            x_title="申请（份）",
            limit=12,
        ),
        unit="申请（份）",
        source="每份申请首次提交后机器列出的待补材料（人工更正后）；几样可互相替代的只列最省事的一样。",
        sql=_NEEDS,
        params=params,
        keys=("disease", "criterion", "material"),
    )


def picture_trouble(store: Store, filters: Filters | None = None, *, by: str = "channel") -> Answer:
    """Which channel, or which type of document (``by="type"``), brings most papers to be photographed again.

    Raises:
        ValueError: ``by`` is neither.
    """
    if by not in ("channel", "type"):
        raise ValueError("by: channel or type")
    from pipeline.audit.words import CHANNELS

    params = (filters or Filters()).params
    label = "any_value(type_label)" if by == "type" else by
    rows = store.query(
        f"""SELECT {by}, {label} AS name, count(*) AS documents, count(*) FILTER (retake_pages > 0) AS retake
        FROM ({_PAGES}) GROUP BY {by} ORDER BY retake / documents DESC, {by}""",  # noqa: S608
        params,
    )
    for row in rows:
        row["name"] = CHANNELS.get(row["name"], row["name"]) if by == "channel" else row["name"]
        row["share"] = row["retake"] / row["documents"]
        row |= limits(row["retake"], row["documents"])
    return Answer(
        id=f"picture_trouble_by_{by}",
        title="须重拍的材料占多少：按渠道" if by == "channel" else "须重拍的材料占多少：按材料类型",
        columns=(
            Col(by, "代码", "key"),
            Col("name", "渠道" if by == "channel" else "材料类型", "text"),
            Col("documents", "材料", "count", "份"),
            Col("retake", "须重拍", "count", "份"),
            Col("share", "须重拍的占比", "share", of="retake"),
            *limit_columns("retake"),
        ),
        rows=tuple(rows),
        chart=interval_chart("share", "name", "须重拍的材料（%）", limit=20),
        unit="材料（份）",
        source="照片和扫描件（不含电子版和重复的），至少一页须重拍的。",
        sql=_PAGES,
        params=params,
        keys=(by,),
    )
