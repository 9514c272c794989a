"""Changes that might help an item: of its values, its papers, its readings, or the item as a whole."""

from __future__ import annotations

from pipeline.audit.counterfactual.asked import Asked
from pipeline.audit.counterfactual.edits import Burden, Edit
from pipeline.audit.counterfactual.papers import papers
from pipeline.audit.counterfactual.values import assertions, values
from rules.engine.judgement import Status

__all__ = ["candidates"]


def candidates(asked: Asked) -> tuple[Edit, ...]:
    """Every change that is tried for the item, the item as a whole first; each key once."""
    found: dict[tuple[str, ...], Edit] = {}
    for edit in (_whole(asked), *values(asked), *assertions(asked), *papers(asked)):
        found.setdefault(edit.key, edit)
    return tuple(found.values())


def _whole(asked: Asked) -> Edit:
    item, status = asked.item, asked.result.status
    number = f"第 {item.id} 项"
    if status in (Status.MANUAL, Status.CONFLICTING):
        text, burden = f"{number}经人工核实成立", Burden.PERSON
    elif status is Status.UNMET:
        text, burden = f"{number}另有达到标准的证据：{item.advice}", Burden.EVIDENCE
    else:
        text, burden = f"补交第 {item.id} 项：{item.advice}", Burden.MATERIAL
    return Edit(
        key=("item", item.id),
        burden=burden,
        text=text.rstrip("。"),
        item=item.id,
        trouble=item.cost,
        dear=asked.catch_all,
        # Another examination with another outcome is farther away than any value that is there.
        distance=1.0 if burden is Burden.EVIDENCE else 0.0,
    )
