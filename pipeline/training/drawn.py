"""Pages as the factory's families draw them, with the truth of every character.

Values come from the marks that typesetting left, printed headings and keys from the words that typesetting was given:
a paper knows its hospital, title, sections and the wordings of its keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from data_samples.factory.drawn import Drawn, DrawnPage
from data_samples.factory.paper import Paper, Section
from models.page_reader.labels import Box, Label
from pipeline.training.characters import CharLine, of_lines, of_pdf
from pipeline.training.truth import TrueLine, TruePage, pieces_of
from pipeline.training.words import column_words, key_words, section_words

__all__ = ["true_pages"]

_PARTS = {
    "name": Label.ITEM_NAME,
    "abbr": Label.ITEM_CODE,
    "result": Label.RESULT,
    "unit": Label.UNIT,
    "range": Label.RANGE,
    "flag": Label.FLAG,
}
_Part = tuple[CharLine, int, int]
"""Characters of a line: from, to."""
_LAB = re.compile(r"(lab\d+)\.(\w+)")


def true_pages(paper: Paper, drawn: Drawn, family: str) -> list[TruePage]:
    """Return the pages of ``drawn`` that carry print."""
    pages = []
    characters = of_pdf(drawn.pdf) if drawn.pdf is not None else [of_lines(page) for page in drawn.pages]
    for page, lines in zip(drawn.pages, characters, strict=True):
        if lines:
            marker = _Marker(paper, page, lines)
            heads = marker.mark()
            true = tuple(TrueLine(line.text, line.box, pieces_of(line.marked)) for line in lines)
            width, height = page.width, page.height
            pages.append(TruePage(width=width, height=height, lines=true, heads=heads, type=paper.type, family=family))
    return pages


class _Marker:
    """Marks the characters of one page."""

    def __init__(self, paper: Paper, page: DrawnPage, lines: list[CharLine]) -> None:
        self.paper, self.page, self.lines = paper, page, lines
        self.roles = {_bare(one.role) for one in paper.signatures}
        self.things: dict[object, int] = {}
        self.heads: dict[int, int] = {}
        for line in lines:
            line.marked = [None] * len(line.text)
            # Boxes come as fractions; layout is in millimetres so that glyphs are square.
            line.boxes = [
                (b[0] * page.width, b[1] * page.height, b[2] * page.width, b[3] * page.height) for b in line.boxes
            ]

    def thing(self, name: object) -> int:
        return self.things.setdefault(name, len(self.things))

    def mark(self) -> dict[int, int]:
        self._rows()
        self._diagnoses()
        self._names()
        self._sections()
        self._columns()
        self._keys()
        return self.heads

    def _covered(self, box: Box) -> Iterator[tuple[CharLine, int, int]]:
        w, h = self.page.width, self.page.height
        x0, y0, x1, y1 = box[0] * w, box[1] * h, box[2] * w, box[3] * h
        for line in self.lines:
            inside = [
                k
                for k, b in enumerate(line.boxes)
                if x0 - 0.05 <= (b[0] + b[2]) / 2 <= x1 + 0.05 and y0 - 0.3 <= (b[1] + b[3]) / 2 <= y1 + 0.3
            ]
            if inside:
                yield line, inside[0], inside[-1] + 1

    def _rows(self) -> None:
        rows = {row.mark for row in self.paper.rows if row.mark}
        named = {m.removesuffix(".name") for m, _ in self.page.marks if m.endswith(".name")}
        for mark, box in self.page.marks:
            match = _LAB.fullmatch(mark)
            if match is None or match[1] not in rows or match[2] not in _PARTS:
                continue
            row, label = match[1], _PARTS[match[2]]
            if label is Label.ITEM_CODE and row not in named:
                label = Label.ITEM_NAME
            head = self.thing((row, "name"))
            thing = (
                head if label is Label.ITEM_NAME else self.thing((row, match[2], box[0] if label is Label.RANGE else 0))
            )
            if thing != head:
                self.heads[thing] = head
            for line, start, end in self._covered(box):
                line.put(*_snapped(line.text, start, end), label, thing)

    def _diagnoses(self) -> None:
        items = {
            run.mark: ("".join(r.text for r in item), section.key)
            for section in self.paper.sections
            for item in section.items
            for run in item
            if run.mark and run.mark.startswith("dx")
        }
        items |= {row.mark: (row.name, "") for row in self.paper.rows if row.mark and row.mark.startswith("dx")}
        for mark, box in self.page.marks:
            if mark not in items:
                continue
            whole, section = items[mark]
            thing = self.thing(("dx", mark))
            if section:
                self.heads[thing] = self.thing(("section", section))
            for line, start, end in self._covered(box):
                start, end = _grown(line.text, start, end, whole)
                line.put(start, end, Label.DIAGNOSIS, thing)

    def _names(self) -> None:
        title = "".join(self.paper.title.split())
        for wanted, label in ((self.paper.hospital.name, Label.HOSPITAL), (title, Label.TITLE)):
            if not wanted:
                continue
            for number, line in enumerate(self.lines):
                found = _find(line.text, wanted)
                if found and line.free(*found):
                    line.put(*found, label, self.thing((label, number)))

    def _sections(self) -> None:
        inside: tuple[int, str] | None = None
        titles = {"".join(s.title.split()): s for s in self.paper.sections if s.title.strip()}
        contents = {
            s.key: _bare("".join(r.text for r in s.text) + "".join(r.text for i in s.items for r in i))
            for s in self.paper.sections
        }
        known = sorted(set(titles) | set(section_words()), key=len, reverse=True)
        for line in self.lines:
            start = 0
            head = _heading(line, known)
            if head is not None:
                word, a, b = head
                section = titles.get(word) or self._worded(word)
                if section is not None:
                    thing = self.thing(("section", section.key))
                    line.put(a, b, Label.SECTION, thing)
                    inside, start = (thing, contents[section.key]), b
            whole = _bare(line.text[start:])
            if not whole:
                continue
            for candidate in [inside, *((self.thing(("section", k)), c) for k, c in contents.items())]:
                # Away from its heading only a long match is one: short words stand in many places.
                if (
                    candidate is None
                    or not _within(whole, candidate[1])
                    or (candidate is not inside and len(whole) < 12)
                ):
                    continue
                self._prose(line, start, candidate[0])
                inside = candidate
                break

    def _worded(self, word: str) -> Section | None:
        from data_samples.factory.families.clinical.words import SECTION_WORDS
        from pipeline.training.words import words

        for section in self.paper.sections:
            wordings = [*SECTION_WORDS.get(section.key, ()), *words()["sections"].get(section.key, ())]
            if word in {"".join(w.split()) for w in wordings}:
                return section
        return None

    def _prose(self, line: CharLine, start: int, section: int) -> None:
        """Mark what is not marked yet as text of ``section``; numbers and colons before it stay bare."""
        text = line.text
        if any(mark is not None and mark[0] is Label.DIAGNOSIS for mark in line.marked[start:]):
            return
        match = re.match(r"[\s：:】\]]*", text[start:])
        start += match.end() if match else 0
        if start < len(text) and line.free(start, len(text)):
            thing = self.thing(("text", id(line)))
            line.put(start, len(text), Label.TEXT, thing)
            self.heads[thing] = section

    def _columns(self) -> None:
        known = column_words()
        hits = [line for line in self.lines if _bare(line.text) in known and line.free(0, len(line.text))]
        for line in hits:
            middle = (line.box[1] + line.box[3]) / 2
            beside = [
                o for o in hits if o.box[1] < middle < o.box[3] or line.box[1] < (o.box[1] + o.box[3]) / 2 < line.box[3]
            ]
            if len(beside) >= 3:
                line.put(0, len(line.text), Label.COLUMN_HEAD, self.thing(("column", id(line))))

        for line in self.lines:
            # 参考值：3.5-9.5 beside an item of a list
            match = re.match(r"\s*([^\s：:]{1,6})\s*[：:]\s*", line.text)
            told = (Label.RESULT, Label.UNIT, Label.RANGE)
            if match and _bare(match[1]) in known and match.end() < len(line.text):
                mark = line.marked[match.end()]
                if mark is not None and mark[0] in told:
                    line.put(*match.span(1), Label.COLUMN_HEAD, self.thing(("column", id(line))))

    def _keys(self) -> None:
        printed = {field.mark for field in self.paper.fields.values() if field.mark}
        values: list[_Part] = []
        for mark, box in self.page.marks:
            if mark in printed:
                values += [(line, a, b) for line, a, b in self._covered(box) if line.free(a, b)]
        marked = {(id(line), k) for line, a, b in values for k in range(a, b)}
        keys: list[tuple[CharLine, int, int, int]] = []
        pattern = _key_pattern(frozenset(s.role for s in self.paper.signatures))
        for line in self.lines:
            for match in pattern.finditer(line.text):
                a, b = match.span(1)
                if not line.free(a, b) or any((id(line), k) in marked for k in range(a, b)):
                    continue
                after = line.text[b:].lstrip()
                told = after[:1] in ("：", ":") or not after or (id(line), len(line.text) - len(after)) in marked
                before = line.text[:a].rstrip()
                if told and (
                    not before
                    or line.text[a - 1].isspace()
                    or before[-1] in "：:()（）/|,，;；"
                    or (id(line), len(before) - 1) in marked
                ):
                    thing = self.thing(("key", id(line), a))
                    line.put(a, b, Label.KEY, thing)
                    keys.append((line, a, b, thing))
        known = self._values()
        for line, _, b, key in keys:
            self._value(line, b, key, values, known)

    def _values(self) -> set[str]:
        found = {s.name for s in self.paper.signatures}
        for one in self.paper.fields.values():
            value = str(one.value)
            found |= {_bare(value), re.sub(r"\D", "", value)[:8]}
        return {value for value in found if value}

    def _value(
        self, line: CharLine, end: int, key: int, marks: Sequence[tuple[CharLine, int, int]], known: set[str]
    ) -> None:
        rest = line.text[end:]
        start = end + len(rest) - len(rest.lstrip(" ：:\u3000"))
        stop = next((k for k in range(start, len(line.text)) if line.marked[k] is not None), len(line.text))
        if (start < stop and rest.lstrip()[:1] in ("：", ":")) or any(
            one is line and a <= start < b for one, a, b in marks
        ):
            wide = line.text.find("  ", start, stop)
            self._put_value(line, start, wide if wide > 0 else stop, key)
            return
        if start < len(line.text):
            return
        found = self._beside(line) or self._below(line)
        if found is None or not found.free(0, len(found.text)):
            return
        bare = _bare(found.text)
        digits = re.sub(r"\D", "", bare)[:8]
        signs = _bare(line.text).rstrip("：:") in self.roles
        if signs and len(digits) >= 6:
            return  # the day beside a signature is not the one who signed
        if any(one is found for one, _, _ in marks) or bare in known or (len(digits) >= 6 and digits in known):
            self._put_value(found, 0, len(found.text), key)

    def _put_value(self, line: CharLine, start: int, stop: int, key: int) -> None:
        thing = self.thing(("value", id(line), start))
        line.put(start, stop, Label.VALUE, thing)
        self.heads[thing] = key

    def _beside(self, line: CharLine) -> CharLine | None:
        x1, high = line.box[2], line.box[3] - line.box[1]
        middle = (line.box[1] + line.box[3]) / 2
        near = [o for o in self.lines if o is not line and o.box[0] >= x1 - 0.3 * high and o.box[1] < middle < o.box[3]]
        return min(near, key=lambda o: o.box[0], default=None)

    def _below(self, line: CharLine) -> CharLine | None:
        x0, _, x1, y1 = line.box
        high = line.box[3] - line.box[1]
        near = [
            o
            for o in self.lines
            if o is not line and y1 - 0.3 * high <= o.box[1] <= y1 + 2 * high and o.box[0] < x1 and o.box[2] > x0
        ]
        return min(near, key=lambda o: o.box[1], default=None)


def _key_pattern(roles: frozenset[str]) -> re.Pattern[str]:
    listed = sorted(key_words() | {_bare(role) for role in roles}, key=len, reverse=True)
    return re.compile("(" + "|".join(r"[ \u3000]*".join(map(re.escape, word)) for word in listed) + ")")


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000]", "", text)


def _within(whole: str, content: str) -> bool:
    """Whether print is part of a section; how it numbers and separates the section's items is the layout's affair."""
    whole, content = _prose_of(whole), _prose_of(content)
    return (len(whole) >= 2 and whole in content) or (len(whole) >= 14 and whole[3:-3] in content)


def _prose_of(text: str) -> str:
    text = re.sub(r"[（(]?\d{1,2}[)）.、．]|[①-⑩]|[一二三四五六七八九十]、", "", text)
    return re.sub(r"[^\w%+<>≥≤↑↓]", "", text)


def _snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Move the ends of a marked cell to the ends of its words: places of characters may be estimates."""
    while start > 0 and _word(text[start - 1]) and _word(text[start]):
        start -= 1
    while end < len(text) and _word(text[end - 1]) and _word(text[end]):
        end += 1
    while end - 1 > start and text[end - 1] in "(（":
        end -= 1
    while end - 1 > start and text[start] in ")）":
        start += 1
    return start, end


