"""Pages: templates filled and sent. What happens on them is in the JSON routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from fastapi import APIRouter, FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from consultation.errors import NotReady, Refused
from consultation.types import Role
from server.auth import Doorkeeper, TooOften
from server.rules import RULES

ROOT = Path(__file__).parent.parent
FOLDERS = {name: ROOT / name / "web" for name in ("server", "assistant", "retrieval")}
VENDOR = FOLDERS["server"] / "vendor"

NAV = (
    ("/desk", "상담 화면"),
    ("/history", "상담 이력"),
    ("/transcripts", "전사 교정"),
    ("/demo", "체험하기"),
    ("/knowledge", "상담DB 관리"),
    ("/knowledge/board", "현행화"),
    ("/knowledge/bulletins", "특별상담자료"),
    ("/knowledge/care", "상담DB 점검"),
)

FAILURES: Mapping[int, tuple[str, str]] = {
    401: ("로그인이 필요합니다", "로그인 시간이 지났을 수 있습니다. 다시 로그인해 주세요."),
    403: (
        "볼 수 없는 화면입니다",
        "이 화면은 다른 역할의 담당자에게 열려 있습니다. 필요하면 관리자에게 문의해 주세요.",
    ),
    404: ("찾을 수 없습니다", "주소가 바뀌었거나 없는 화면입니다."),
    409: (
        "지금은 할 수 없습니다",
        "먼저 해야 할 일이 남아 있거나 상태가 바뀌었습니다. 새로 고친 뒤 확인해 주세요.",
    ),
    429: ("잠시 뒤에 다시 시도해 주세요", "요청이 너무 잦습니다. 1분 뒤에 다시 시도해 주세요."),
    503: ("잠시 이용할 수 없습니다", "저장소나 검색이 응답하지 않습니다. 잠시 뒤에 다시 시도해 주세요."),
    500: ("오류가 났습니다", "상담은 계속하실 수 있습니다. 같은 일이 되풀이되면 관리자에게 알려 주세요."),
}


class Pages:
    """Fills templates with what every page needs."""

    def __init__(self, *, demo: bool) -> None:
        self._demo = demo
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(list(FOLDERS.values())),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def show(self, request: Request, template: str, *, code: int = 200, **context: Any) -> HTMLResponse:
        person = getattr(request.state, "person", None)
        page = self._templates.get_template(template).render(
            csrf_token=getattr(request.state, "csrf_token", ""),
            person=person,
            demo=self._demo,
            nav=[
                {"href": href, "label": label}
                for href, label in NAV
                if person and (RULES[("GET", href)] or frozenset()) & person.roles
                if href != "/demo" or self._demo
            ],
            here=request.url.path,
            **context,
        )
        return HTMLResponse(page, status_code=code)

    def failure(self, request: Request, status: int) -> HTMLResponse:
        title, message = FAILURES.get(status, FAILURES[500])
        return self.show(request, "error.html", code=status, status=status, title=title, message=message)


def home_of(roles: frozenset[Role]) -> str:
    """The first page of somebody with these roles."""
    for href in ("/desk", "/knowledge/board", "/history", "/transcripts"):
        if (RULES[("GET", href)] or frozenset()) & roles:
            return href
    return "/sign-in"


def mount(app: FastAPI) -> None:
    """Static files: ours, and the third-party ones the build step brought."""
    if not (VENDOR / "manifest.json").is_file():
        raise NotReady("the browser files are missing; bring them: python -m server.vendor")
    app.mount("/static/vendor", StaticFiles(directory=VENDOR), name="vendor")
    for name, folder in FOLDERS.items():
        app.mount(f"/static/{name}", StaticFiles(directory=folder), name=f"static-{name}")


def routes(pages: Pages, door: Doorkeeper, demo_accounts: Sequence[Mapping[str, str]]) -> APIRouter:
    """Every page, and signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def home(request: Request) -> Response:
        person = request.state.person
        return RedirectResponse(home_of(person.roles) if person else "/sign-in", status_code=303)

    def sign_in_page(
        request: Request, *, status: int = 200, error: str = "", name: str = "", after: str = ""
    ) -> Response:
        return pages.show(
            request,
            "sign-in.html",
            code=status,
            error=error,
            name=name,
            next=after,
            demo_accounts=demo_accounts,
        )

    @router.get("/sign-in")
    def sign_in_form(request: Request, next: str = "") -> Response:
        return sign_in_page(request, after=next)

    @router.post("/sign-in")
    async def sign_in(
        request: Request,
        name: str = Form(max_length=64),
        password: str = Form(max_length=256),
        next: str = Form("", max_length=4000),
    ) -> Response:
        try:
            token, person = await door.sign_in(request, name, password)
        except Refused as refused:
            status = 429 if isinstance(refused, TooOften) else 401
            error = (
                "시도가 너무 잦습니다. 잠시 뒤에 다시 시도해 주세요."
                if status == 429
                else "아이디 또는 비밀번호가 맞지 않거나, 여러 번 틀려 잠시 멈춘 계정입니다."
            )
            return sign_in_page(request, status=status, error=error, name=name, after=next)
        # only a path of ours: "//host" and "https://host" would lead away
        goes_on = next if next.startswith("/") and not next.startswith(("//", "/\\")) else ""
        response = RedirectResponse(goes_on or home_of(person.roles), status_code=303)
        door.set_cookie(response, token)
        return response

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        response = RedirectResponse("/sign-in", status_code=303)
        await door.sign_out(request, response)
        return response

    @router.get("/desk")
    def desk(request: Request) -> Response:
        return pages.show(request, "agent.html")

    @router.get("/demo")
    def demo(request: Request) -> Response:
        return pages.show(request, "demo.html")

    @router.get("/history")
    def history(request: Request) -> Response:
        return pages.show(request, "history.html")

    @router.get("/calls/{conversation_id}")
    def record(request: Request, conversation_id: str) -> Response:
        return pages.show(request, "record.html", call_id=conversation_id)

    @router.get("/transcripts")
    def transcripts(request: Request) -> Response:
        return pages.show(request, "transcripts.html")

    @router.get("/calls/{conversation_id}/transcript")
    def transcript(request: Request, conversation_id: str) -> Response:
        return pages.show(request, "correction.html", call_id=conversation_id)

    @router.get("/knowledge")
    def knowledge(request: Request) -> Response:
        return pages.show(request, "knowledge.html")

    @router.get("/knowledge/bulletins")
    def bulletins(request: Request) -> Response:
        return pages.show(request, "bulletins.html")

    @router.get("/knowledge/care")
    def care(request: Request) -> Response:
        return pages.show(request, "care.html")

    @router.get("/knowledge/board")
    def board(request: Request) -> Response:
        return pages.show(request, "board.html")

    @router.get("/knowledge/entries/{entry_id}")
    def entry(request: Request, entry_id: str) -> Response:
        return pages.show(request, "board_entry.html", entry_id=entry_id)

    @router.get("/knowledge/rounds")
    def rounds(request: Request) -> Response:
        return pages.show(request, "board_rounds.html")

    @router.get("/knowledge/rounds/{number}")
    def one_round(request: Request, number: int) -> Response:
        return pages.show(request, "board_round.html", number=number)

    @router.get("/knowledge/rounds/{number}/report")
    def report(request: Request, number: int) -> Response:
        return pages.show(request, "board_report.html", number=number)

    @router.get("/knowledge/requests/{number}")
    def request_(request: Request, number: int) -> Response:
        return pages.show(request, "confirm.html", source=f"/api/knowledge/requests/{number}")

    @router.get("/confirm/{token}")
    def confirm(request: Request, token: str) -> Response:
        return pages.show(request, "confirm.html", source=f"/api/confirm/{token}")

    return router
