"""Two versions of the rules as bytes, so that another machine judges by exactly these.

What is packed are the files that say something of the rules (``region.yaml``, ``rule.yaml``, ``amend.yaml``); the
program and its vocabulary must be there already and be the same: their digest travels along and is compared.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import rules
from rules.engine import Region
from rules.engine.rules_at import RulesAt

__all__ = ["Bundle", "BundleError", "Packed", "pack", "program_digest"]

_KINDS = ("region.yaml", "rule.yaml", "amend.yaml")


class BundleError(Exception):
    """The other machine would judge otherwise; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One version: its files and how they are loaded. The digest is that of the region as it was loaded here."""

    files: Mapping[str, bytes]
    region: str
    extra: bool
    sha256: str

    def load(self) -> Region:
        """Load the rules and check that they are the same.

        Raises:
            BundleError: they say something else here.
            RuleError: this program cannot read them.
        """
        with tempfile.TemporaryDirectory(prefix="yushen-rules-") as folder:
            root = Path(folder)
            for name, content in self.files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            at = RulesAt(rules_dir=root / "base", region=self.region, extra=root / "extra" if self.extra else None)
            region = at.load()
        if region.sha256 != self.sha256:
            raise BundleError("这台机器读出的规则与发来的不一致")
        return region


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a machine needs to judge a chunk."""

    old: Packed
    new: Packed
    program: str
    everything: bool = False

    @property
    def key(self) -> str:
        told = (self.old.sha256, self.new.sha256, self.program, self.everything)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def load(self) -> tuple[Region, Region]:
        """Load both versions.

        Raises:
            BundleError: this machine has another version of the program, or reads the rules otherwise.
        """
        if program_digest() != self.program:
            raise BundleError("集群机器上的预审程序（规则引擎或词表）与本机版本不同，请装同一版")
        return self.old.load(), self.new.load()


def pack(at: RulesAt, region: Region) -> Packed:
    """Pack the files of ``at``, which was loaded as ``region``."""
    files = {f"base/{name}": content for name, content in _files(at.rules_dir)}
    if at.extra is not None:
        files |= {f"extra/{name}": content for name, content in _files(at.extra)}
    return Packed(files, at.region, at.extra is not None, region.sha256)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for depth in ("*", "*/*", "*/*/*"):
        for path in sorted(folder.glob(depth)):
            if path.name in _KINDS and path.is_file():
                yield path.relative_to(folder).as_posix(), path.read_bytes()


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Digest of the engine and the vocabulary: equal digests judge equally."""
    home = Path(rules.__file__).parent
    digest = hashlib.sha256()
    for part in ("engine", "vocabulary"):
        for path in sorted((home / part).rglob("*")):
            if path.suffix in (".py", ".yaml") and path.is_file():
                digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
