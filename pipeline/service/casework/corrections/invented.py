"""Identity taken out of the lines of a case: invented print of the same length in its place.

Replaced are the names of every person that a document, the form or a label of a page names (patient, agent, relatives,
staff), identity numbers, telephone and other long numbers, addresses, and every date (all of a case are moved by the
same days, so that their order stays). Prose is not searched for what it may tell: it is replaced as a whole. A line's
length and the kinds of its characters stay, because a layout is learned from them.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterable, Sequence

from pipeline.fields import find_fields
from pipeline.nouns import ReadCase, ReadPage
from rules.engine.facts import Unknown

__all__ = ["Inventor", "names_in"]

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "安平宁和文明志远海云春秋晓东立新建华国庆美玉芳兰秀英"
_PLACE = "江河湖山城东西南北中新安平和明春光永兴"
_PROSE = "患者一般情况可，精神饮食睡眠可，二便如常，继续目前治疗，定期门诊复查，不适随诊。"
_NAME_LABELS = frozenset({"name", "not_person", "not_staff", "staff_title", "form_agent", "form_physician_name"})
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})([-/.年]\s?)(\d{1,2})([-/.月]\s?)(\d{1,2})(?!\d)")
_BARE_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_NUMBER = re.compile(r"(?<![\d.])(?=(?:[\dXx*-]*\d){6})\d[\d*-]{4,}[\dXx](?![\d.])")
_ADDRESS_LABEL = re.compile(r"(?:地址|住址|住所|户籍|户口|籍贯|单位名称|工作单位|通讯处|邮寄)[^:：]{0,6}[:：]\s*")
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:省|自治区)?[\u4e00-\u9fff]{1,8}(?:市|县|区|旗)[\u4e00-\u9fff\d\-]{0,12}?"
    r"(?:镇|乡|街道|路|街|巷|村|弄|小区|花园)[\u4e00-\u9fff\d\-]{0,14}(?:号|室|组|栋|幢|单元|户|村)?"
)
_HOSPITAL = re.compile(r"医院|卫生院|保健院|中心|诊所")
_LONG_PROSE = 18


def names_in(case: ReadCase) -> frozenset[str]:
    """Every name of a person that facts or labels of the case tell, white space taken out."""
    found: set[str] = set()
    found |= {person.name for person in case.facts.patient if not isinstance(person.name, Unknown)}
    for entry in case.facts.form:
        if entry.field in ("applicant_name", "agent", "physician_name") and not isinstance(entry.value, Unknown):
            found.add(entry.value)
    for document in case.documents:
        for page in document.pages:
            found |= set(_labelled_names(page))
    bare = {re.sub(r"\s", "", name) for name in found}
    return frozenset(name for name in bare if len(name) >= 2)


def _labelled_names(page: ReadPage) -> Iterable[str]:
    for field in find_fields(page):
        if field.key in _NAME_LABELS:
            for candidate in field.candidates[:2]:
                match = _NAME.match(re.sub(r"[\s,，;；]", "", candidate.text))
                if match is not None:
                    yield match.group()


class Inventor:
    """Replaces what tells of people, the same way all over one case and another way in every run."""

    def __init__(self, names: Iterable[str], numbers: Iterable[str] = (), *, seed: int | None = None) -> None:
        """Make one for a case.

        Args:
            names, numbers: what must not be left, whatever stands around it.
            seed: for tests; unset it cannot be foreseen.
        """
        self._rng = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311 - seeds are of tests
        self._days = self._rng.choice([-1, 1]) * self._rng.randint(40, 900)
        self._known: dict[str, str] = {}
        self._names = sorted(names, key=len, reverse=True)
        self._numbers = sorted(numbers, key=len, reverse=True)

    def line(self, text: str, *, prose: bool) -> str:
        """Return ``text`` without identity, of the same length.

        Args:
            prose: nothing on it is labelled: a long line is replaced as a whole.
        """
        if prose and len(re.sub(r"[^\u4e00-\u9fff]", "", text)) >= _LONG_PROSE and not _HOSPITAL.search(text):
            return (_PROSE * (len(text) // len(_PROSE) + 1))[: len(text)]
        for name in self._names:
            text = _spaced(name).sub(lambda match: self._same(match.group(), self._name), text)
        for number in self._numbers:
            text = text.replace(number, self._same(number, self._digits))
        label = _ADDRESS_LABEL.search(text)
        if label is not None:
            text = text[: label.end()] + self._same(text[label.end() :], self._words)
        text = _ADDRESS.sub(lambda m: m[0] if _HOSPITAL.search(m[0]) else self._same(m[0], self._words), text)
        text = _DATE.sub(self._date, text)
        text = _BARE_DATE.sub(self._date, text)
        return _NUMBER.sub(lambda m: m[0] if _is_date(m[0]) else self._same(m[0], self._digits), text)

    def leaks(self, lines: Sequence[str]) -> bool:
        """True when a name or number is still there, also one that breaks over lines."""
        bare = re.sub(r"\s", "", "".join(lines))
        apart = "\n".join(re.sub(r"\s", "", line) for line in lines)
        # Short names may arise where lines meet; long enough ones do not.
        return any(name in apart or (len(name) >= 3 and name in bare) for name in self._names) or any(
            number in bare for number in self._numbers
        )

    def _same(self, text: str, make: Callable[[str], str]) -> str:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = make(text)
        return known

    def _name(self, text: str) -> str:
        out = []
        for place, glyph in enumerate(text):
            if glyph.isspace() or glyph in "·*":
                out.append(glyph)
            else:
                pool = _SURNAMES if place == 0 else _GIVEN
                out.append(self._rng.choice([c for c in pool if c != glyph]))
        return "".join(out)

    def _digits(self, text: str) -> str:
        return "".join(self._rng.choice("0123456789") if glyph.isdigit() else glyph for glyph in text)

    def _words(self, text: str) -> str:
        return "".join(
            self._rng.choice(_PLACE) if "\u4e00" <= c <= "\u9fff" else self._digits(c) for c in text
        )  # fmt: skip

    def _date(self, match: re.Match[str]) -> str:
        parts = match.groups()
        year, month, day = (parts[0], parts[2], parts[4]) if len(parts) == 5 else parts
        try:
            moved = dt.date(int(year), int(month), int(day)) + dt.timedelta(days=self._days)
        except (ValueError, OverflowError):
            return self._digits(match.group())
        # A month of one digit has no room for two: it stays one of nine, the day likewise.
        shown = [
            str(value).zfill(len(given)) if len(str(value)) <= len(given) else str(value)[-1].replace("0", "9")
            for value, given in ((moved.year, year), (moved.month, month), (moved.day, day))
        ]
        if len(parts) == 5:
            return shown[0] + parts[1] + shown[1] + parts[3] + shown[2]
        return "".join(shown)


def _spaced(name: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(map(re.escape, name)))


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None or _BARE_DATE.fullmatch(text) is not None