def _word(character: str) -> bool:
    return character in "." or (character.isascii() and character.isalnum())


def _find(text: str, wanted: str) -> tuple[int, int] | None:
    places = [k for k, c in enumerate(text) if not c.isspace()]
    at = "".join(text[k] for k in places).find(wanted)
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


def _heading(line: CharLine, known: Sequence[str]) -> tuple[str, int, int] | None:
    places = [k for k, c in enumerate(line.text) if not c.isspace()]
    bare = "".join(line.text[k] for k in places)
    match = re.match(r"(?:[一二三四五六七八九十]+、|\d+[.、]|[（(]\d[)）]|[^\w\s（(]{1,2})?", bare)
    begin = match.end() if match else 0
    for word in known:
        if bare.startswith(word, begin):
            after = bare[begin + len(word) :][:1]
            end = begin + len(word)
            gap = end < len(places) and places[end] > places[end - 1] + 1
            if (not after or after in "：:】]" or gap) and line.free(places[begin], places[end - 1] + 1):
                return word, places[begin], places[end - 1] + 1
    return None


def _grown(text: str, start: int, end: int, whole: str) -> tuple[int, int]:
    """Widen a marked name to its whole item where that stands in the line."""
    found = _find(text, _bare(whole))
    return found if found and found[0] <= start and found[1] >= end else (start, end)
