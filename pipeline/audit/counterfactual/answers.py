"""Which single material would have settled most cases, as answers with charts for notebooks."""

from __future__ import annotations

from pipeline.audit.counterfactual.materials import TO_HAND_IN, Materials
from pipeline.audit.questions.answer import Answer, Chart, Col

__all__ = ["materials_answers"]

_DRAWN = 15


def materials_answers(found: Materials, *, disease: str | None = None) -> tuple[Answer, Answer]:
    """By item of the standard, and by kind of material over all diseases."""
    counted = f"{found.source}中 {found.sums.records:,} 件申请存下的事实"
    source = f"{counted}，按现行规则重判；未达标准的 {found.open_cases:,} 次。"
    note = "单凭这一项成立就能达到标准的才计；一次判断可以计入几项。只供分析，不告知申请人。"
    rows = [
        {**row, "label": f"{row['disease_name']} 第{row['criterion']}项（{row['lack_text']}）"}
        for row in found.ranked(disease=disease, lacks=TO_HAND_IN)
    ]
    items = Answer(
        id="single_material_items",
        title="补上哪一项，能解决最多的案件",
        columns=(
            Col("disease", "病种代码", "key"),
            Col("criterion", "条目编号", "key"),
            Col("lack", "缺什么代码", "key"),
            Col("disease_name", "病种", "text"),
            Col("title", "条目", "text"),
            Col("lack_text", "缺什么", "text"),
            Col("material", "材料", "text"),
            Col("lacking", "未达到这一项", "count", "次"),
            Col("settled", "单凭它可达标", "count", "次"),
            Col("share_of_open", "占该病种未达标", "share", of="settled"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="settled", y="label", x_title="单凭这一项可达标（次）", limit=_DRAWN)
        if rows
        else None,
        unit="判断（次）",
        source=source,
        sql="",
        params={},
        notes=(note, "须由人判断的、检查结果本身不达标的不在其中，见 materials.json。"),
    )
    kinds = found.kinds(disease=disease)
    return items, Answer(
        id="single_material_kinds",
        title="哪一种材料补齐后，能解决最多的案件",
        columns=(
            Col("material", "材料种类", "text"),
            Col("settled_alone", "单凭它可达标", "count", "次"),
            Col("adds", "在前几种之外再解决", "count", "次"),
            Col("cumulative", "累计解决", "count", "次"),
        ),
        rows=tuple(kinds),
        chart=Chart(kind="bars", x="settled_alone", y="material", x_title="单凭它可达标（次）") if kinds else None,
        unit="判断（次）",
        source=source,
        sql="",
        params={},
        notes=("只计补交和重拍，不计须由人判断的和检查结果本身不达标的。",),
    )
