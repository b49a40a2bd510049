"""The pages for what goes wrong: each says what is wrong and what to do."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from newsdex.errors import UserError
from newsdex.index.query import BadQuery
from newsdex.web.frame import page


def explain_fault(request: Request, fault: UserError) -> Response:
    """Answer 400 when the question cannot be meant, else 503: something below the page does not work."""
    status = 400 if isinstance(fault, BadQuery) else 503
    heading = "That search cannot be understood" if status == 400 else "This cannot be shown now"
    return _answer(request, status, heading, fault.message, fault.hint)


def explain_parameters(request: Request, fault: RequestValidationError) -> Response:
    """Answer 400 for an address or a form with something in it that cannot be meant: a number that is none."""
    wrong = dict.fromkeys(f"{each['loc'][-1]}: {each['msg']}" for each in fault.errors())
    return _answer(request, 400, "That address cannot be understood", f"{'; '.join(wrong)}.", "take it away")


def explain_status(request: Request, fault: HTTPException) -> Response:
    """Answer with a page for an HTTP status; `detail`, where a route gave one, is the sentence on it."""
    phrase = HTTPStatus(fault.status_code).phrase
    said = fault.detail if fault.detail and fault.detail != phrase else ""
    if fault.status_code == 404:
        return _answer(request, 404, "There is no such page", said or "The address leads nowhere.", "", fault.headers)
    return _answer(request, fault.status_code, phrase, said, "", fault.headers)


def _answer(
    request: Request, status: int, heading: str, message: str, hint: str | None, headers: object = None
) -> Response:
    response: Response
    if request.url.path.endswith((".json", ".jsonl", ".csv", ".atom", "/suggest")):
        response = JSONResponse({"error": message or heading, "hint": hint or None}, status_code=status)
    else:
        response = page(request, "fault.html", status=status, heading=heading, message=message, hint=hint or "")
    if isinstance(headers, dict):
        response.headers.update(headers)
    return response
