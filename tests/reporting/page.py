"""A finished HTML page taken apart: what runs, what loads, which anchors there are, which text a person reads."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "input", "hr", "link", "use", "path", "circle", "rect", "line", "polyline"}


class PageReader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.headings: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.text_parts: list[str] = []
        self.lang = ""
        self.policy = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.lang = values.get("lang") or self.lang
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        self.handlers += [name for name in values if name.startswith("on")]
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag in ("a", "use") and values.get("href"):
            self.links.append(values["href"] or "")
        self.sources += [values[n] or "" for n in ("src", "srcset", "poster", "action", "data") if values.get(n)]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.unbalanced.append(tag)
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            return
        self.text_parts.append(data)
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data.strip())

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text_parts))
