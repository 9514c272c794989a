"""Shape of ``amend.yaml``: what a region changes in a rule that it inherits."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from rules.engine.schema import ItemFile, RegionPart

__all__ = ["AddedItem", "AmendFile", "ChangedFormula", "ChangedValue", "RemovedItem"]


class _Grounds(RegionPart):
    """Why: the region's own source, and the reason in words."""

    source: str = Field(min_length=1)
    """Key of the region's sources."""
    reason: str = Field(min_length=4)
    """One Chinese sentence."""
    verified: bool = False
    """True only when checked against the official text."""


class ChangedValue(_Grounds):
    """One value that differs."""

    at: str = Field(min_length=1)
    """Path in the parent's rule, items by id, places of a list from 0: ``items.2.when.lab.any_of.0.at_least``."""
    from_: Any = Field(default=None, alias="from")
    """The parent's value, checked; left out where the parent has none."""
    to: Any = None
    """The value here, or ``by_date``; left out where the parent's value falls away."""
    source_item: str | None = None
    """Number of the item in the region's source."""

    @model_validator(mode="after")
    def _something(self) -> ChangedValue:
        if not {"from_", "to"} & self.model_fields_set:
            raise ValueError("from 和 to 至少写一个：改值两个都写，增加只写 to，去掉只写 from")
        return self


class ChangedFormula(_Grounds):
    """The formula here."""

    from_: Any = Field(alias="from")
    to: Any


class RemovedItem(_Grounds):
    """An item of the parent that does not hold here."""

    item: str


class AddedItem(RegionPart):
    """An item that holds only here; its own ``source`` says whence."""

    item: ItemFile
    after: str | None = None
    """Id of the item it follows; default: the last."""
    reason: str = Field(min_length=4)


class AmendFile(RegionPart):
    """What a region changes in one inherited rule."""

    amends: str
    """Id of the rule."""
    changes: tuple[ChangedValue, ...] = ()
    removed: tuple[RemovedItem, ...] = ()
    added: tuple[AddedItem, ...] = ()
    formula: ChangedFormula | None = None
    supersedes: tuple[str, ...] = ()
    """Titles of the parent's cases that no longer hold here; cases.yaml beside this file adds others."""

    @model_validator(mode="after")
    def _something(self) -> AmendFile:
        if not (self.changes or self.removed or self.added or self.formula):
            raise ValueError("没有写任何修改，请写 changes、removed、added 或 formula")
        return self
