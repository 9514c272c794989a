"""Text from pages, models and file names is data, whatever it holds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.nouns import Alert, Review, Severity
from pipeline.reporting import report_json, write_all
from pipeline.reporting.rendering import css_string
from tests.reporting.page import PageReader

Case = Callable[[str], Review]

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(2)</script>",
    "</script><svg onload=alert(3)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(4)",
    "' onmouseover='alert(5)",
    "\x00\x08\u202e卡\ud800\ufffe",
    "*/} body{display:none} /*",
    "]]><!--",
)


def _poison(value: object, attack: str) -> object:
    """Put the attack into every free text below ``value``; ids and codes stay."""
    keep = {"id", "document", "duplicate_of", "field", "flag", "status", "reason", "criterion", "file_sha256", "sha256"}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            if field.name not in keep:
                new = _poison(old, attack)
                if new is not old:
                    changes[field.name] = new
        return dataclasses.replace(value, **changes) if changes else value
    if isinstance(value, tuple):
        return tuple(_poison(one, attack) for one in value)
    if type(value) is str:
        return value + attack
    return value


def _without_pictures(review: Review) -> Review:
    """The pictures are the slow part; one attack goes with them (their alt texts), the others without."""
    documents = tuple(
        dataclasses.replace(
            d,
            pages=tuple(dataclasses.replace(p, page=dataclasses.replace(p.page, image=Path("none"))) for p in d.pages),
        )
        for d in review.read.documents
    )
    return dataclasses.replace(review, read=dataclasses.replace(review.read, documents=documents))


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_stays_text(case: Case, tmp_path: Path, attack: str) -> None:
    review = case("conflicts")
    poisoned = _poison(review, attack)
    assert isinstance(poisoned, Review)
    if attack != ATTACKS[1]:
        poisoned = _without_pictures(poisoned)
    alert = Alert(code="x" + attack, severity=Severity.WARNING, message=attack, file=attack + ".jpg")
    poisoned = dataclasses.replace(poisoned, alerts=(*poisoned.alerts, alert))
    files = write_all(poisoned, tmp_path)
    for path, scripts in ((files.expert, 1), (files.feedback, 0)):
        html = path.read_text(encoding="utf-8")
        read = PageReader(html)
        assert read.tags.count("script") == scripts
        assert read.tags.count("style") == 1
        assert read.handlers == []
        assert read.unbalanced == []
        assert all(s.startswith("data:image/webp;base64,") for s in read.sources)
        assert all(link.startswith("#") for link in read.links)
        assert not any(ord(c) < 32 and c not in "\n\t" for c in html)
        assert "\u202e" not in html
        if "7*7" in attack and scripts:
            assert "{{ 7*7 }}" in read.text
    json.loads(files.data.read_text(encoding="utf-8"))


def test_hostile_name_cannot_end_the_print_header() -> None:
    text = css_string('张"; } </style><script>\\')
    assert text.count('"') == 2
    assert "<" not in text
    assert "}" not in text


def test_hostile_quote_is_kept_for_the_reader(case: Case, tmp_path: Path) -> None:
    review = case("meets")
    item = review.judgements[0].criteria[0]
    evidence = dataclasses.replace(item.evidence[0], quote='肌酐 <0.5 & >3 "mg" 号999999196803120010')
    changed = dataclasses.replace(review.judgements[0], criteria=(dataclasses.replace(item, evidence=(evidence,)),))
    review = dataclasses.replace(review, judgements=(changed,))
    files = write_all(review, tmp_path)
    read = PageReader(files.expert.read_text(encoding="utf-8"))
    assert '肌酐 <0.5 & >3 "mg" 号999999********0010' in read.text
    assert report_json(review)["reviews"][0]["criteria"][0]["evidence"][0]["quote"].startswith("肌酐 <0.5 & >3")
