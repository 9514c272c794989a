"""Facts as a line of JSON: nothing is lost, what is not known stays so, and what the form does not know is refused."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import MISSING, fields, replace
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rules.engine import Region, facts
from rules.engine.cases import load_cases
from rules.engine.facts import (
    CaseFacts,
    DocumentInfo,
    DocumentType,
    Evidence,
    FormEntry,
    HospitalLevel,
    InkState,
    LabResult,
    Owner,
    Unknown,
)
from rules.engine.stored_facts import StoredFactsError, facts_from_json, facts_to_json
from rules.engine.stored_fields import KINDS

# A StrEnum equals its text, so equality alone would not see an Unknown that came back as a word: repr tells them apart.


def same(one: CaseFacts, other: CaseFacts) -> bool:
    return one == other and repr(one) == repr(other)


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["absent", "unreadable", "{}", "1"])
NUMBERS = st.floats(-1e6, 1e6).map(lambda number: number + 0.0)
"""Without the negative zero, which is no place on a page."""
PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(0, 9),
    bool: st.booleans(),
    float: NUMBERS,
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    dt.date: st.dates(),
    dt.datetime: st.datetimes(timezones=st.none() | st.just(dt.UTC)).map(lambda time: time.replace(fold=0)),
    type(None): st.none(),
}
EVIDENCE = st.builds(
    Evidence,
    document=TEXT,
    file=TEXT,
    page=st.integers(1, 99),
    box=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    quote=TEXT,
    confidence=st.floats(0, 1).map(abs),
    extractor=TEXT,
    generative=st.booleans(),
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field by its annotation."""
    if hint in PLAIN:
        return PLAIN[hint]
    arguments = get_args(hint)
    if hint == tuple[Evidence, ...]:
        return st.lists(EVIDENCE, max_size=2).map(tuple)
    if arguments and arguments[-1] is ...:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if arguments:
        return st.one_of([values(argument) for argument in arguments])
    if isinstance(hint, type) and issubclass(hint, HospitalLevel):
        return st.builds(HospitalLevel, **by_field(HospitalLevel))
    return st.sampled_from(hint)


def by_field(kind: type) -> dict[str, st.SearchStrategy[Any]]:
    return {name: values(hint) for name, hint in get_type_hints(kind, vars(facts)).items()}


CASES = st.builds(
    CaseFacts,
    as_of=st.dates(),
    **{name: st.lists(st.builds(kind, **by_field(kind)), max_size=2).map(tuple) for name, (kind, _) in KINDS.items()},
)


