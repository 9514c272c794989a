"""Pieces of print: a Chinese character, a word in Latin letters, a number by its shape, a symbol.

A number's value says nothing of what it is, its shape does: ``1167`` and ``1203`` are one token, ``19.83`` another.
Full- and half-width forms are one. What the vocabulary lacks becomes the token of its kind, so nothing is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["PAD", "PAGE", "SPECIAL", "Piece", "Tokenizer", "fold"]

PAD, PAGE = 0, 1
SPECIAL = ("<pad>", "<page>", "<cjk>", "<latin>", "<symbol>", "<mask>")
_INT, _DECIMALS = 12, 4
SHAPES = (
    *(f"<{a}d>" for a in range(1, _INT + 1)),
    *(f"<{a}.{b}>" for a in range(1, 7) for b in range(1, _DECIMALS + 1)),
    "<year>",
    *(str(digit) for digit in range(10)),
)
_PIECES = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|\S")


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]`` as token ``id``."""

    id: int
    start: int
    end: int


@cache
def fold(character: str) -> str:
    """Return the half-width or composed form of one character where that is one character too."""
    if character == "\u3000":
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


class Tokenizer:
    """Cuts text to pieces of a fixed vocabulary."""

    def __init__(self, tokens: Sequence[str]) -> None:
        if tuple(tokens[: len(SPECIAL)]) != SPECIAL:
            raise ValueError("the vocabulary does not begin with the special tokens")
        self.tokens = tuple(tokens)
        self._ids = {token: index for index, token in enumerate(tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Read a vocabulary: one token a line, UTF-8."""
        return cls(path.read_text(encoding="utf-8").split("\n")[:-1])

    def pieces(self, text: str) -> list[Piece]:
        """Return the pieces of ``text`` in their order; white space is none."""
        folded = "".join(map(fold, text))
        found: list[Piece] = []
        for match in _PIECES.finditer(folded):
            word, start, end = match[0], match.start(), match.end()
            if word[0].isdigit() and word[0].isascii():
                found.append(Piece(self._number(word), start, end))
            elif word.isascii() and word.isalpha():
                found += self._latin(word, start)
            else:
                found.append(Piece(self._ids.get(word, self._kind(word)), start, end))
        return found

    def _number(self, word: str) -> int:
        whole, _, decimals = word.partition(".")
        if decimals:
            shape = f"<{min(len(whole), 6)}.{min(len(decimals), _DECIMALS)}>"
        elif len(whole) == 1:
            shape = whole
        elif len(whole) == 4 and whole[:2] in ("19", "20"):
            shape = "<year>"
        else:
            shape = f"<{min(len(whole), _INT)}d>"
        return self._ids[shape]

    def _latin(self, word: str, start: int) -> list[Piece]:
        for form in (word, word.lower()):
            if form in self._ids:
                return [Piece(self._ids[form], start, start + len(word))]
        return [
            Piece(self._ids.get(letter, self._ids["<latin>"]), start + k, start + k + 1)
            for k, letter in enumerate(word)
        ]

    def _kind(self, character: str) -> int:
        if unicodedata.category(character) == "Lo":
            return self._ids["<cjk>"]
        return self._ids["<latin>" if unicodedata.category(character)[0] == "L" else "<symbol>"]

    @staticmethod
    def build(texts: Iterable[str], *, words: int, characters: int) -> Tokenizer:
        """Return the tokenizer whose vocabulary holds what is frequent in ``texts``, and all common characters.

        Args:
            words: how many words in Latin letters at most, letters not counted.
            characters: how many other characters at most.
        """
        latin: dict[str, int] = {}
        other: dict[str, int] = {}
        for text in texts:
            for match in _PIECES.finditer("".join(map(fold, text))):
                word = match[0]
                if word.isascii() and word.isalpha():
                    latin[word] = latin.get(word, 0) + 1
                elif not word[0].isdigit() or not word.isascii():
                    other[word] = other.get(word, 0) + 1
        for character in _common():
            other.setdefault(character, 0)
        letters = [chr(k) for k in (*range(65, 91), *range(97, 123))]
        chosen = [w for w in _by_count(latin) if len(w) > 1 and latin[w] > 2][:words]
        return Tokenizer([*SPECIAL, *SHAPES, *letters, *chosen, *_by_count(other)[:characters]])

    def save(self, path: Path) -> None:
        path.write_text("\n".join(self.tokens) + "\n", encoding="utf-8")


def _by_count(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda word: (-counts[word], word))


def _common() -> Iterable[str]:
    """The 3,755 characters of GB 2312's first level, and the symbols of printed ASCII."""
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue
    yield from (chr(k) for k in range(33, 127) if not chr(k).isalnum())
