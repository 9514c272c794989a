"""The notebooks run from top to bottom on invented data and find what was planted: their own checks say so."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.audit.invented import write_invented
from pipeline.audit.store import open_store
from pipeline.settings import REPOSITORY
from rules.engine import Region

NOTEBOOKS = ("01-refusal-reasons", "02-machine-and-human", "03-rule-change-impact", "04-reading-quality")
APPLICATIONS = 6000
PLAIN = {
    "01-refusal-reasons": """SELECT count(DISTINCT r.source_id) FROM reasons r JOIN decisions d
        ON d.decision_id = r.source_id WHERE d.final AND d.outcome = 'return' AND r.code = 'missing'""",
    # Kappa from its definition, as the notebook prints it.
    "02-machine-and-human": """WITH said AS (
            SELECT arg_min(outcome, round) AS person,
                CASE arg_min(machine_conclusion, round)
                WHEN 'meets' THEN 'approve' WHEN 'not_met' THEN 'refuse'
                WHEN 'insufficient' THEN 'return' END AS machine
            FROM decisions WHERE final GROUP BY application_id HAVING machine IS NOT NULL),
        one AS (SELECT machine AS w, count(*) AS n FROM said GROUP BY 1),
        two AS (SELECT person AS w, count(*) AS n FROM said GROUP BY 1),
        agree AS (SELECT avg((machine = person)::INTEGER) AS agreed, count(*) AS n FROM said),
        chance AS (SELECT sum(one.n * two.n) AS n FROM one JOIN two USING (w))
        SELECT printf('%.3f', (agreed - chance.n / agree.n ** 2) / (1 - chance.n / agree.n ** 2)) FROM agree, chance""",
    "03-rule-change-impact": "SELECT count(*) FROM facts WHERE diseases = 'uremia'",
    "04-reading-quality": """SELECT count(DISTINCT (q.application_id, q.document)) FROM quality q
        JOIN documents d USING (application_id, document) WHERE q.code = 'glare' AND NOT d.duplicate""",
}
"""One number of each notebook as anybody would ask for it, without what the questions share."""


@pytest.fixture(scope="module")
def many(jiangxi: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit") / "many"
    write_invented(folder, APPLICATIONS, region=jiangxi)
    return folder


def _read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(REPOSITORY / "notebooks" / f"{name}.ipynb", as_version=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_finds_what_was_planted(name: str, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHEN_AUDIT", str(many))
    monkeypatch.delenv("YUSHEN_RUN", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    notebook = _read(name)

    NotebookClient(notebook, timeout=180, kernel_name="python3").execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    text = "".join(output.get("text", "") for output in outputs)
    assert str(APPLICATIONS) in text or "虚构数据" in text
    shown = "".join(output["data"].get("text/html", "") for output in outputs if "data" in output)
    assert name.startswith("03") or shown.count("<svg") >= 6
    with open_store(many) as store:
        told = store.value(PLAIN[name])
    assert re.search(rf"(?<![\d.]){re.escape(str(told))}(?![\d.])", text), told
    if name.startswith("04"):  # its second part is of the small run that tests/evaluating keeps
        assert "行全对（项目+结果+单位）" in text
        assert "2 例 10 页" in text


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_kept_without_outputs_and_checks_what_it_finds(name: str) -> None:
    notebook = _read(name)

    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert sum(cell.source.count("assert ") for cell in notebook.cells) >= 5
