"""Nothing that names a person stays, and the rules say the same of what stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.audit.deidentify import SOMEBODY, without_identity
from pipeline.audit.identity import KeyFileError, age_years, keyed, load_key
from rules.engine import Region, judge
from rules.engine.cases import load_cases
from rules.engine.facts import CaseFacts, Evidence, FormEntry, PatientIdentity, Unknown
from rules.engine.judgement import Judgement
from rules.engine.stored_facts import facts_to_json

NAME, AGENT, DOCTOR, NUMBER, PHONE = "张建国", "李秋华", "陈医生", "999999196803120010", "13800001234"
PACKS = ("copd", "diabetes", "hypertension", "growth_hormone_deficiency", "autism", "malignant_tumor")


def _place(quote: str) -> tuple[Evidence, ...]:
    return (
        Evidence(
            document="d1",
            file=f"{NAME}的出院小结.jpg",
            page=1,
            box=(0.0, 0.0, 9.0, 9.0),
            quote=quote,
            confidence=0.9,
            extractor="x",
        ),
    )


def _named(facts: CaseFacts) -> CaseFacts:
    """The case with a person in it, wherever pages print one."""
    person = PatientIdentity(
        document="d1",
        name=NAME,
        id_number=NUMBER,
        birth_date=dt.date(1968, 3, 12),
        age=Decimal(57),
        sex="男",
        evidence=_place(f"姓名：张 建 国 身份证号{NUMBER}"),
    )
    fields = {"applicant_name": NAME, "agent": AGENT, "phone": PHONE, "physician_name": DOCTOR}
    form = tuple(FormEntry(document="d1", field=f, value=v, evidence=_place(v)) for f, v in fields.items())
    findings = tuple(
        replace(f, text=f"{f.text} 患者{NAME}", evidence=_place(f"{NAME} 电话 {PHONE} 9999**********0010"))
        for f in facts.findings
    )
    return replace(facts, patient=(*facts.patient, person), form=form, findings=findings)


def test_identity_is_gone_from_every_fact(jiangxi: Region) -> None:
    rule = next(r for r in jiangxi.rules if r.id == "copd")
    facts = _named(load_cases(rule, jiangxi)[0].facts)

    told = facts_to_json(without_identity(facts))

    assert NAME in facts_to_json(facts)
    for word in (NAME, "张 建 国", AGENT, DOCTOR, NUMBER, PHONE, "9999***", "1968-03-12", ".jpg"):
        assert word not in told, word
    assert SOMEBODY in told
    assert '"sex":"男"' in told


@pytest.mark.parametrize("pack", PACKS)
def test_rules_say_the_same_without_the_person(jiangxi: Region, pack: str) -> None:
    rule = next(r for r in jiangxi.rules if r.id == pack)

    def said(judgement: Judgement) -> object:
        return judgement.conclusion, [(c.status, c.reason) for c in judgement.criteria]

    for case in load_cases(rule, jiangxi):
        anonymous = without_identity(case.facts)
        assert said(judge(anonymous, rule, jiangxi)) == said(judge(case.facts, rule, jiangxi)), case.title


@pytest.mark.parametrize("born", [dt.date(2008, 3, 15), dt.date(2008, 3, 16), dt.date(1920, 1, 1), dt.date(2026, 3, 1)])
def test_birthday_keeps_the_age_in_years_and_nothing_else(born: dt.date) -> None:
    as_of = dt.date(2026, 3, 15)
    person = PatientIdentity(document="d1", birth_date=born)

    (kept,) = without_identity(CaseFacts(as_of=as_of, patient=(person,))).patient

    years = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    assert kept.birth_date == as_of.replace(year=as_of.year - min(years, 90))


def test_birthday_on_a_leap_day_is_moved_to_one_that_every_year_has() -> None:
    person = PatientIdentity(document="d1", birth_date=dt.date(2001, 1, 1))

    (kept,) = without_identity(CaseFacts(as_of=dt.date(2028, 2, 29), patient=(person,))).patient

    assert kept.birth_date == dt.date(2001, 2, 28)


def test_age_beyond_ninety_is_told_as_ninety() -> None:
    person = PatientIdentity(document="d1", age=Decimal(97), name=NAME)

    (kept,) = without_identity(CaseFacts(as_of=dt.date(2026, 3, 15), patient=(person,))).patient

    assert kept.age == 90
    assert kept.name is Unknown.ABSENT
    assert [age_years(a) for a in (None, 17.9, 90, 103)] == [None, 17, 90, 90]


def test_keyed_ids_join_under_one_key_and_tell_nothing_under_another(tmp_path: Path) -> None:
    key, other = load_key(tmp_path / "keys/one"), load_key(tmp_path / "two")

    assert load_key(tmp_path / "keys/one") == key
    assert keyed(key, "application", "JX1") == keyed(key, "application", "JX1")
    assert len({keyed(k, kind, "JX1") for k in (key, other) for kind in ("application", "reviewer")}) == 4
    assert (tmp_path / "two").stat().st_mode & 0o777 == 0o600


def test_key_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abcd")

    with pytest.raises(KeyFileError, match="没有密钥"):
        load_key(tmp_path / "key")
