"""Goals against what was measured, whose errors they are, and what is said of a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluating.breakdown import figures
from pipeline.evaluating.goals import Goal, goals, scale
from pipeline.evaluating.report import write_scores
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.scoring import score_run
from pipeline.evaluating.worst import said
from tests.evaluating.made import blur, sheet


def _goals(run: list[Pair]) -> dict[str, Goal]:
    scores = score_run(run)
    return {goal.figure.metric.id: goal for goal in goals(scores, figures(scores))}


def test_goals_name_the_groups_that_hold_the_errors() -> None:
    run = [sheet(f"a{n}", medium="scan", family="lab-a") for n in range(6)]
    run += [sheet(f"b{n}", wrong=5, medium="scan", family="lab-b", degradations=blur(0.9)) for n in range(2)]

    goal = _goals(run)["labs.right_print"]

    assert (goal.state, goal.errors, goal.counted, goal.least) == ("missed", 10, 80, True)
    assert [(b.dimension, b.group, b.errors, b.pages) for b in goal.blame] == [
        ("family", "lab-b", 10, 2),
        ("degradation", "blur:strong", 10, 2),
    ]


def test_goals_blame_nobody_for_errors_that_are_everywhere() -> None:
    run = [sheet(f"{f}{n}", wrong=1, medium="scan", family=f) for f in ("lab-a", "lab-b") for n in range(5)]

    assert _goals(run)["labs.right_print"].blame == ()


@pytest.mark.parametrize(
    ("sheets", "wrong", "state"), [(1, 0, "open"), (2, 1, "below"), (30, 0, "reached"), (30, 3, "missed")]
)
def test_goals_tell_missed_from_perhaps_missed(sheets: int, wrong: int, state: str) -> None:
    run = [sheet(f"c{n}", wrong=wrong, medium="scan") for n in range(sheets)]

    assert _goals(run)["labs.right_print"].state == state


def test_goals_put_what_is_missed_first_and_errors_that_must_not_happen_last() -> None:
    run = [sheet(f"p{n}", medium="photo") for n in range(30)]
    run += [sheet(f"s{n}", wrong=4, medium="scan", silent=n == 0) for n in range(30)]
    found = list(_goals(run).values())

    assert found[0].figure.metric.id == "labs.right_print"
    assert [goal.least for goal in found] == sorted((goal.least for goal in found), reverse=True)
    never = next(goal for goal in found if not goal.least)
    assert (never.figure.metric.id, never.state, never.errors) == ("labs.silent", "missed", 4)


def test_goals_share_an_axis_that_holds_them_all() -> None:
    found = [
        goal for goal in _goals([sheet(f"s{n}", wrong=3, medium="scan") for n in range(30)]).values() if goal.least
    ]
    axis = scale(found)

    assert axis.ticks[-1] == (100.0, "100%")
    assert axis.ticks[0] == (0.0, f"{axis.low:.0%}")
    for goal in found:
        assert goal.figure.sure is not None
        assert goal.figure.sure.low >= axis.low
    assert scale([]).at(1.0) == 100.0


def test_goals_a_page_is_said_in_words() -> None:
    scores = score_run([sheet("good"), sheet("bad", wrong=3), sheet("silent", wrong=2, silent=True)])

    good, bad, silent = (said(page, there=True) for page in scores.pages)

    assert good == "没读对姓名、性别、年龄等 6 项"
    assert bad.startswith("化验 10 行有 3 行不对（单位 3）；没读对")
    assert bad.endswith("个字错漏 3 个")
    assert silent.startswith("静默错数 2 处；化验 10 行有 2 行不对")
    assert said(scores.pages[0], there=False) == "这一页没有进入审阅"


def test_goals_stand_first_on_the_page(tmp_path: Path) -> None:
    run = [sheet(f"s{n}", wrong=4, medium="scan", family="lab-b" if n % 2 else "lab-a") for n in range(30)]
    run[1] = sheet("worst", wrong=10, medium="scan", family="lab-b", degradations=blur(0.9))
    write_scores(run, tmp_path, cases="c", code="k", settings="s")

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")

    places = [page.index(f'id="{name}"') for name in ("goals", "glance", "weak", "s-text", "worst")]
    assert places == sorted(places)
    assert "目标 ≥ 97%" in page
    assert "行没对" in page
    assert "不该发生的" in page
    assert 'href="#bad-1"' in page
    assert 'id="bad-1"' in page
    assert "化验 10 行有 10 行不对（单位 10）" in page
