"""The web application: pages and API of one office. Workers run in processes of their own."""

from __future__ import annotations

from fastapi import FastAPI

from pipeline.service import api
from pipeline.service.health import router as health
from pipeline.service.metrics import RequestTimes
from pipeline.service.office import Office
from pipeline.service.web import account, admin, analysis, applicant, codes, errors, figures, papers, review
from pipeline.service.web.body_size import BodySize
from pipeline.service.web.headers import SecurityHeaders
from pipeline.service.web.large_type import router as large_type
from pipeline.service.web.origin import OwnOrigin
from pipeline.service.web.requests import Requests
from pipeline.service.web.static_files import StaticFiles
from pipeline.service.work.queue import WorkQueue

__all__ = ["create_app"]


def create_app(office: Office, queue: WorkQueue) -> FastAPI:
    """Return the application. The caller opens and closes ``office``."""
    app = FastAPI(title="预审 Yushen", docs_url=None, redoc_url=None, openapi_url=None)  # the API writes its own
    app.state.office, app.state.queue = office, queue
    app.state.request_times = times = RequestTimes()
    app.mount("/static", StaticFiles(), name="static")
    app.include_router(health, include_in_schema=False)
    app.include_router(large_type, include_in_schema=False)
    app.include_router(api.router)
    # Names before ids: what has a name of its own below /desk comes before the workbench.
    for pages in (applicant, papers, analysis, review, account, admin, codes, figures):
        app.include_router(pages.router, include_in_schema=False)
    errors.install(app)
    service = office.settings.service
    # The last one added stands outermost.
    app.add_middleware(BodySize, most_file_bytes=office.settings.intake.max_case_bytes)
    app.add_middleware(OwnOrigin, public_url=service.public_url)
    app.add_middleware(Requests, times=times)
    app.add_middleware(SecurityHeaders, secure=service.secure_cookies)
    return app
