"""One evaluation from cases to table, data, page and history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.calibrating.fitting import fit
from pipeline.evaluating.ablation import Ablation, ablation_json, ablation_of, ablation_table
from pipeline.evaluating.breakdown import figures, groups
from pipeline.evaluating.history import compare, entry_for, last_other, load_history, record
from pipeline.evaluating.page import evaluation_html
from pipeline.evaluating.reliability import outcomes_of, recipe_of
from pipeline.evaluating.results import scores_json
from pipeline.evaluating.runs import Case, Note, Pair, load_beside, run_cases
from pipeline.evaluating.scoring import score_run
from pipeline.evaluating.table import score_table
from pipeline.evaluating.versions import case_digest, code_digest, digest, settings_digest
from pipeline.learned import Finders
from pipeline.settings import Settings

__all__ = ["evaluate", "write_scores"]


def evaluate(
    cases: Sequence[Case],
    out: Path,
    *,
    settings: Settings,
    fresh: bool = False,
    only: str | None = None,
    readings: Path | None = None,
    note: Note | None = None,
    finders: Finders = Finders.BOTH,
    ablation: bool = False,
) -> str:
    """Review ``cases`` (or go on where a stopped run left off), score them, write all files below ``out``.

    Args:
        finders: whose facts are scored.
        ablation: compare rules, page reader and both on the same readings; adds ``ablation.json``.

    Returns:
        The table for a terminal; ``only`` keeps one stage of it. Files hold every stage.

    Raises:
        OSError: ``out`` or ``readings`` cannot be written.
    """
    beside = tuple(one for one in Finders if one is not finders) if ablation else ()
    pairs = run_cases(
        cases, out, settings=settings, fresh=fresh, readings=readings, note=note, finders=finders, beside=beside
    )
    compared = None
    if ablation:
        by_finder = {finders: pairs, **{one: load_beside(out, pairs, one) for one in beside}}
        compared = ablation_of({one: score_run(by_finder[one]) for one in Finders})
        (out / "ablation.json").write_text(ablation_json(compared), encoding="utf-8")
    table = write_scores(
        pairs,
        out,
        cases=digest(case_digest(case.truth.folder) for case in cases),
        code=code_digest(),
        settings=settings_digest(settings),
        only=only,
        compared=compared,
    )
    return table if compared is None else f"{ablation_table(compared)}\n{table}"


def write_scores(
    pairs: Sequence[Pair],
    out: Path,
    *,
    cases: str,
    code: str,
    settings: str,
    only: str | None = None,
    compared: Ablation | None = None,
) -> str:
    """Score kept results, compare with the run before, write scores.json, evaluation.html and history.jsonl.

    ``calibration.json`` is the table of shares that these cases give; to ship it, put it beside
    :mod:`pipeline.calibrating.table`.
    """
    scores = score_run(pairs)
    outcomes = outcomes_of(pairs)
    fitted = fit(outcomes, {"cases": cases, "code": code, "settings": settings, **recipe_of(pairs)})
    (out / "calibration.json").write_text(fitted.to_json(), encoding="utf-8")
    shown = figures(scores)
    entry = entry_for(
        shown, cases=cases, code=code, settings=settings, case_count=len(scores.cases), page_count=len(scores.pages)
    )
    past = out / "history.jsonl"
    before = last_other(load_history(past), entry)
    changes = compare(before, shown) if before else ()
    (out / "scores.json").write_text(
        scores_json(scores, shown, entry, changes, before.id if before else None), encoding="utf-8"
    )
    (out / "evaluation.html").write_text(
        evaluation_html(
            pairs,
            scores,
            entry,
            before=before,
            changes=changes,
            pictures=out / "pages",
            compared=compared,
            outcomes=outcomes,
        ),
        encoding="utf-8",
    )
    record(past, entry)
    return score_table(scores, shown, groups(scores), changes, only=only)
