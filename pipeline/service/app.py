"""The web application: pages and API of one office. Workers run in processes of their own."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from pipeline.service.office import Office
from pipeline.service.web.rendering import STATIC
from pipeline.service.work.queue import WorkQueue

__all__ = ["create_app"]


def create_app(office: Office, queue: WorkQueue) -> FastAPI:
    """Return the application. The caller opens and closes ``office``."""
    app = FastAPI(title="预审 Yushen", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.state.office, app.state.queue = office, queue
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
