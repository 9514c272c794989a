"""``/desk/analysis/replay``: what another version of the rules would have changed. Judged in a process of its own."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from pipeline.audit.identity import keyed
from pipeline.audit.questions import Filters
from pipeline.audit.replay.page import finding, render_page, sides_of
from pipeline.audit.tables import plain_text
from pipeline.reporting.rendering import content_security_policy
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, Role
from pipeline.service.analysis import replays
from pipeline.service.analysis.answers import blind_cases
from pipeline.service.analysis.exporting import export_key
from pipeline.service.analysis.replays.runs import RESULT, folder_of_run
from pipeline.service.analysis.replays.versions import MOST_BYTES, version_of
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.people.current import CsrfField, SignedIn, TheOffice, UserSignedIn, check_csrf
from pipeline.service.people.regions import known_regions
from pipeline.service.tables import Application
from pipeline.service.web.analysis.asked import HOME, allowed, noted
from pipeline.service.web.papers.files import download
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/replay")
_PLACE = f"{HOME}/replay"
_HEADINGS = ("编号", "病种", "申请日期", "旧版结论", "新版结论", "对申请人的影响", "原因", "性别", "年龄段")


@router.get("")
def overview(request: Request, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """What was judged again, and the form to do so."""
    return _overview(request, office, signed)


@router.post("")
def begin(
    request: Request,
    office: TheOffice,
    signed: UserSignedIn,
    region: Annotated[str, Form()] = "",
    old: Annotated[str, Form()] = replays.CURRENT,
    new: Annotated[str, Form()] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    rules: Annotated[UploadFile | None, File()] = None,
    csrf: CsrfField = None,
) -> Response:
    """Keep the upload, if there is one, and begin."""
    actor = allowed(signed)
    check_csrf(signed, csrf)
    try:
        later = _version(office, new, name, rules)
        before = version_of(office, old)
        if before is None or region not in dict(_regions(office, actor)):
            raise NotFoundError("version")
        if before.id == later.id:
            raise LimitError("same_version", "新旧两版相同，没有可比较的")
        run = replays.start(office, region, before, later)
    except LimitError as error:
        return _overview(request, office, signed, wrong=str(error), status=422)
    except replays.BusyError:
        return _overview(request, office, signed, wrong="已有一次重判正在进行，请等它结束。", status=409)
    noted(office, actor, "analysis.replay", Filters(region=region), run=run.id, old=run.old, new=run.new)
    return RedirectResponse(f"{_PLACE}/{run.id}", status_code=303)


@router.get("/{id}")
def one(request: Request, id: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """How far a run is, or what it found."""
    run = _run(office, allowed(signed), id)
    state = replays.state_of(office, run)
    data = replays.result_of(office, run) if state is replays.State.DONE else None
    return page(
        request,
        "analysis/replay.html.j2",
        signed=signed,
        run=run,
        region=dict(_regions(office, signed.actor)).get(run.region, run.region),
        state=state.value,
        progress=replays.progress_of(office, run),
        why=replays.told_of(office, run),
        data=data,
        title=finding(data) if data else "",
        diseases=_diseases(data) if data else [],
    )


@router.get("/{id}/progress")
def progress(id: str, office: TheOffice, signed: UserSignedIn) -> JSONResponse:
    """How far a run is, for the page that waits for it."""
    run = _run(office, allowed(signed), id)
    far = replays.progress_of(office, run)
    return JSONResponse({"state": replays.state_of(office, run).value, "done": far.done, "total": far.total})


@router.get("/{id}/report")
def report(id: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """The whole result, with samples; cases are links for those who may see them."""
    run = _done(office, allowed(signed), id)
    known = _known(office, signed.actor, run)
    blind = blind_cases(office, signed.actor)
    sees = bool(signed.actor.roles & {Role.REVIEWER, Role.SECOND_READER})

    def link(application: str) -> str | None:
        found = known.get(application)
        return f"/desk/{found[0]}" if sees and found is not None and found[0] not in blind else None

    noted(office, signed.actor, "analysis.replay.view", Filters(region=run.region), run=run.id)
    made = render_page(replays.result_of(office, run), link=link, back=f"{_PLACE}/{run.id}")
    return HTMLResponse(made, headers={"Content-Security-Policy": content_security_policy("")})


@router.get("/{id}/changes.csv")
def changes(id: str, office: TheOffice, signed: UserSignedIn) -> Response:
    """Every judgement that came out differently."""
    run = _done(office, allowed(signed), id)
    import pyarrow.parquet as pq  # large, and few ask for it

    rows = pq.read_table(folder_of_run(office, run.id) / RESULT / "changes.parquet").to_pylist()
    names = {d["id"]: d["name"] for d in replays.result_of(office, run)["diseases"]}
    known = _known(office, signed.actor, run)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for row in rows:
        serial = known.get(row["application_id"], ("", "（已不在系统里）"))[1]
        told = (row["as_of"], *(_word(row[name]) for name in ("conclusion_before", "conclusion_after")))
        rest = (row["effect_text"], row["because"], row["sex"], row["age_band"])
        writer.writerow([plain_text(value) for value in (serial, names.get(row["disease"], ""), *told, *rest)])
    noted(office, signed.actor, "analysis.export", Filters(region=run.region), run=run.id, kind="csv")
    name = f"replay-{office.today():%Y%m%d}.csv"
    made = ("\ufeff" + out.getvalue()).encode()
    return Response(made, media_type="text/csv; charset=utf-8", headers=download(name))


def _overview(
    request: Request, office: Office, signed: SignedIn, *, wrong: str = "", status: int = 200
) -> HTMLResponse:
    actor = allowed(signed)
    shown = [run for run in replays.runs_of(office) if run.region in actor.regions]
    return page(
        request,
        "analysis/replays.html.j2",
        status=status,
        signed=signed,
        wrong=wrong,
        versions=replays.versions_of(office),
        regions=_regions(office, actor),
        runs=[(run, replays.state_of(office, run).value, _found(office, run)) for run in shown],
        most=MOST_BYTES // 1024 // 1024,
    )


def _version(office: Office, id: str, name: str, rules: UploadFile | None) -> replays.Version:
    if rules is not None and rules.filename:
        return replays.kept_version(office, name, rules.file.read(MOST_BYTES + 1))
    found = version_of(office, id)
    if found is None:
        raise LimitError("no_version", "请选择新版规则，或上传一份")
    return found


def _regions(office: Office, actor: Actor) -> list[tuple[str, str]]:
    return [(r.id, r.name) for r in known_regions(office.settings.rules_dir) if r.id in actor.regions]


def _run(office: Office, actor: Actor, id: str) -> replays.Run:
    run = replays.run_of(office, id)
    if run is None or run.region not in actor.regions:
        raise NotFoundError("replay")
    return run


def _done(office: Office, actor: Actor, id: str) -> replays.Run:
    run = _run(office, actor, id)
    if replays.state_of(office, run) is not replays.State.DONE:
        raise NotFoundError("replay")
    return run


def _found(office: Office, run: replays.Run) -> str:
    return finding(replays.result_of(office, run)) if replays.state_of(office, run) is replays.State.DONE else ""


def _known(office: Office, actor: Actor, run: replays.Run) -> dict[str, tuple[str, str]]:
    """De-identified id -> id and serial number of the cases of the run's region."""
    from sqlalchemy import select

    key = export_key(office)
    query = select(Application.id, Application.serial).where(
        Application.region == run.region, Application.region.in_(sorted(actor.regions))
    )
    with office.database.read() as session:
        return {keyed(key, "application", id): (id, serial) for id, serial in session.execute(query)}


def _diseases(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Diseases that are touched: judged, better, worse, otherwise."""
    return [{**disease, "sides": sides_of(disease["effects"])} for disease in data["diseases"] if disease["kinds"]]


def _word(code: str | None) -> str:
    from pipeline.audit.replay.words import conclusion_word

    return conclusion_word(code)
