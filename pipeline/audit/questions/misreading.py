"""What goes wrong in reading: faults of the pictures, and papers that people had to correct."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import interval_chart, limit_columns, limits
from pipeline.audit.store import Store
from pipeline.audit.words import QUALITY_CODES

__all__ = ["misread_papers", "picture_faults"]

_PICTURES = f"""WITH {SCOPE}
SELECT d.application_id, d.document, s.channel FROM documents d JOIN scope s USING (application_id)
WHERE NOT d.duplicate AND d.medium IS DISTINCT FROM 'text_layer'"""  # noqa: S608 - constants of ours
_FAULTS = f"""WITH {SCOPE}
SELECT d.application_id, d.document, q.code, bool_or(q.retake) AS retake
FROM documents d JOIN scope s USING (application_id) JOIN quality q USING (application_id, document)
WHERE NOT d.duplicate AND d.medium IS DISTINCT FROM 'text_layer' GROUP BY ALL"""  # noqa: S608
_PAPERS = f"""WITH {SCOPE}, corrected AS (
    SELECT DISTINCT application_id, document_type AS type FROM corrections
    WHERE NOT undone AND document_type IS NOT NULL AND kind <> 'criterion')
SELECT d.application_id, d.type, any_value(d.type_label) AS type_label, any_value(c.type) IS NOT NULL AS mended
FROM documents d JOIN scope s USING (application_id) LEFT JOIN corrected c USING (application_id, type)
WHERE NOT d.duplicate GROUP BY d.application_id, d.type"""  # noqa: S608


def picture_faults(store: Store, filters: Filters | None = None) -> Answer:
    """Which fault of pictures occurs how often, and how often it is so bad that the paper has to be taken again."""
    params = (filters or Filters()).params
    total = store.value(f"SELECT count(*) FROM ({_PICTURES})", params)  # noqa: S608
    bad = store.value(f"SELECT count(DISTINCT (application_id, document)) FROM ({_FAULTS}) WHERE retake", params)  # noqa: S608
    rows = store.query(
        f"""SELECT code, count(*) AS documents, count(*) FILTER (retake) AS retake
        FROM ({_FAULTS}) GROUP BY code ORDER BY retake DESC, documents DESC, code""",  # noqa: S608
        params,
    )
    for row in rows:
        row["name"] = QUALITY_CODES.get(row["code"], row["code"])
        row["usable"] = row["documents"] - row["retake"]
        row["share"] = row["retake"] / total
        row |= limits(row["retake"], total)
    return Answer(
        id="picture_faults",
        title="照片和扫描件的毛病：哪些最多，哪些要重拍",
        columns=(
            Col("code", "代码", "key"),
            Col("name", "毛病", "text"),
            Col("documents", "有此毛病的材料", "count", "份"),
            Col("retake", "须重拍", "count", "份"),
            Col("usable", "还能用", "count", "份"),
            Col("share", "须重拍的占全部", "share", of="retake"),
            *limit_columns("retake"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="stacked", x="documents", y="name", color="retake=须重拍,usable=还能用", x_title="材料（份）", limit=12
        ),
        unit="材料（份）",
        source="照片和扫描件（不含电子版和重复的），以每份材料各页的质量检查为准；一份可有几种毛病。",
        sql=_FAULTS,
        params=params,
        keys=("code",),
        figures=(share_figure("须重拍的材料", bad, total),),
    )


def misread_papers(store: Store, filters: Filters | None = None) -> Answer:
    """In papers of which type people had to correct what was read."""
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT type, any_value(type_label) AS name, count(*) AS papers, count(*) FILTER (mended) AS corrected
        FROM ({_PAPERS}) GROUP BY type ORDER BY corrected / papers DESC, type""",  # noqa: S608
        params,
    )
    for row in rows:
        row["share"] = row["corrected"] / row["papers"]
        row |= limits(row["corrected"], row["papers"])
    return Answer(
        id="misread_papers",
        title="哪类材料上机器读的最常被人更正",
        columns=(
            Col("type", "代码", "key"),
            Col("name", "材料类型", "text"),
            Col("papers", "有这类材料的申请", "count", "份"),
            Col("corrected", "其中有更正", "count", "份"),
            Col("share", "有更正的占比", "share", of="corrected"),
            *limit_columns("corrected"),
        ),
        rows=tuple(rows),
        chart=interval_chart("share", "name", "有更正的申请（%）", limit=20),
        unit="申请（份）",
        source="末次审核时有这类材料的申请，重复的材料不算；更正指读数、诊断、日期等，已撤回的和对条目的认定不算。",
        sql=_PAPERS,
        params=params,
        keys=("type",),
        figures=(share_figure("全部", sum(r["corrected"] for r in rows), sum(r["papers"] for r in rows)),),
        notes=("没有更正不等于没有读错：人没有看出来的不在内。",),
    )