@given(CASES)
@settings(max_examples=50, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_stored_facts_lose_nothing(case: CaseFacts) -> None:
    text = facts_to_json(case)
    assert "\n" not in text
    assert same(facts_from_json(text), case)
    assert facts_from_json(text.encode()) == case
    assert facts_to_json(facts_from_json(text)) == text


def test_stored_facts_keep_every_case_of_the_packs(region: Region) -> None:
    cases = [case.facts for rule in region.rules[::6] for case in load_cases(rule, region)]
    assert len(cases) > 200
    assert all(same(facts_from_json(facts_to_json(case)), case) for case in cases)


def test_stored_facts_table_has_every_field_of_every_kind() -> None:
    assert set(KINDS) == {f.name for f in fields(CaseFacts)} - {"as_of"}
    for name, (kind, readers) in KINDS.items():
        assert set(readers) == {f.name for f in fields(kind)} - {"evidence"}, name


def test_stored_facts_of_version_1_are_read_alike_for_ever() -> None:
    """A change here is a change of what kept cases mean: then the version must change as well."""
    text = (
        '{"version":1,"as_of":"2026-03-15","evidence":[["d1","a.jpg",2,[1,2.5,3,4],"肌酐 7.10",0.9,"lab-table"],'
        '["d1","a.jpg",2,[1,2,3,4],"x",1,"vision",true]],'
        '"documents":[{"id":"d1","type":"lab_report","hospital_level":{"rank":3,"grade":"甲"},'
        '"date":{"unknown":"unreadable"},"owner":"applicant"}],'
        '"lab_results":[{"document":"d1","name":"肌酐","text":"7.10","value":"7.10","evidence":[0,1]}],'
        '"form":[{"document":"d1","field":"hospital_seal","value":"present"}]}'
    )
    first = Evidence(
        document="d1",
        file="a.jpg",
        page=2,
        box=(1, 2.5, 3, 4),
        quote="肌酐 7.10",
        confidence=0.9,
        extractor="lab-table",
    )
    second = replace(first, box=(1, 2, 3, 4), quote="x", confidence=1, extractor="vision", generative=True)
    case = CaseFacts(
        as_of=dt.date(2026, 3, 15),
        documents=(
            DocumentInfo(
                id="d1",
                type=DocumentType.LAB_REPORT,
                hospital=Unknown.ABSENT,
                hospital_level=HospitalLevel(rank=3, grade="甲", source="printed"),
                department=Unknown.ABSENT,
                date=Unknown.UNREADABLE,
                owner=Owner.APPLICANT,
                signers=(),
                duplicate_of=None,
            ),
        ),
        lab_results=(
            LabResult(
                document="d1",
                name="肌酐",
                text="7.10",
                value=Decimal("7.10"),
                sampled_at=Unknown.ABSENT,
                reported_at=Unknown.ABSENT,
                doubts=(),
                evidence=(first, second),
            ),
        ),
        form=(FormEntry(document="d1", field="hospital_seal", value=InkState.PRESENT),),
    )
    assert facts_from_json(text) == case
    assert facts_to_json(case) == text
    assert str(facts_from_json(text).lab_results[0].value) == "7.10"


def test_stored_facts_keep_the_kinds_of_not_known_apart() -> None:
    words: list[Any] = [*Unknown, "absent", "unreadable", "conflicting", ""]
    infos = tuple(DocumentInfo(id=str(n), type=DocumentType.OTHER, department=word) for n, word in enumerate(words))
    read = facts_from_json(facts_to_json(CaseFacts(as_of=dt.date(2026, 1, 1), documents=infos)))
    assert [(type(d.department), d.department) for d in read.documents] == [(type(word), word) for word in words]


def test_stored_facts_hold_shared_evidence_once() -> None:
    evidence = Evidence(document="d", file="f", page=1, box=(0, 0, 9, 9), quote="某处", confidence=1, extractor="e")
    entry = FormEntry(document="d", field="x", value="y", evidence=(evidence,))
    text = facts_to_json(CaseFacts(as_of=dt.date(2026, 1, 1), form=(entry, replace(entry, field="z"))))
    assert text.count("某处") == 1
    assert [e.evidence for e in facts_from_json(text).form] == [(evidence,), (evidence,)]


GOOD: dict[str, Any] = {
    "version": 1,
    "as_of": "2026-03-15",
    "evidence": [["d1", "a.jpg", 1, [0, 0, 9, 9], "q", 0.9, "e"]],
    "documents": [{"id": "d1", "type": "lab_report"}],
    "diagnoses": [{"document": "d1", "name": "n", "status": "confirmed", "section": "诊断", "evidence": [0]}],
}


def changed(path: tuple[Any, ...], value: Any) -> str:
    """GOOD with one value changed, or taken out where ``value`` is MISSING."""
    data = json.loads(json.dumps(GOOD))
    here = data
    for step in path[:-1]:
        here = here[step]
    if value is MISSING:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return json.dumps(data)


REFUSED = [
    (("version",), 2),
    (("version",), True),
    (("version",), MISSING),
    (("as_of",), MISSING),
    (("as_of",), {"unknown": "absent"}),
    (("evidence",), MISSING),
    (("extra",), 1),
    (("documents",), "ab"),
    (("documents",), {}),
    (("documents", 0, "colour"), "red"),
    (("documents", 0, "evidence"), [0]),
    (("documents", 0, "type"), "letter"),
    (("documents", 0, "type"), ["lab_report"]),
    (("documents", 0, "id"), MISSING),
    (("documents", 0, "hospital"), 7),
    (("documents", 0, "hospital"), {"unknown": "lost"}),
    (("documents", 0, "hospital"), {"unknown": "absent", "and": 1}),
    (("documents", 0, "hospital_level"), {"rank": "3"}),
    (("documents", 0, "hospital_level"), {"rank": 3, "evidence": [0]}),
    (("documents", 0, "signers"), "主任医师"),
    (("documents", 0, "date"), "2026-02-30"),
    (("diagnoses", 0, "status"), None),
    (("diagnoses", 0, "evidence"), [1]),
    (("diagnoses", 0, "evidence"), [-1]),
    (("diagnoses", 0, "evidence"), "0"),
    (("diagnoses", 0, "evidence"), [True]),
    (("evidence", 0), ["d1"]),
    (("evidence", 0, 2), "1"),
    (("evidence", 0, 3), [0, 0, 9]),
    (("evidence", 0, 5), "0.9"),
    (("evidence", 0, 5), math.nan),
    (("lab_results",), [{"document": "d1", "name": "肌酐", "text": "7", "value": 7}]),
    (("lab_results",), [{"document": "d1", "name": "肌酐", "text": "7", "value": "seven"}]),
    (("lab_results",), [{"document": "d1", "name": "肌酐", "text": "7", "polarity": 1}]),
]


@pytest.mark.parametrize(("path", "value"), REFUSED)
def test_stored_facts_refuse_what_the_form_does_not_know(path: tuple[Any, ...], value: Any) -> None:
    assert facts_from_json(json.dumps(GOOD)).diagnoses[0].evidence
    with pytest.raises(StoredFactsError):
        facts_from_json(changed(path, value))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 100_000, b"\xff\xfe"])
def test_stored_facts_refuse_what_is_no_object(text: str | bytes) -> None:
    with pytest.raises(StoredFactsError):
        facts_from_json(text)


def test_stored_facts_error_names_the_place_and_nothing_clinical() -> None:
    with pytest.raises(StoredFactsError, match="documents: unknown key 'colour'"):
        facts_from_json(changed(("documents", 0, "colour"), "red"))
    for path, value in [(("documents", 0, "张三"), 1), (("diagnoses", 0, "status"), "张三"), (("张三",), 1)]:
        with pytest.raises(StoredFactsError) as caught:
            facts_from_json(changed(path, value))
        assert "张三" not in str(caught.value)
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_stored_facts_refuse_to_write_what_json_has_no_number_for() -> None:
    evidence = Evidence(document="d", file="f", page=1, box=(0, 0, 9, 9), quote="q", confidence=math.nan, extractor="e")
    entry = FormEntry(document="d", field="x", evidence=(evidence,))
    with pytest.raises(StoredFactsError):
        facts_to_json(CaseFacts(as_of=dt.date(2026, 1, 1), form=(entry,)))
