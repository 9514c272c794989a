"""Chunks judged on other machines by Dask (``pip install yushen[cluster]``; a scheduler that runs already).

Records and both versions of the rules travel to the workers, which need the same version of this program and no shared
folder. What travels are de-identified facts; Dask's own settings say whether the way is encrypted (``tls://``).
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.audit.replay.bundle import Bundle, BundleError
from pipeline.audit.replay.judging import ChunkJudge
from pipeline.audit.replay.parts import Part
from pipeline.audit.replay.plan import make_plan
from pipeline.audit.replay.records import Chunk
from pipeline.audit.replay.runners import WorkError

__all__ = ["Cluster", "ClusterError"]

_HELD_PER_THREAD = 2
_CONNECT_SECONDS = 20


class ClusterError(WorkError):
    """The cluster cannot do it; the message is Chinese."""


_LOCK = threading.Lock()
_READY: dict[str, ChunkJudge] = {}
"""On a worker: the last pair of versions, loaded once for all its threads."""


def judge_there(bundle: Bundle, chunk: Chunk) -> tuple[int, Part]:
    """Runs on a worker."""
    with _LOCK:
        judging = _READY.get(bundle.key)
        if judging is None:
            _READY.clear()
            judging = _READY[bundle.key] = ChunkJudge(make_plan(*bundle.load()), everything=bundle.everything)
    return chunk.number, judging.part(chunk)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers of the scheduler at ``address``. Only as many chunks are on their way as can be worked on."""

    address: str
    bundle: Bundle

    def run(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, Part]]:
        """Judge ``chunks``.

        Raises:
            ClusterError: no Dask here, no scheduler there, no workers, or workers with another version.
        """
        try:
            # By name: it is an optional part, and nothing else here may need it.
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise ClusterError("没有安装 Dask；请先 pip install 'yushen[cluster]'") from None
        try:
            client = distributed.Client(self.address, timeout=_CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(f"连不上集群 {self.address}（{type(error).__name__}）") from None
        with client:
            threads = sum(client.nthreads().values())
            if not threads:
                raise ClusterError(f"集群 {self.address} 上没有工作进程（dask worker）")
            try:
                yield from _judged(distributed, client, self.bundle, chunks, _HELD_PER_THREAD * threads)
            except (BundleError, ModuleNotFoundError, AttributeError) as error:
                told = str(error) if isinstance(error, BundleError) else "集群机器上没有装同一版的预审程序"
                raise ClusterError(told) from None
            except (distributed.KilledWorker, distributed.comm.CommClosedError, OSError) as error:
                raise ClusterError(f"集群中途断开（{type(error).__name__}）；再运行同一命令会接着判") from None


def _judged(
    distributed: Any, client: Any, bundle: Bundle, chunks: Iterable[Chunk], most: int
) -> Iterator[tuple[int, Part]]:
    there = client.scatter(bundle, broadcast=True, hash=False)
    done = distributed.as_completed()
    left = iter(chunks)
    under_way = 0
    while True:
        while under_way < most and (chunk := next(left, None)) is not None:
            # Not by their content: the records are not hashed, and nothing of them is kept for another run.
            done.add(client.submit(judge_there, there, chunk, pure=False, retries=2))
            under_way += 1
        if not under_way:
            return
        future = next(done)
        under_way -= 1
        yield future.result()
