"""Until when an approval holds, as far as the rule packs say: a review period, or the birthday at which it ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipeline.persons.id_numbers import parse_id_number
from pipeline.service.casework.judging import open_region
from pipeline.service.office import Office
from pipeline.service.tables import Application
from rules.engine import RuleError
from rules.engine.dates import Period, parse_period

__all__ = ["Holding", "period_of"]

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """``until`` is the last day; None: no end, or none that is known. ``why`` is the clause, Chinese."""

    until: dt.date | None
    why: str


def period_of(office: Office, application: Application) -> Holding:
    """Return until when an approval given today holds.

    A rule with a review period ends it that long after today. A rule that says it is not reviewed and has a greatest
    age ends with the year of that age; the birthday comes from the ID number entered.
    """
    try:
        region = open_region(office.settings.rules_dir, application.region)
    except (RuleError, OSError):
        return Holding(None, "规则未能载入，到期日请人工填写")
    rule = next((rule for rule in region.rules if rule.id == application.disease), None)
    review = rule.file.review if rule is not None else None
    if rule is None or review is None:
        return Holding(None, "规则中没有复审期限")
    if review.every is not None:
        return Holding(parse_period(review.every).after(office.today()) - _DAY, review.text)
    ages = rule.file.ages
    if ages is None or ages.at_most is None:
        return Holding(None, review.text)
    number = parse_id_number(application.identity.id_number) if application.identity is not None else None
    if number is None:
        return Holding(None, f"{review.text}出生日期不明，到期日请人工填写")
    last = Period(months=12 * (ages.at_most + 1)).after(number.birth_date) - _DAY
    if last < office.today():
        return Holding(None, f"{review.text}参保人已超过年龄，到期日请人工填写")
    return Holding(last, review.text)
