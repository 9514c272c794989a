"""Data keys; identity, names of files, readings and what was made of them sealed; files sealed under other names.

What was kept in the clear is sealed row by row, one application after the other, in the migration's transaction. Files
are written anew beside the old ones, which are deleted once the transaction stands; cut off anywhere before, the next
start begins again and finds everything as it was.

SQLite: columns are added and dropped in place. Copying a table, as batch mode does, would delete it with foreign keys
on, and everything that refers to it.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import context, op

if TYPE_CHECKING:
    from pipeline.service.blobs import Blobs
    from pipeline.service.sealing import Keyring

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SEALED: Mapping[str, tuple[str, ...]] = {
    "identities": (
        "name",
        "id_number",
        "phone",
        "agent_name",
        "agent_id_number",
        "agent_phone",
        "agent_relation",
    ),
    "uploads": ("name", "sha256", "why"),
    "pages": ("member", "page", "reading"),
    "assessments": ("report", "feedback", "facts", "case"),
    "corrections": ("machine", "human", "note"),
    "decisions": ("reasons", "note", "second_note"),
    "quality_samples": ("reasons", "note"),
    "upload_sessions": ("name", "sha256"),
}
_JSON = frozenset({"report", "feedback", "machine", "human", "reasons"})
_NAMED = re.compile(rb'"(image|path)":"([0-9a-f]{64})"')


def upgrade() -> None:
    op.create_table(
        "master_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("check_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_keys")),
    )
    op.create_table(
        "data_keys",
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("master", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_data_keys")),
    )
    op.create_index("ix_data_keys_master", "data_keys", ["master"])
    for table, columns in _SEALED.items():
        for column in columns:
            op.add_column(table, sa.Column(f"{column}_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("uploads", sa.Column("blob", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("identities", sa.Column("id_number_index", sa.String(length=64), nullable=False, server_default=""))
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT count(*) FROM applications")):
        _seal(connection)
    op.drop_index("ix_uploads_sha256", table_name="uploads")
    for table, columns in _SEALED.items():
        for column in columns:
            op.execute(sa.text(f'ALTER TABLE {table} DROP COLUMN "{column}"'))
    op.create_index("ix_uploads_blob", "uploads", ["blob"])
    op.create_index("ix_identities_id_number_index", "identities", ["id_number_index"])


def downgrade() -> None:
    raise NotImplementedError("what is sealed stays sealed; restore a backup of the earlier version instead")


def _seal(connection: sa.Connection) -> None:
    from pipeline.service.sealing import SERVICE

    database, blobs = context.config.attributes["database"], context.config.attributes.get("blobs")
    if database.keyring is None or blobs is None:
        raise RuntimeError("the migration needs the keys and the store of files")
    keyring: Keyring = database.keyring
    keyring.make(connection, SERVICE)
    old: set[str] = set()
    for application in list(connection.scalars(sa.text("SELECT id FROM applications ORDER BY id"))):
        keyring.make(connection, application)
        _Case(connection, keyring, blobs, application, old).seal()
    after: list[Callable[[], None]] = context.config.attributes["after"]
    after.append(lambda: _forget(blobs, old))


def _forget(blobs: Blobs, names: set[str]) -> None:
    for name in sorted(names):
        blobs.delete(name)


class _Case:
    """One application's rows."""

    def __init__(
        self, connection: sa.Connection, keyring: Keyring, blobs: Blobs, application: str, old: set[str]
    ) -> None:
        self.connection, self.keyring, self.blobs, self.id, self.old = connection, keyring, blobs, application, old
        self.renamed: dict[str, str] = {}

    def seal(self) -> None:
        for row in self._rows("identities", "application_id = :id"):
            number = "".join(row["id_number"].split()).upper()
            index = self.keyring.blind("identity.id_number", number) if number else ""
            self._write("identities", row, (self.id,), key="application_id", id_number_index=index)
        uploads = list(self._rows("uploads", "application_id = :id"))
        for row in uploads:
            self._write("uploads", row, (row["id"],), blob=self._file(row["sha256"]))
        pages = "upload_id IN (SELECT id FROM uploads WHERE application_id = :id)"
        for row in list(self._rows("pages", pages)):
            self._write("pages", row, (row["id"], row["upload_id"]), image=self._file(row["image"]))
        for row in list(self._rows("upload_sessions", "application_id = :id")):
            self._write("upload_sessions", row, (row["id"],))
        parts = "session_id IN (SELECT id FROM upload_sessions WHERE application_id = :id)"
        for row in list(self._rows("upload_parts", parts)):
            self.connection.execute(
                sa.text("UPDATE upload_parts SET blob = :blob WHERE id = :id"),
                {"blob": self._file(row["blob"]), "id": row["id"]},
            )
        for table in ("assessments", "corrections", "decisions", "quality_samples"):
            for row in list(self._rows(table, "application_id = :id")):
                self._write(table, row, (row["id"],))

    def _rows(self, table: str, where: str) -> Iterator[dict[str, Any]]:
        query = sa.text(f"SELECT * FROM {table} WHERE {where}")  # noqa: S608 - words of this module
        for row in self.connection.execute(query, {"id": self.id}).mappings().all():
            yield dict(row)

    def _write(self, table: str, row: dict[str, Any], at: tuple[str, ...], *, key: str = "id", **more: str) -> None:
        values: dict[str, Any] = dict(more)
        for column in _SEALED[table]:
            plain = self._plain(column, row[column])
            values[f"{column}_sealed"] = self._sealed(table, column, at, plain)
        setting = ", ".join(f"{name} = :{name}" for name in values)
        statement = sa.text(f"UPDATE {table} SET {setting} WHERE {key} = :row")  # noqa: S608 - words of this module
        self.connection.execute(statement, {**values, "row": row[key]})

    def _sealed(self, table: str, column: str, at: tuple[str, ...], plain: bytes | None) -> bytes | None:
        from pipeline.service.sealing.columns import sealing

        return None if plain is None else sealing(self.keyring, self.id, table, column, at, plain)

    def _plain(self, column: str, value: Any) -> bytes | None:
        if value is None or value == "":
            return None
        if column in _JSON:  # SQLite hands out text, PostgreSQL the value
            told = json.loads(value) if isinstance(value, str) else value
            data = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            return self._with_new_names(data) if column == "feedback" else data
        if column == "case":
            return self._recompressed(bytes(value))
        return value.encode() if isinstance(value, str) else bytes(value)

    def _recompressed(self, data: bytes) -> bytes:
        try:
            return zlib.compress(self._with_new_names(zlib.decompress(data)), 6)
        except zlib.error:
            return data  # damaged before; it is told where it is read

    def _with_new_names(self, data: bytes) -> bytes:
        def named(match: re.Match[bytes]) -> bytes:
            new = self.renamed.get(match[2].decode())
            return match[0] if new is None else b'"' + match[1] + b'":"' + new.encode() + b'"'

        return _NAMED.sub(named, data)

    def _file(self, name: str) -> str:
        """Seal a file under its new name; one that is lost gets the name it would have, and stays lost."""
        from pipeline.service.blobs import BlobMissingError
        from pipeline.service.sealing.envelope import Addressing

        if name not in self.renamed:
            try:
                with self.blobs.store.open(name) as source:
                    self.renamed[name] = self.blobs.of(self.id).put(source)
                self.old.add(name)
            except BlobMissingError:
                self.renamed[name] = Addressing(self.keyring.key(self.id)).name_of(bytes.fromhex(name))
        return self.renamed[name]
