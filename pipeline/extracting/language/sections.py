"""Headings of clinical papers in every style, and the sections that they open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.extracting.language.text import GAP, SOFT, fold
from rules.vocabulary.documents import load_labels
from rules.vocabulary.language import SectionKind, SectionRule, load_sections

__all__ = ["HEAD", "Section", "find_sections", "is_heading", "rule_of", "section_at"]

HEAD = "文首"
"""Name of what stands before the first heading."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it: ``text[heading:start]`` and ``text[start:end]``."""

    name: str
    rule: SectionRule
    title: str
    heading: int
    start: int
    end: int

    @property
    def kind(self) -> SectionKind:
        return self.rule.kind


# One character that readers of faint print take for another; only inside a heading that otherwise matches.
_LOOKALIKE = {
    "诊": "诊珍诠沴",
    "断": "断斷",
    "史": "史吏",
    "入": "入人",
    "院": "院阮",
    "既": "既即",
    "往": "往住",
    "嘱": "嘱瞩",
    "带": "带帯",
}
_ORDER = (
    r"(?:[一二三四五六七八九十]{1,3}[、.,]|\(?[一二三四五六七八九十\d]{1,2}\)|\d{1,2}[、.](?!\d)|[●■◆▲★※*·□☆◇➢>#√-])?"
)
_NOTE = r"(?:\((?!\d\))[^()\n]{1,14}\))?"
_LONG = 4


@dataclass(frozen=True, slots=True)
class _Titles:
    owners: dict[str, SectionRule]
    pattern: re.Pattern[str]


def _loose(title: str) -> str:
    return "".join(f"[{_LOOKALIKE[c]}]" if c in _LOOKALIKE else re.escape(c) for c in title)


@lru_cache(maxsize=1)
def _titles() -> _Titles:
    owners: dict[str, SectionRule] = {}
    for rule in load_sections():
        for title in rule.titles:
            owners[fold(title).lower()] = rule
    stop = next(rule for rule in load_sections() if rule.kind == "stop")
    for label in load_labels():
        if label.key != "diagnosis":
            for title in label.labels:
                if len(title) > 1:
                    owners.setdefault(fold(title).lower(), stop)
    words = sorted(owners, key=len, reverse=True)
    return _Titles(owners, re.compile("|".join(f"(?P<t{i}>{_loose(w)})" for i, w in enumerate(words)), re.IGNORECASE))


@lru_cache(maxsize=1)
def _start_pattern() -> re.Pattern[str]:
    titles = _titles()
    words = "|".join(_loose(w) for w in sorted(titles.owners, key=len, reverse=True))
    return re.compile(rf"{_ORDER}[【\[<「《]?(?P<title>{words}){_NOTE}[】\]>」》]?", re.IGNORECASE)


@lru_cache(maxsize=1)
def _owner_lookup() -> list[tuple[re.Pattern[str], SectionRule]]:
    return [(re.compile(_loose(w), re.IGNORECASE), rule) for w, rule in _titles().owners.items()]


@lru_cache(maxsize=512)
def _owner(title: str) -> SectionRule:
    direct = _titles().owners.get(title.lower())
    if direct is not None:
        return direct
    return next(rule for pattern, rule in _owner_lookup() if pattern.fullmatch(title))


@lru_cache(maxsize=4096)
def is_heading(text: str) -> bool:
    """True when the printed ``text`` is a heading or begins with one."""
    plain = re.sub(r"\s+", "", fold(text))
    match = _start_pattern().match(plain)
    if match is None:
        return False
    rest = plain[match.end() :]
    rule = _owner(match["title"])
    return not rest or rest[0] in ":" or plain[match.end() - 1] in "】]>」》" or _runs_on(match["title"], rule, rest)


def rule_of(heading: str) -> SectionRule | None:
    """Return the section that ``heading`` opens, for a text that is known to be a heading; None: it is not known."""
    plain = re.sub(r"\s+", "", fold(heading)).rstrip(":")
    match = _start_pattern().fullmatch(plain)
    rule = _owner(match["title"]) if match is not None else None
    return None if rule is None or rule.kind == "stop" else rule


def _goes_on(rest: str) -> bool:
    """True when what follows a heading without colon reads like its contents."""
    return (
        re.match(r"为?[与和及相符明确时的后前如,。、)）/依根]|为(?!:)|不|无|名|编|证|书|科|日期|时间|见", rest) is None
    )


_PRINTED = re.compile(
    r"(?:简要|入院时?简要)?病史(?:摘要|简介)?|病[情历](?:摘要|简介)|简要病[史情]|现病史|既[往住]史|个人史|家族史|婚育史|过敏史"
    r"|[入人出]院时?情况|体格检查|辅助检查|病理诊断|手术(?:及操作)?名称|手术操作名称|[出离]院(?:医嘱|带药|建议|指导)|诊疗计划"
)
"""Headings that forms print bold and without colon; as words of prose they hardly open a printed row."""
_TOLD = re.compile(
    r"为|[与和及相符明确时的后前如以是示见,。、;)/依根较尚基同稳良平好可]|提示|回报|证实|报告|考虑|结果|采集|陈述"
)


def _runs_on(title: str, rule: SectionRule, rest: str) -> bool:
    """True when a heading without colon runs straight into its contents ``rest``."""
    if rule.glued and _goes_on(rest):
        return True
    return len(title) > 2 and bool(_PRINTED.fullmatch(title)) and bool(rest) and not _TOLD.match(rest)


def find_sections(text: str, before: bytes | bytearray, page_starts: Sequence[int] = ()) -> tuple[Section, ...]:
    """Return the sections of a joined text, in order; what precedes the first heading is not among them.

    A section goes on below the head that the next page repeats (hospital, 姓名, 住院号).
    """
    return _resume(text, _found(text, before), page_starts)


