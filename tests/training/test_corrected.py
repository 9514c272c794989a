"""Pages that reviewers corrected, as training pages: what is labelled is learned, what is not is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.page_reader.classes import OUTSIDE, TYPES, begin
from models.page_reader.labels import Label
from models.page_reader.settings import Recipe
from models.page_reader.tokenizer import Tokenizer
from pipeline.cli.main import main
from pipeline.keys import keys_of
from pipeline.review import understand
from pipeline.service.casework.corrections.training_pages import training_pages
from pipeline.training.corrected import CORRECTED, CorrectionsError, corrected_pages
from pipeline.training.page_reader import Pages
from pipeline.training.reading import read_again
from pipeline.training.samples import NOT_ASKED, samples_of
from tests.classifying.paper import sheet

KNOWN = Tokenizer.build(["检验报告单肌酐尿素项目结果"], words=10, characters=4000)
SHEET = """
# 江州市第一人民医院检验报告单
姓名：欧阳慕白 | 性别：男 | 年龄：57岁
项目 | 结果 | 单位 | 参考区间
肌酐 | 812.4 | μmol/L | 57.0-97.0
尿素 | 18.6 | mmol/L | 3.1-8.0
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the service exports of a case on whose sheet a person changed a row."""
    case = understand([sheet(SHEET, number=1)], files=(), as_of=dt.date(2026, 3, 16))
    touched = keys_of(case.facts, case.documents).facts["lab_results"][:1]
    pages = training_pages(case, case.facts, touched, seed=3)
    path = tmp_path_factory.mktemp("corrections") / "pages.jsonl"
    path.write_text("".join(f"{page.to_json()}\n" for page in pages), encoding="utf-8")
    return path


def test_corrected_page_teaches_its_rows_and_asks_nothing_of_the_rest(exported: Path) -> None:
    (page,) = corrected_pages(exported)
    assert (page.type, page.family) == ("lab_report", CORRECTED)
    (sample,) = samples_of(page, KNOWN, 384, 32)
    told = sample.labels[1:].tolist()
    assert OUTSIDE not in told
    assert NOT_ASKED in told
    assert told.count(begin(Label.RESULT)) == told.count(begin(Label.ITEM_NAME)) == 2
    names = [k for k, label in enumerate(sample.labels) if label == begin(Label.ITEM_NAME)]
    results = [k for k, label in enumerate(sample.labels) if label == begin(Label.RESULT)]
    assert [int(sample.links[k]) for k in results] == names
    assert sample.type == TYPES.index("lab_report")


def test_corrected_page_photographed_again_is_no_less_partial(exported: Path) -> None:
    (page,) = corrected_pages(exported)
    again = [read_again(page, np.random.default_rng(k)) for k in range(12)]
    assert all(one.partial and one.type == page.type for one in again)
    assert len({one.page for one in again}) > 6


def test_training_draws_corrected_pages_in_their_share(exported: Path) -> None:
    corrected = corrected_pages(exported)
    pages = Pages([], {}, corrected, Recipe(corrected=0.0, really_read=1.0), corrected)
    rng = np.random.default_rng(1)
    assert pages.one(rng).partial
    pages = Pages([], {}, [], Recipe(corrected=1.0), corrected)
    assert all(pages.one(rng).family == CORRECTED for _ in range(5))


def _changed(exported: Path, change: Callable[[dict[str, object]], object]) -> str:
    data = json.loads(exported.read_text(encoding="utf-8").splitlines()[0])
    change(data)
    return json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(schema="other"),
        lambda data: data.pop("lines"),
        lambda data: data["spans"].append([0, 0, 999, "result", None]),
        lambda data: data["spans"].append([0, 0, 2, "nonsense", None]),
        lambda data: data["spans"].append([0, 0, 2, "value", 0]),
        lambda data: data["spans"].append([0, 0, 2, "result", -1]),
    ],
)
def test_corrected_page_of_another_form_is_refused_without_its_words(
    exported: Path, tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text("\n" + _changed(exported, change), encoding="utf-8")
    with pytest.raises(CorrectionsError) as refused:
        corrected_pages(path)
    assert "line 2" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("肌酐", "812", "医院"))


def test_corrected_page_of_no_known_type_is_passed_over(exported: Path, tmp_path: Path) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text(_changed(exported, lambda data: data.update(type="unknown")), encoding="utf-8")
    assert corrected_pages(path) == []


def test_train_corrections_that_are_none_stop_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n", encoding="utf-8")
    for file, said in (("a.jsonl", "line 1"), ("absent.jsonl", "absent.jsonl")):
        out = tmp_path / "o"
        assert main(["train", "page-reader", "--corrections", str(tmp_path / file), "--out", str(out)]) == 2
        assert said in capsys.readouterr().err
        assert not out.exists()
