"""Groups, goals, and where the product is weak."""

from __future__ import annotations

import pytest

from pipeline.evaluating.breakdown import case_groups, figures, groups, weaknesses
from pipeline.evaluating.metrics import CASE_METRICS, METRICS, STAGES, goal_of
from pipeline.evaluating.plots import dot_plot
from pipeline.evaluating.scoring import band, score_run
from pipeline.evaluating.truth import Degradation
from tests.evaluating.made import blur, sheet


@pytest.mark.parametrize(
    ("strength", "name"), [(0, "weak"), (0.33, "weak"), (0.34, "medium"), (0.67, "strong"), (1, "strong")]
)
def test_bands_are_thirds(strength: float, name: str) -> None:
    assert band(strength) == name


def test_groups_count_their_own_pages() -> None:
    scores = score_run(
        [
            sheet("a", wrong=2, medium="photo", family="lab-a", split="development", degradations=blur(0.9)),
            sheet(
                "b",
                medium="photo",
                family="lab-b",
                split="held-out",
                degradations=(*blur(0.1), Degradation("glare", 0.5)),
            ),
            sheet("c", medium="pdf"),
        ]
    )

    found = groups(scores)

    right = {g.name: g.figures["labs.right"].value for g in found["medium"]}
    assert right == {"pdf": 1.0, "photo": 0.9}
    assert [g.name for g in found["degradation"]] == ["blur:weak", "blur:strong", "glare:medium", "none"]
    assert {g.name: g.count for g in found["split"]} == {"development": 1, "held-out": 1, "none": 1}
    assert {g.name: g.figures["labs.right"].value for g in found["family"]} == {"lab-a": 0.8, "lab-b": 1.0, "none": 1.0}
    assert {g.name for g in case_groups(scores)["medium"]} == {"photo", "pdf"}


def test_goals_are_open_while_the_sample_is_small() -> None:
    few = figures(score_run([sheet("a")]))["labs.right_photo"]
    many = figures(score_run([sheet(f"c{n}") for n in range(30)]))["labs.right_photo"]
    bad = figures(score_run([sheet(f"c{n}", wrong=3) for n in range(30)]))["labs.right_photo"]

    assert (few.value, few.reached) == (1.0, None)
    assert many.reached is True
    assert bad.reached is False


def test_photos_and_print_have_goals_of_their_own() -> None:
    # 96% of the rows are right everywhere: enough for photos, too little for scans and files.
    run = [
        sheet(f"{m}{n}", wrong=2 if n % 5 == 0 else 0, medium=m) for m in ("photo", "scan", "pdf") for n in range(60)
    ]
    found = figures(score_run(run))

    assert [found[f"labs.right{of}"].value for of in ("", "_photo", "_print")] == pytest.approx([0.96] * 3)
    assert (found["labs.right"].reached, found["labs.right_photo"].reached) == (None, True)
    assert found["labs.right_print"].ratio.whole == 1200
    what = found["labs.right"].metric
    goals = [goal_of(what, "medium", medium) for medium in ("photo", "scan", "pdf", "screen")]
    assert goals == [0.93, 0.97, 0.97, 0.97]
    assert goal_of(what, "type", "photo") is None
    assert goal_of(found["pages.type"].metric, "medium", "photo") == 0.97


def test_no_error_in_a_few_is_no_proof_but_one_error_is() -> None:
    def silent(sheets: int, wrong: int) -> bool | None:
        run = [sheet(f"c{n}", wrong=wrong if n == 0 else 0, silent=True) for n in range(sheets)]
        return figures(score_run(run))["labs.silent"].reached

    assert silent(2, 0) is None
    assert silent(20, 0) is True
    assert silent(20, 1) is False


def test_weakness_names_the_group_that_is_behind() -> None:
    run = [
        sheet(f"{medium}{n}", wrong=4 if medium == "photo" else 0, medium=medium)
        for medium in ("photo", "pdf")
        for n in range(12)
    ]

    found = [w for w in weaknesses(score_run(run)) if w.figure.metric.id == "labs.right"]

    assert [(w.dimension, w.group, w.sure) for w in found] == [("medium", "photo", True)]
    assert found[0].share_of_errors == 1.0
    assert found[0].overall == 1.0


def test_a_single_bad_page_may_be_chance() -> None:
    run = [sheet(f"c{n}", wrong=1 if n == 0 else 0, medium="scan" if n < 2 else "pdf", rows=5) for n in range(6)]

    assert all(not w.sure for w in weaknesses(score_run(run)))


def test_one_page_alone_is_never_sure() -> None:
    run = [sheet("bad", wrong=10, medium="scan"), *(sheet(f"c{n}", medium="pdf") for n in range(30))]

    found = [w for w in weaknesses(score_run(run)) if w.figure.metric.id == "labs.right"]

    assert [(w.group, w.sure) for w in found] == [("scan", False)]
    assert figures(score_run(run[:1]))["labs.right_print"].reached is None


def test_nothing_is_weak_where_all_is_right() -> None:
    found = weaknesses(score_run([sheet("a", medium="photo"), sheet("b", medium="pdf")]))

    assert [w for w in found if w.figure.metric.stage in ("labs", "text")] == []


def test_metrics_belong_to_stages_and_have_one_id_each() -> None:
    ids = [m.id for m in (*METRICS, *CASE_METRICS)]

    assert len(ids) == len(set(ids))
    assert {m.stage for m in (*METRICS, *CASE_METRICS)} == set(STAGES)


def test_plot_by_medium_marks_each_goal() -> None:
    run = [sheet(f"{m}{n}", wrong=wrong, medium=m) for m, wrong in (("photo", 1), ("scan", 0)) for n in range(5)]
    scores = score_run(run)
    whole = figures(scores)["labs.right"]

    by_medium = dot_plot("labs.right", "medium", groups(scores)["medium"], whole)

    assert by_medium is not None
    photo, scan = by_medium.dots
    assert photo.goal is not None
    assert scan.goal is not None
    assert photo.x < photo.goal < scan.goal < scan.x
