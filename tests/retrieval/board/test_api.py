"""The board's routes, and the one page that needs no account."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from consultation.errors import BadInput, Conflict, SangdamError, Unknown
from consultation.people import Person
from consultation.types import Role
from retrieval.board.api import routes
from retrieval.board.confirmation import api as confirmation
from retrieval.board.wording import print_of
from tests.retrieval.board.conftest import Office

STATUS = ((Unknown, 404), (BadInput, 422), (Conflict, 409))


@dataclass
class House:
    office: Office
    client: TestClient
    who: str = "kim"

    def write(self, entry_id: str, **fields: str) -> int:
        seen = self.client.get(f"/api/knowledge/entries/{entry_id}").json()
        answer = self.client.post(
            f"/api/knowledge/entries/{entry_id}/proposal",
            json={
                "fields": fields,
                "why": "고칠 곳",
                "base": seen["published"]["print"] if seen["published"] else None,
                "revision": seen["proposal"]["revision"] if seen["proposal"] else None,
                "submit": True,
            },
        )
        return answer.status_code


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """The routes with somebody signed in, and our errors as the server answers them."""
    house: list[House] = []

    def signed_in(request: Request) -> None:
        request.state.person = Person(house[0].who, house[0].who, frozenset({Role.KNOWLEDGE}))

    app = FastAPI(dependencies=[Depends(signed_in)])
    app.include_router(routes(office.board, office.desk))
    app.include_router(confirmation.routes(office.desk))

    @app.exception_handler(SangdamError)
    def ours(request: Request, error: SangdamError) -> JSONResponse:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 403)
        return JSONResponse({"message": str(error)}, status)

    with TestClient(app) as client:
        house.append(House(office, client))
        yield house[0]


@pytest.fixture
def token(office: Office) -> str:
    number = office.desk.open("4분기", date(2026, 12, 15), by="han")
    return next(key for asked, key in office.desk.links(number, by="han") if asked.organisation == "강남구청")


def test_the_home_page_shows_each_person_what_waits_for_them(house: House) -> None:
    assert house.write("여권-1", phone="02-0000-0001") == 200
    mine = house.client.get("/api/knowledge/board").json()
    assert mine["counts"] == {"초안": 0, "검토": 1, "승인": 0, "게시": 3, "만료": 2}
    assert (mine["to_review"], [one["entry_id"] for one in mine["mine"]]) == ([], ["여권-1"])
    house.who = "lee"
    theirs = house.client.get("/api/knowledge/board").json()
    (waiting,) = theirs["to_review"]
    assert waiting["fields"] == [{"field": "phone", "before": "", "after": "02-0000-0001"}]
    step = {"step": "approve", "proposals": [[waiting["number"], waiting["revision"]]]}
    assert house.client.post("/api/knowledge/proposals/steps", json=step).json() == {"done": 1, "refused": []}
    done = house.client.post("/api/knowledge/board/publish", json={}).json()
    assert done == {"version": 2, "proposals": 1, "confirmations": 0, "left_out": []}
    history = house.client.get("/api/knowledge/entries/여권-1").json()["history"]
    newest = history[0]
    assert (newest["version"], newest["why"], newest["authors"], newest["approved_by"]) == (
        2,
        "고칠 곳",
        ["kim"],
        "lee",
    )
    assert house.client.post("/api/knowledge/board/publish", json={}).status_code == 409


def test_a_conflict_carries_the_other_text_and_a_bad_form_its_fields(house: House) -> None:
    seen = house.client.get("/api/knowledge/entries/여권-1").json()["published"]["print"]
    first = {"fields": {"answer": "먼저"}, "why": "까닭", "base": seen}
    path = "/api/knowledge/entries/여권-1/proposal"
    assert house.client.post(path, json=first).status_code == 200
    house.who = "lee"
    second = house.client.post(path, json={**first, "fields": {"answer": "나중"}})
    assert second.status_code == 409
    assert second.json()["theirs"]["answer"] == "먼저"
    bad = house.client.post(path, json={**first, "revision": 1, "fields": {"phone": "이름"}})
    assert bad.status_code == 422
    assert [fault["field"] for fault in bad.json()["faults"]] == ["phone"]


def test_a_free_number_is_an_empty_form(house: House) -> None:
    entry = house.client.get("/api/knowledge/entries/새-1").json()
    assert (entry["published"], entry["proposal"], entry["history"]) == (None, None, [])
    assert house.write("새-1", field="행정", question="새 질문?", answer="새 답") == 200
    assert house.client.get("/api/knowledge/entries/새-1").json()["state"] == "검토"


def test_the_list_is_filtered_and_paged(house: House) -> None:
    def found(**query: str) -> list[str]:
        rows = house.client.get("/api/knowledge/entries", params=query).json()["rows"]
        return [row["entry_id"] for row in rows]

    assert found(q="여권은어디") == ["여권-1"]
    assert found(state="만료") == ["옛-1", "축제-1"]
    assert found(organisation="강남구청", field="환경") == ["폐기물-1"]
    assert found(confirmed_before="2026-08-01") == []
    assert len(found(confirmed_before="2026-08-02")) == 5
    assert house.client.get("/api/knowledge/entries", params={"state": "없음"}).status_code == 422
    assert found(page="9") == []


def test_a_workbook_goes_out_filtered_and_comes_in(house: House) -> None:
    sheet = house.client.get("/api/knowledge/sheet", params={"organisation": "강남구청"})
    book = load_workbook(io.BytesIO(sheet.content))
    rows = book["표준상담DB"]
    assert [rows.cell(row, 1).value for row in (2, 3)] == ["여권-2", "폐기물-1"]
    rows.cell(2, 9).value = "02-0000-0002"
    out = io.BytesIO()
    book.save(out)
    files = {"file": ("고침.xlsx", out.getvalue())}
    done = house.client.post("/api/knowledge/sheet", params={"why": "전화 정리"}, files=files).json()
    assert (done["proposals"], done["unchanged"], done["conflicts"]) == (1, 1, [])
    assert (
        house.client.post("/api/knowledge/sheet?why=까닭", files={"file": ("a.exe", b"")}).status_code == 422
    )


# --- rounds -------------------------------------------------------------------------------------


def test_a_round_from_opening_to_its_report(house: House) -> None:
    asked = {"title": "4분기", "due_on": "2026-12-15", "organisations": ["강남구청"]}
    number = house.client.post("/api/knowledge/rounds", json=asked).json()["number"]
    (link,) = house.client.post(f"/api/knowledge/rounds/{number}/links").json()["links"]
    assert link["organisation"] == "강남구청"
    one = house.client.get(f"/api/knowledge/rounds/{number}").json()
    (organisation,) = one["organisations"]
    assert (organisation["asked"], organisation["score"]) == (2, 0.0)
    again = house.client.post(f"/api/knowledge/requests/{organisation['request']}/link").json()["path"]
    assert again != link["path"]
    report = house.client.get(f"/api/knowledge/rounds/{number}/report")
    assert "강남구청" in report.content.decode("utf-8-sig")
    assert house.client.post(f"/api/knowledge/rounds/{number}/close").json() == {"ok": True}
    assert house.client.get(f"/api{again}").status_code == 404


def test_an_officer_needs_only_the_link(house: House, token: str) -> None:
    page = house.client.get(f"/api/confirm/{token}", params={"only_open": True}).json()
    first, second = page["items"]
    assert (page["organisation"], first["entry_id"], second["entry_id"]) == ("강남구청", "여권-2", "폐기물-1")
    sent = {"entry_id": "여권-2", "print": first["entry"]["print"]}
    assert house.client.post(f"/api/confirm/{token}/confirm", json=sent).json()["answer"] == "confirmed"
    assert (
        house.client.post(f"/api/confirm/{token}/undo", json={"entry_id": "여권-2"}).json()["answer"] is None
    )
    better = {
        "entry_id": "폐기물-1",
        "fields": {"answer": "인터넷으로도 신청하실 수 있습니다."},
        "why": "신청 방법 추가",
        "base": second["entry"]["print"],
    }
    assert house.client.post(f"/api/confirm/{token}/correct", json=better).json()["answer"] == "corrected"
    page = house.client.get(f"/api/confirm/{token}").json()
    assert page["coverage"]["corrected"] == 1
    assert page["items"][1]["proposal"]["state"] == "검토"


def test_an_officer_cannot_reach_what_the_link_is_not_for(house: House, token: str) -> None:
    other = print_of(house.office.board.entries()["여권-1"])
    sent = {"entry_id": "여권-1", "print": other}
    assert house.client.post(f"/api/confirm/{token}/confirm", json=sent).status_code == 404
    odd = {"entry_id": "여권-2", "fields": {"state": "게시", "district": "마포구"}, "why": "까닭"}
    assert house.client.post(f"/api/confirm/{token}/correct", json=odd).status_code == 422
    assert house.client.post(f"/api/confirm/{token}/confirm", json={**sent, "by": "x"}).status_code == 422


def test_guessing_links_is_slowed_down(house: House, token: str) -> None:
    answers = [house.client.get(f"/api/confirm/{'x' * 42}{number % 10}").status_code for number in range(30)]
    assert answers[:20] == [404] * 20
    assert set(answers[20:]) == {429}
    assert house.client.get(f"/api/confirm/{token}").status_code == 200, "who has a link is not held up"
    assert {house.client.get(f"/api/confirm/{token}").status_code for _ in range(240)} == {200, 429}


def test_a_manager_answers_for_an_officer_in_their_own_name(house: House, token: str) -> None:
    request = house.office.desk.by_token(token).number
    page = house.client.get(f"/api/knowledge/requests/{request}").json()
    sent = {"entry_id": "여권-2", "print": page["items"][0]["entry"]["print"]}
    assert house.client.post(f"/api/knowledge/requests/{request}/confirm", json=sent).status_code == 200
    items = house.office.store.rounds.items(request=request)
    assert items[0].by == "kim"
