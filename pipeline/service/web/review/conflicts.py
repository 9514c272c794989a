"""What a person is told when a case is not as their page shows it: nothing is overwritten."""

from __future__ import annotations

from fastapi.responses import JSONResponse

__all__ = ["ChangedError", "told_conflict"]


class ChangedError(Exception):
    """The case moved on. ``code``: ``changed`` (new material or corrections), ``not_mine`` (another desk, or none),
    ``decided`` (what waited for this person waits no more)."""

    def __init__(self, code: str, holder: str = "") -> None:
        super().__init__(code)
        self.code, self.holder = code, holder


def told_conflict(error: ChangedError) -> JSONResponse:
    """Return the 409 that says so in Chinese."""
    if error.code == "changed":
        message = "这件申请在您打开之后有了变动（新材料或更正）。这一步没有保存；请刷新页面，看过变动后再做。"
    elif error.code == "decided":
        message = "这项决定已不再等待复核。这一步没有保存；请刷新页面查看。"
    elif error.holder:
        message = f"这件申请现在由{error.holder}领取。这一步没有保存。"
    else:
        message = "这件申请现在不在您这里（已放回、已决定或已撤回）。这一步没有保存；请刷新页面查看。"
    return JSONResponse({"code": error.code, "message": message}, 409, headers={"Cache-Control": "no-store"})
