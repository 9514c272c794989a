"""What a process that opens strangers' files gives up before it does: network, other programs, writing elsewhere.

Linux only, without packages: resource limits, ``no_new_privs``, a seccomp filter, Landlock. All are given up for good
and by every thread that starts afterwards, so this runs before anything heavy is imported. Where the system lacks one
of them the others still hold; :func:`shut_in` says which do, and ``yushen doctor`` tells.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from dataclasses import dataclass

__all__ = ["EVERYTHING", "Sandbox", "more_cpu", "shut_in"]

EVERYTHING = ("limits", "no_new_privs", "seccomp", "landlock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What is left to a process."""

    writable: tuple[str, ...] | None = None
    """Folders below which it may read and write; None: wherever its user may."""
    readable: tuple[str, ...] | None = None
    """Folders below which it may read files, besides its own program and the system's; None: wherever its user may."""
    cpu_seconds: float | None = None
    """Of one task (:func:`more_cpu`)."""
    file_bytes: int = 512 * 1024 * 1024
    """Of one file that it writes."""
    open_files: int = 256


def shut_in(sandbox: Sandbox) -> tuple[str, ...]:
    """Give up what ``sandbox`` does not leave, for good, and return what of :data:`EVERYTHING` holds."""
    held = []
    steps = (_limits, _no_new_privs, _landlock, _seccomp)
    for name, step in zip(("limits", "no_new_privs", "landlock", "seccomp"), steps, strict=True):
        with contextlib.suppress(OSError, ValueError, AttributeError, KeyError):
            if step(sandbox):
                held.append(name)
    return tuple(sorted(held, key=EVERYTHING.index))


def more_cpu(sandbox: Sandbox) -> None:
    """Before each task: so much processor time from now on, then the process is ended (SIGXCPU)."""
    if sandbox.cpu_seconds is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        wanted = int(used.ru_utime + used.ru_stime + sandbox.cpu_seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard < 0 else min(wanted, hard), hard))


def _limits(sandbox: Sandbox) -> bool:
    for which, wanted in ((resource.RLIMIT_FSIZE, sandbox.file_bytes), (resource.RLIMIT_NOFILE, sandbox.open_files)):
        _, hard = resource.getrlimit(which)
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (ceiling, ceiling))
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(*arguments: int) -> None:
    values = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:5]]
    if _libc().prctl(*values) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _no_new_privs(sandbox: Sandbox) -> bool:
    del sandbox
    if sys.platform != "linux":
        return False
    _prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
    return True


# --- Landlock: linux/landlock.h. Folders may be listed anywhere: the import of modules looks into them.

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same on every architecture."""
_WRITE_FILE, _READ_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 2, 1 << 14, 1 << 13
_CHANGES = sum(1 << bit for bit in range(4, 13))  # remove and make: folder, file, socket, device, link
_TCP = 0b11
_SCOPES = 0b11
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/proc", "/sys/devices/system", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/null", "/dev/zero", "/dev/urandom"),
)
"""What libraries read. Not /etc as a whole: keys may lie there."""


def _landlock(sandbox: Sandbox) -> bool:
    if sys.platform != "linux" or sandbox.writable is None:
        return False
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    writing = _WRITE_FILE | _CHANGES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    reading = 0 if sandbox.readable is None else _READ_FILE
    asked = struct.pack("=QQQ", writing | reading, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    asked = asked[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = libc.syscall(_CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), ctypes.c_uint32(0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for folder in sandbox.writable:
            _allow(libc, ruleset, folder, writing | reading)
        for folder in (*_SYSTEM, *_programs(), *(sandbox.readable or ())) if reading else ():
            with contextlib.suppress(FileNotFoundError):
                _allow(libc, ruleset, folder, reading)
        if libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    return True


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, place)
        if libc.syscall(_ADD_RULE, ruleset, 1, rule, ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_add_rule")
    finally:
        os.close(place)


def _programs() -> set[str]:
    """Where this program and its packages lie. Never the folder that holds them: data may lie beside them."""
    found = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}  # noqa: PTH120 - nothing heavy is loaded here
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")) or entry.startswith((sys.prefix, sys.base_prefix)):
            found.add(entry)
        else:
            found |= {os.path.join(entry, name) for name in ("pipeline", "models", "rules", "tests")}  # noqa: PTH118
    return found


# --- seccomp: a filter that answers EPERM to system calls that opening a file never needs.

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS = {
    "x86_64": """
    socket=41 connect=42 accept=43 bind=49 listen=50 socketpair=53 accept4=288 fork=57 vfork=58 execve=59
    execveat=322 ptrace=101 process_vm_readv=310 process_vm_writev=311 kcmp=312 pidfd_getfd=438 mount=165
    umount2=166 pivot_root=155 chroot=161 unshare=272 setns=308 bpf=321 perf_event_open=298 userfaultfd=323
    io_uring_setup=425 keyctl=250 add_key=248 request_key=249 open_by_handle_at=304 init_module=175
    finit_module=313 kexec_load=246 reboot=169 swapon=167 chmod=90 fchmod=91 chown=92 fchown=93 lchown=94
    fchownat=260 setuid=105 setgid=106
    """,
    "aarch64": """
    socket=198 connect=203 accept=202 bind=200 listen=201 socketpair=199 accept4=242 execve=221 execveat=281
    ptrace=117 process_vm_readv=270 process_vm_writev=271 kcmp=272 pidfd_getfd=438 mount=40 umount2=39
    pivot_root=41 chroot=51 unshare=97 setns=268 bpf=280 perf_event_open=241 userfaultfd=282
    io_uring_setup=425 keyctl=219 add_key=217 request_key=218 open_by_handle_at=265 init_module=105
    finit_module=273 kexec_load=104 reboot=142 swapon=224 fchmod=52 fchown=55 fchownat=54 setuid=146
    setgid=144
    """,
}
"""Network, other programs and processes, the kernel's rarely used corners, rights of files and users."""
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_THREAD = 0x00010000
"""CLONE_THREAD: threads may start, processes not."""
_LOAD, _EQUAL, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
_X32 = 0x40000000


def _seccomp(sandbox: Sandbox) -> bool:
    del sandbox
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _MACHINES:
        return False
    program = _program(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    filter_ = struct.pack("@HP", len(program), ctypes.addressof(code))
    held = ctypes.create_string_buffer(filter_, len(filter_))
    _prctl(22, 2, ctypes.addressof(held))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return True


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter: operation, jump when true, jump when false, operand. Offsets are those of ``seccomp_data``."""
    lines: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _MACHINES[machine]),
        (_RETURN, 0, 0, _EPERM),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32),  # the other calling convention of x86_64 has numbers of its own
        (_RETURN, 0, 0, _EPERM),
    ]
    for call in _CALLS[machine].split():
        lines += [(_EQUAL, 0, 1, int(call.partition("=")[2])), (_RETURN, 0, 0, _EPERM)]
    # The C library goes back to clone where clone3 is not there; its flags can be looked at.
    lines += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ENOSYS)]
    lines += [(_EQUAL, 0, 3, _CLONE[machine]), (_LOAD, 0, 0, 16), (_HAS, 1, 0, _THREAD), (_RETURN, 0, 0, _EPERM)]
    return [*lines, (_RETURN, 0, 0, _ALLOW)]
