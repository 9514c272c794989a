"""The states of an application and of its pages, and which step leads from one to another."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Channel", "PageState", "State", "StateError", "Step", "label", "page_label", "step"]


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    """Sent back for material; the applicant adds to it and submits again."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SUBMIT = "submit"
    CLAIM = "claim"
    RELEASE = "release"
    RETURN = "return"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


class Channel(StrEnum):
    """Where an application came in."""

    GANFUTONG = "ganfutong"
    PORTAL = "portal"
    WECHAT = "wechat"
    HOSPITAL = "hospital"
    WINDOW = "window"
    WEB = "web"
    """The applicant's page of this service."""


class PageState(StrEnum):
    """Of a file until its pages are known, then of each page."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


_NEXT: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.CLAIM): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Step.RELEASE): State.SUBMITTED,
    (State.UNDER_REVIEW, Step.RETURN): State.RETURNED,
    (State.UNDER_REVIEW, Step.DECIDE): State.DECIDED,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.UNDER_REVIEW, Step.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Step.WITHDRAW): State.WITHDRAWN,
}

_LABELS = {
    State.DRAFT: "填写中",
    State.SUBMITTED: "已提交",
    State.UNDER_REVIEW: "审核中",
    State.RETURNED: "退回补件",
    State.DECIDED: "已办结",
    State.WITHDRAWN: "已撤回",
}
_PAGE_LABELS = {
    PageState.WAITING: "等待",
    PageState.READING: "识别中",
    PageState.DONE: "完成",
    PageState.FAILED: "失败",
}


class StateError(Exception):
    """The step is not possible from this state."""

    def __init__(self, state: State, wanted: Step) -> None:
        super().__init__(f"{wanted.value} from {state.value}")
        self.state, self.step = state, wanted


def step(state: State, wanted: Step) -> State:
    """Return the state after ``wanted``.

    Raises:
        StateError: there is no such step from ``state``.
    """
    try:
        return _NEXT[(state, wanted)]
    except KeyError:
        raise StateError(state, wanted) from None


def label(state: State) -> str:
    """Return the Chinese word for people."""
    return _LABELS[state]


def page_label(state: PageState) -> str:
    """Return the Chinese word for people."""
    return _PAGE_LABELS[state]
