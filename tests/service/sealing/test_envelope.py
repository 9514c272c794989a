"""Sealed bytes open only where they were sealed, whole, and with the key they were sealed with."""

from __future__ import annotations

import io
import os

import pytest

from pipeline.service.sealing.envelope import (
    Addressing,
    DamagedError,
    keyed_digest,
    open_stream,
    place,
    scope_of,
    seal,
    seal_stream,
    unseal,
)

KEY, OTHER = bytes(range(32)), bytes(32)
SCOPE = "ab" * 16
WHERE = place("column", "identities.name", "1")
MIB = 1024 * 1024


def test_value_opens_in_its_place_alone() -> None:
    sealed = seal(KEY, SCOPE, WHERE, "张建国".encode())
    assert unseal(KEY, WHERE, sealed).decode() == "张建国"
    assert scope_of(sealed) == SCOPE
    for key, where in ((OTHER, WHERE), (KEY, place("column", "identities.name", "2"))):
        with pytest.raises(DamagedError):
            unseal(key, where, sealed)


def test_value_that_is_changed_anywhere_does_not_open() -> None:
    sealed = seal(KEY, SCOPE, WHERE, b"value")
    for at in range(len(sealed)):
        with pytest.raises(DamagedError):
            unseal(KEY, WHERE, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        with pytest.raises(DamagedError):
            unseal(KEY, WHERE, sealed[:at])


def test_values_of_like_length_look_alike_and_equal_ones_do_not() -> None:
    assert len(seal(KEY, SCOPE, WHERE, "李四".encode())) == len(seal(KEY, SCOPE, WHERE, "欧阳建国".encode()))
    assert seal(KEY, SCOPE, WHERE, b"x") != seal(KEY, SCOPE, WHERE, b"x")


def test_place_of_other_parts_is_another() -> None:
    assert place("ab", "c") != place("a", "bc")
    assert keyed_digest(KEY, "ab", "c") != keyed_digest(KEY, "a", "bc")


def sealed_file(data: bytes, key: bytes = KEY) -> tuple[str, bytes]:
    naming = Addressing(key)
    sealed = b"".join(seal_stream(key, SCOPE, io.BytesIO(data), naming))
    return naming.name, sealed


def opened(name: str, sealed: bytes, key: bytes = KEY) -> bytes:
    return b"".join(open_stream(key, name, io.BytesIO(sealed)))


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 5])
def test_file_of_any_size_comes_back(size: int) -> None:
    data = os.urandom(size)
    name, sealed = sealed_file(data)
    assert opened(name, sealed) == data
    # A single byte is found in any ciphertext now and then.
    assert len(data) < 16 or data[:16] not in sealed


def test_file_has_one_name_for_one_content_and_one_key() -> None:
    assert sealed_file(b"page")[0] == sealed_file(b"page")[0]
    assert sealed_file(b"page")[0] != sealed_file(b"pagf")[0]
    assert sealed_file(b"page")[0] != sealed_file(b"page", OTHER)[0]
    assert sealed_file(b"page")[1] != sealed_file(b"page")[1]


def test_file_that_is_cut_moved_reordered_or_joined_does_not_open() -> None:
    data = os.urandom(2 * MIB + 100)
    name, sealed = sealed_file(data)
    head, piece = 35, MIB + 16
    first, second, last = (
        sealed[head : head + piece],
        sealed[head + piece : head + 2 * piece],
        sealed[head + 2 * piece :],
    )
    other_name, other = sealed_file(data[:-1] + b"x")
    wrong = {
        "cut at a piece": sealed[: head + piece],
        "cut in a piece": sealed[:-1],
        "without its head": sealed[head:],
        "reordered": sealed[:head] + second + first + last,
        "a piece twice": sealed[:head] + first + first + last,
        "the end of another": sealed[:head] + first + second + other[head + 2 * piece :],
        "with more behind": sealed + b"x",
        "empty": b"",
    }
    for bad in wrong.values():
        with pytest.raises(DamagedError):
            opened(name, bad)
    with pytest.raises(DamagedError):  # another file of the same case under this name
        opened(name, other)
    assert opened(other_name, other)[-1:] == b"x"
