"""A folder outside the rule base (``--rules DIR``) and what its ``region.yaml`` may be.

It adds to the region asked for (``extends``, or the region's own ``id``), or it is a region of its own that inherits
from that one. Any other file is refused: it would put another region's name, sources and policies over the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rules.engine.errors import RuleError
from rules.engine.marked_yaml import Marked, check_model, load_marked
from rules.engine.schema import AdditionFile, RegionFile
from rules.vocabulary import HERE as VOCABULARY

__all__ = ["Outside", "foreign", "outside_of", "read_region"]

Read = tuple[Marked, RegionFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What an outside folder brings."""

    folders: tuple[Path, ...] = ()
    """Of its packs; none where there is no outside folder."""
    region: Read | None = None
    """Its ``region.yaml``."""
    adds: bool = False
    """True: ``region`` stands over the shipped region of the same id and holds only what it adds."""


def read_region(path: Path) -> Read:
    """Read one ``region.yaml``.

    Raises:
        RuleError: malformed.
    """
    marked = load_marked(path)
    return marked, check_model(RegionFile, marked.data, marked)


def outside_of(rules_dir: Path, region: str, extra: Path | None) -> Outside:
    """Find the packs in ``extra`` for ``region``, and the ``region.yaml`` beside them.

    Raises:
        RuleError: nothing is there, or its ``region.yaml`` is malformed or adds to another region.
    """
    if extra is None:
        return Outside()
    folder = extra / region if (extra / region).is_dir() else extra
    if not folder.is_dir():
        raise RuleError("没有这个文件夹", file=folder)
    kinds = ("*/rule.yaml", "*/amend.yaml", "region.yaml")
    if not any(path.is_file() for kind in kinds for path in folder.glob(kind)):
        raise RuleError("文件夹里没有规则包；应有 <编号-名称>/rule.yaml、amend.yaml 或 region.yaml", file=folder)
    _no_vocabulary(extra)
    path, base = folder / "region.yaml", rules_dir / region / "region.yaml"
    if not path.is_file():
        return Outside(folders=(folder,))
    marked = load_marked(path)
    if isinstance(marked.data, dict) and "extends" in marked.data:
        file = _addition(marked, region, base)
        return Outside(folders=(folder,), region=(marked, file), adds=True)
    file = check_model(RegionFile, marked.data, marked)
    adds = file.id == region and base.is_file()
    inherits = file.inherits is not None and (not adds or file.inherits != read_region(base)[1].inherits)
    if inherits and file.id in (region, file.inherits) and base.is_file():
        problem = f"“{file.id}”是随程序的地区，请给文件夹里的地区起一个自己的 id，如 {region}_trial；{_how(region)}"
        raise marked.error(problem, ("id",))
    return Outside(folders=(folder,), region=(marked, file), adds=adds)


def _no_vocabulary(extra: Path) -> None:
    """Refuse terms that would not be read; a copy of the shipped ones, as in a whole rule base, does no harm.

    Raises:
        RuleError: naming the first file that differs.
    """
    for path in sorted((extra / "vocabulary").glob("**/*.yaml")):
        shipped = VOCABULARY / path.relative_to(extra / "vocabulary")
        if not shipped.is_file() or shipped.read_bytes() != path.read_bytes():
            problem = "文件夹里的词表不会读：词条只从程序的 rules/vocabulary/<种类>/ 读，请加到那里，再移走这个文件"
            raise RuleError(problem, file=path)


def _addition(marked: Marked, region: str, base: Path) -> RegionFile:
    added = check_model(AdditionFile, marked.data, marked)
    if added.extends != region:
        problem = f"这个文件夹写明增补“{added.extends}”，而要用的地区是“{region}”。请用 --region {added.extends}，"
        raise marked.error(f"{problem}或改写 extends: {region}", ("extends",))
    if not base.is_file():
        raise marked.error(f"随程序的规则里没有“{region}”这个地区，没有可增补的；自立地区请写 id", ("extends",))
    shipped = read_region(base)[1]
    own = {name: getattr(added, name) for name in ("sources", "policies", "readings_off", "notices")}
    version = added.version or shipped.version
    return shipped.model_copy(update={**own, "version": version, "form_title": ""})


def foreign(read: Read, region: str) -> RuleError:
    """The file is of another region than the one asked for."""
    marked, file = read
    return marked.error(
        f"这是地区“{file.id}”（{file.name}）的文件，而要用的地区是“{region}”，两者不是同一地区，它也不继承“{region}”。"
        f"要用这个地区请写 --region {file.id}；{_how(region)}；要另立一个地区请写 inherits: {region} 和自己的 id",
        ("id",),
    )


def _how(region: str) -> str:
    return f"只给“{region}”增补出处、口径，请写 extends: {region}，不写 id 和 name"
