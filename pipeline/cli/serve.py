"""``yushen serve``: the whole service on this machine, web server and worker."""

from __future__ import annotations

import argparse
import errno
import signal
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.serving import add_config, opened, require_models, settings_of

if TYPE_CHECKING:
    from pipeline.settings import ServiceSettings

__all__ = ["add_parser"]

_BACKLOG = 512
_REASONS = {
    errno.EADDRINUSE: "端口已被占用；请换一个端口（--port），或先停掉占用它的程序",
    errno.EACCES: "没有权限使用这个端口；1024 以下的端口需要管理员权限",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址（--host）",
}


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("serve", help="启动服务：申请人页面、审核工作台、接口和识别")
    parser.add_argument("--host", metavar="H", help="监听地址，默认取设置（127.0.0.1）")
    parser.add_argument("--port", type=int, metavar="P", help="端口，默认取设置（8420）；0 为任一空闲端口")
    parser.add_argument("--no-worker", action="store_true", help="只提供页面和接口，材料由别的机器识别")
    add_config(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    service = settings.service
    working = not options.no_worker and service.readers > 0
    if working:
        require_models(settings)
    host = options.host or service.host
    listening = _listen(host, service.port if options.port is None else options.port)
    import uvicorn

    from pipeline.service import logs
    from pipeline.service.app import create_app
    from pipeline.service.web.warming import warm_up
    from pipeline.service.work.client import DurableQueue
    from pipeline.service.work.supervisor import Supervisor, worker_command

    logs.configure()
    office = opened(settings)
    with ExitStack() as closing:
        closing.callback(office.close)
        queue = DurableQueue(office)
        closing.callback(queue.close)
        server = uvicorn.Server(_config(create_app(office, queue), service))

        def end(*_: object) -> None:
            server.should_exit = True

        # uvicorn has handlers of its own while it runs, and raises the signal once more when it is done: by then the
        # worker has still to be ended.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        if working:
            closing.enter_context(Supervisor(worker_command(str(options.config) if options.config else None)))
        warm_up(office)
        print(f"预审服务已启动：{_address(listening)}", flush=True)
        server.run(sockets=[listening])
    return OK


def _config(app: Any, service: ServiceSettings) -> Any:
    import uvicorn

    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=bool(service.trusted_proxies),
        forwarded_allow_ips=list(service.trusted_proxies),
        server_header=False,
        timeout_graceful_shutdown=15,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started.

    Raises:
        CommandError: it is taken, or not for us.
    """
    if not 0 <= port <= 65535:
        raise CommandError("端口应在 0 到 65535 之间")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CommandError(f"监听地址写得不对：{host}") from error
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(_BACKLOG)
    except OSError as error:
        taken.close()
        reason = _REASONS.get(error.errno or 0, error.strerror or "不能使用")
        raise CommandError(f"{host}:{port} {reason}") from error
    return taken


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