def _resume(text: str, sections: tuple[Section, ...], page_starts: Sequence[int]) -> tuple[Section, ...]:
    for start in page_starts[1:]:
        earlier = [s for s in sections if s.heading < start]
        while earlier and earlier[-1].kind == "stop" and _FOOTER.match(earlier[-1].title):
            earlier.pop()
        if not earlier or earlier[-1].kind == "stop":
            continue
        head = _page_head(text, sections, start)
        if head is None:
            continue
        last, row_end = head
        following = min((s.heading for s in sections if s.heading > last.heading), default=len(text))
        if row_end < following:
            rest = replace(earlier[-1], heading=row_end, start=row_end, end=following)
            kept = [replace(s, end=row_end) if s is last else s for s in sections]
            sections = tuple(sorted((*kept, rest), key=lambda s: s.heading))
    return sections


def _page_head(text: str, sections: tuple[Section, ...], start: int) -> tuple[Section, int] | None:
    """The last label of the head that opens at ``start``, and where its row ends; None where there is no head."""
    found: tuple[Section, int] | None = None
    low = start
    for _ in range(_HEAD_ROWS):
        row_end = text.find("\n", low + 1)
        row_end = len(text) if row_end < 0 else row_end
        opened = [s for s in sections if low <= s.heading < row_end]
        if any(s.kind != "stop" for s in opened):
            break
        if opened:
            found = (opened[-1], row_end)
        elif found is not None:
            break
        low = row_end
        if row_end >= len(text):
            break
    return found


_HEAD_ROWS = 6
_FOOTER = re.compile(r"打印|日期$|注|备注|说明")


def _found(text: str, before: bytes | bytearray) -> tuple[Section, ...]:
    found: list[tuple[int, int, SectionRule, str]] = []
    pattern = _start_pattern()
    position = 0
    for start in _candidates(text, before):
        if start < position:
            continue
        match = pattern.match(text, start)
        if match is None:
            continue
        rule = _owner(match["title"])
        end = _opens(text, before, start, match, rule)
        if end is None:
            continue
        found.append((start, end, rule, match["title"]))
        position = end
    ends = [*(entry[0] for entry in found[1:]), len(text)][: len(found)]
    return tuple(
        Section(rule.name, rule, title, start, begin, end)
        for (start, begin, rule, title), end in zip(found, ends, strict=True)
    )


@lru_cache(maxsize=1)
def _colon_pattern() -> re.Pattern[str]:
    words = "|".join(_loose(w) for w in sorted(_titles().owners, key=len, reverse=True))
    return re.compile(rf"[【\[]?(?:{words}){_NOTE}[】\]]?(?=:)|【(?:{words})】", re.IGNORECASE)


def _candidates(text: str, before: bytes | bytearray) -> Iterable[int]:
    starts = {0} if text else set()
    for index, char in enumerate(text):
        if char in "\n\t":
            starts.add(index + 1)
        elif before[index] & (GAP | SOFT) or char == "【":
            starts.add(index)
    starts.update(match.start() for match in _colon_pattern().finditer(text))
    return sorted(start for start in starts if start < len(text))


def _opens(
    text: str, before: bytes | bytearray, start: int, match: re.Match[str], rule: SectionRule
) -> int | None:  # fmt: skip
    """Return where the contents begin, or None when the words at ``start`` are no heading."""
    end = match.end()
    previous = text[start - 1] if start else "\n"
    following = text[end] if end < len(text) else "\n"
    row_start = previous in "\n" or (previous == "\t")
    soft_start = bool(before[start] & (GAP | SOFT)) if start < len(before) else False
    bracketed = (
        text[match.start("title") - 1 : match.start("title")] in ("【", "[", "<", "「", "《")
        and text[end - 1] in "】]>」》"
    )
    length = match.end("title") - match.start("title")
    colon = following == ":"
    if bracketed and (row_start or soft_start or text[match.start("title") - 1] == "【"):
        return end + colon
    if colon:
        boundary = row_start or soft_start or previous in "。;,:)】]、"
        if rule.kind == "stop":
            allowed = boundary or length >= _LONG
        elif rule.strong:
            allowed = boundary or length >= _LONG - 1
        else:
            allowed = row_start or soft_start or previous in "。;" or (rule.kind == "diagnosis" and previous == ",")
        return end + 1 if allowed else None
    if not row_start:
        # cells of one printed row that the reader took for words: 肺部感染 病理诊断 无
        apart = start < len(before) and before[start] & GAP and end < len(before) and before[end] & GAP
        return end if apart and rule.strong and rule.kind != "stop" and length >= _LONG else None
    alone = following == "\n" or (following == "\t" and (rule.kind != "stop" or length >= _LONG))
    gap = end < len(text) and bool(before[end] & GAP)
    if alone or (gap and (rule.strong or length >= _LONG) and rule.kind != "stop"):
        return end if length > 1 or (match["title"].isascii() and previous == "\n") else None
    if following in ";." and rule.strong and length >= _LONG:
        return end + 1
    if rule.kind == "stop" and previous == "\n" and length >= 2 * _LONG:
        return end  # 损伤、中毒的外部原因: so long a label is no prose
    rest = text[end : end + 6].partition("\n")[0]
    if (
        previous == "\n"
        and text[start - 2 : start - 1] not in (",", "、", "(")
        and _runs_on(match["title"], rule, rest)
    ):
        return end
    return None


def section_at(sections: tuple[Section, ...], index: int) -> Section | None:
    """Return the section that holds the character at ``index``; None before the first heading."""
    for section in reversed(sections):
        if section.heading <= index:
            return section
    return None
