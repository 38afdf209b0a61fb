"""The care routes in the whole application: what a manager does reaches the agents, and other systems."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from consultation.settings import Settings
from consultation.types import Role
from server.app import create_app
from server.demo_home import PASSWORD as DEMO_PASSWORD
from server.demo_home import demo_accounts, prepare
from server.engines import build
from tests.retrieval.care.test_webhooks import Receiver
from tests.server.conftest import EVERYBODY, House

CALL = "노원구 사는데요 아침부터 집에 물이 안 나와요 왜 그런 건가요"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("care")
    settings = Settings(home=home, demo=True, worker=f"test-{home.name}", webhook_networks="loopback")
    engines = build(settings)
    prepare(engines)
    for role, name in EVERYBODY.items():
        engines.store.people.add(name, f"시험 {role.value}", [role], DEMO_PASSWORD)
    app = create_app(settings, engines=engines, demo_accounts=demo_accounts())
    with TestClient(app, base_url="http://127.0.0.1:8120") as client:
        yield House(app, engines, client)


@pytest.fixture(scope="module")
def manager(house: House) -> dict[str, str]:
    return house.enter(Role.KNOWLEDGE)


@pytest.fixture(scope="module")
def agent(house: House) -> dict[str, str]:
    return house.enter(Role.AGENT)


@pytest.fixture
def receiver(house: House) -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.05)
    return found


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def bulletin(**changes: object) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "title": "수도관 파열로 인한 단수 안내",
        "text": "노원구 일대가 저녁 8시까지 단수됩니다.",
        "field": "환경",
        "starts_at": (now - timedelta(minutes=1)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        "variants": ["물이 안 나와요"],
        **changes,
    }


def publish(house: House, manager: dict[str, str], **changes: object) -> dict[str, Any]:
    path = "/api/knowledge/bulletins"
    made = ok(house.client.post(path, json=bulletin(**changes), headers=manager))
    body = {"revision": made["revision"], "knows_conflicts": True}
    return dict(ok(house.client.post(f"{path}/{made['number']}/publish", json=body, headers=manager)))


def withdraw(house: House, manager: dict[str, str], made: dict[str, Any]) -> None:
    body = {"revision": made["revision"], "reason": "시험이 끝남"}
    ok(house.client.post(f"/api/knowledge/bulletins/{made['number']}/withdraw", json=body, headers=manager))


def suggested(house: House, agent: dict[str, str], text: str) -> list[dict[str, Any]]:
    """The cards that a call with these words brings."""
    call = ok(house.client.post("/api/calls", json={"channel": "phone"}, headers=agent))["id"]
    body = {"index": 0, "speaker": "citizen", "start": 0.0, "end": 3.0, "text": text}
    ok(house.client.post(f"/api/calls/{call}/turns", json=body, headers=agent))
    state = ok(house.client.get(f"/api/calls/{call}", headers=agent))
    hits = state["suggestions"][0]["suggestion"]["hits"] if state["suggestions"] else []
    house.client.post(f"/api/calls/{call}/end", headers=agent)
    return list(hits)


def test_a_published_bulletin_leads_the_suggestions_of_a_call_until_it_ends(
    house: House, manager: dict[str, str], agent: dict[str, str]
) -> None:
    assert not any(hit["entry_id"].startswith("B-") for hit in suggested(house, agent, CALL))
    soon = (datetime.now(UTC) + timedelta(seconds=6)).isoformat()
    made = publish(house, manager, ends_at=soon)
    (first, *_) = suggested(house, agent, CALL)
    assert first["entry_id"] == made["entry_id"]
    found = ok(house.client.get("/api/search", params={"q": "물이 안 나와요"}, headers=agent))
    assert found["hits"][0]["entry_id"] == made["entry_id"]
    until(lambda: not ok(house.client.get("/api/knowledge/bulletins/current", headers=agent))["bulletins"])
    assert not any(hit["entry_id"].startswith("B-") for hit in suggested(house, agent, CALL))


def test_one_click_marks_a_bulletin_read_and_the_manager_sees_who_has_not(
    house: House, manager: dict[str, str], agent: dict[str, str]
) -> None:
    made = publish(house, manager, is_urgent=True)
    current = ok(house.client.get("/api/knowledge/bulletins/current", headers=agent))
    assert current["unread"] == 1
    assert current["bulletins"][0]["is_urgent"]
    path = f"/api/knowledge/bulletins/{made['number']}"
    before = ok(house.client.get(f"{path}/receipts", headers=manager))
    ok(house.client.post(f"{path}/read", headers=agent))
    ok(house.client.post(f"{path}/read", headers=agent))
    after = ok(house.client.get(f"{path}/receipts", headers=manager))
    name = EVERYBODY[Role.AGENT]
    assert name in [person["name"] for person in before["unread"]]
    assert [person["name"] for person in after["read"]] == [name]
    assert name not in [person["name"] for person in after["unread"]]
    assert ok(house.client.get("/api/knowledge/bulletins/current", headers=agent))["unread"] == 0
    withdraw(house, manager, made)
    assert ok(house.client.get("/api/knowledge/bulletins/current", headers=agent))["bulletins"] == []


def test_a_conflict_with_the_knowledge_must_be_known_before_publishing(
    house: House, manager: dict[str, str]
) -> None:
    path = "/api/knowledge/bulletins"
    text = "이사하신 날부터 30일 안에 신고하시면 과태료 10만 원을 면제합니다."
    draft = bulletin(title="전입신고 과태료 한시 면제", text=text, variants=[])
    made = ok(house.client.post(path, json=draft, headers=manager))
    found = ok(house.client.get(f"{path}/{made['number']}/conflicts", headers=manager))["conflicts"]
    assert found[0]["entry_id"] == "S-0001"
    kinds = {one["kind"] for one in found[0]["differences"]}
    assert kinds == {"금액", "기간"}
    body = {"revision": made["revision"]}
    refused = house.client.post(f"{path}/{made['number']}/publish", json=body, headers=manager)
    assert refused.status_code == 409
    assert "S-0001" in refused.json()["message"]
    body = {"revision": made["revision"], "knows_conflicts": True}
    out = ok(house.client.post(f"{path}/{made['number']}/publish", json=body, headers=manager))
    (row,) = house.engines.store.audit.entries(about=f"bulletin {made['number']}", what="bulletin.publish")
    assert "S-0001" in row.reason
    withdraw(house, manager, out)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"text": " "},
        {"field": "없는 분야"},
        {"district": "없는구"},
        {"ends_at": "2020-01-01T00:00:00+09:00"},
        {"starts_at": "2026-01-01T00:00:00"},
        {"ends_at": "2099-01-01T00:00:00+09:00"},
        {"title": "두\n줄"},
        {"variants": ["가"] * 60},
    ],
)
def test_a_bulletin_that_cannot_be_is_refused(
    house: House, manager: dict[str, str], changes: dict[str, object]
) -> None:
    answer = house.client.post("/api/knowledge/bulletins", json=bulletin(**changes), headers=manager)
    assert answer.status_code == 422, answer.text


def test_a_broken_golden_question_stops_a_publication_until_somebody_says_why(
    house: House, manager: dict[str, str]
) -> None:
    golden = {"entry_id": "S-0001", "question": "이사했는데 전입신고 며칠 안에 해야 돼요"}
    made = ok(house.client.post("/api/knowledge/golden", json=golden, headers=manager))
    assert made["holds"]
    entries = [e for e in house.engines.store.knowledge.entries(1) if e.entry_id != "S-0001"]
    number = house.engines.store.knowledge.add_version(entries, by="han", source="시험")
    path = "/api/knowledge/publish"
    refused = house.client.post(path, json={"version": number}, headers=manager)
    assert refused.status_code == 409
    assert refused.json()["broken"] == [golden]
    assert house.engines.searcher.version == 1
    ok(house.client.post(path, json={"version": number, "override": "항목을 폐지함"}, headers=manager))
    assert house.engines.searcher.version == number
    listed = ok(house.client.get("/api/knowledge/golden", headers=manager))["golden"]
    assert [one["holds"] for one in listed] == [False]
    ok(house.client.post(f"/api/knowledge/golden/{made['number']}/remove", headers=manager))
    ok(house.client.post("/api/knowledge/rollback", headers=manager))
    unknown = {"entry_id": "nothing", "question": "무엇인가요"}
    assert house.client.post("/api/knowledge/golden", json=unknown, headers=manager).status_code == 404


def test_a_question_that_found_nothing_in_a_call_is_among_the_findings_masked(
    house: House, manager: dict[str, str], agent: dict[str, str]
) -> None:
    asked = "유에프오 착륙장 점성술 별자리 운세는 어디서 봐 주나요 010-0000-4321"
    assert suggested(house, agent, asked) == []
    house.engines.asked.flush()
    found = ok(house.client.get("/api/knowledge/care/unanswered", headers=manager))
    texts = [row["title"] for row in found["rows"]]
    assert any("유에프오" in text for text in texts)
    assert not any("4321" in text for text in texts)


def test_findings_are_counted_filtered_and_put_aside(house: House, manager: dict[str, str]) -> None:
    counts = ok(house.client.get("/api/knowledge/care", headers=manager))["counts"]
    path = "/api/knowledge/care/references"
    found = ok(house.client.get(path, headers=manager))
    assert found["count"] == counts["references"] > 0
    some = ok(house.client.get(path, params={"field": "교통"}, headers=manager))
    assert 0 < some["count"] < found["count"]
    assert {row["field"] for row in some["rows"]} == {"교통"}
    first = found["rows"][0]
    body = {"kind": "references", "subject": first["subject"], "print": first["print"], "reason": "그대로 둠"}
    ok(house.client.post("/api/knowledge/settle", json=body, headers=manager))
    assert ok(house.client.get(path, headers=manager))["count"] == found["count"] - 1
    (aside,) = ok(house.client.get(path, params={"settled": True}, headers=manager))["rows"]
    assert aside["reason"] == "그대로 둠"
    assert house.client.get("/api/knowledge/care/nothing", headers=manager).status_code == 422


def test_an_agent_drafts_an_entry_from_their_own_call_only(house: House, agent: dict[str, str]) -> None:
    path = "/api/knowledge/drafts"
    assert house.client.post(path, json={"conversation_id": "x"}, headers=agent).status_code == 404
    call = ok(house.client.post("/api/calls", json={"channel": "phone"}, headers=agent))["id"]
    assert house.client.post(path, json={"conversation_id": call}, headers=agent).status_code == 409
    lead = house.enter(Role.LEAD)
    other = ok(house.client.post("/api/calls", json={"channel": "phone"}, headers=lead))["id"]
    assert house.client.post(path, json={"conversation_id": other}, headers=agent).status_code == 404


def test_a_confirmed_call_becomes_a_draft_on_the_board(
    house: House, manager: dict[str, str], agent: dict[str, str]
) -> None:
    call = ok(house.client.post("/api/calls", json={"channel": "phone"}, headers=agent))["id"]
    words = (
        ("citizen", "드론 날리려면 허가를 받아야 하나요?"),
        ("agent", "관할 기관에 비행 승인을 신청하시면 됩니다."),
    )
    for index, (speaker, text) in enumerate(words):
        body = {
            "index": index,
            "speaker": speaker,
            "start": index * 4.0,
            "end": index * 4.0 + 3,
            "text": text,
        }
        ok(house.client.post(f"/api/calls/{call}/turns", json=body, headers=agent))
    house.client.post(f"/api/calls/{call}/end", headers=agent)
    draft = until(lambda: house.client.get(f"/api/calls/{call}/wrap-up", headers=agent).json()["wrap_up"])
    record = {
        **{
            name: draft[name]
            for name in ("category", "outcome", "follow_up", "resolved", "urgency", "ars_code")
        },
        "question": "드론을 날리려면 허가를 받아야 하는지",
        "answer": "관할 기관에 비행 승인을 신청하시면 됩니다.",
        "entry_ids": [],
        "district": None,
        "topics": [],
    }
    ok(house.client.post(f"/api/calls/{call}/wrap-up/confirm", json=record, headers=agent))
    found = ok(house.client.get("/api/knowledge/care/unaided", headers=manager))["rows"]
    assert [row["conversation_id"] for row in found] == [call]
    made = ok(house.client.post("/api/knowledge/drafts", json={"conversation_id": call}, headers=agent))
    assert made["state"] == "초안"
    proposal = house.engines.store.proposals.get(made["proposal"])
    assert proposal.entry.question == "드론을 날리려면 허가를 받아야 하는지"
    assert proposal.authors == (EVERYBODY[Role.AGENT],)
    again = house.client.post("/api/knowledge/drafts", json={"conversation_id": call}, headers=manager)
    assert again.status_code == 409
    board = ok(house.client.get(f"/api/knowledge/entries/{made['entry_id']}", headers=manager))
    assert "드론" in str(board)


def test_a_publication_reaches_a_webhook_through_the_jobs(
    house: House, manager: dict[str, str], receiver: Receiver
) -> None:
    admin = house.enter(Role.ADMIN)
    body = {"url": receiver.url, "events": ["bulletin.published", "knowledge.published"]}
    made = ok(house.client.post("/api/knowledge/webhooks", json=body, headers=admin))
    assert made["secret"].startswith("whsec_")
    assert "secret" not in str(ok(house.client.get("/api/knowledge/webhooks", headers=admin)))
    ok(house.client.post("/api/knowledge/publish", json={"version": 1}, headers=manager))
    withdraw(house, manager, publish(house, manager))
    until(lambda: len(receiver.got) >= 2)
    events = {body.decode().split('"type":"')[1].split('"')[0] for _, body, _ in receiver.got}
    assert events == {"bulletin.published", "knowledge.published"}
    ok(house.client.post(f"/api/knowledge/webhooks/{made['number']}/test", headers=admin))
    until(lambda: len(receiver.got) >= 3)
    listed = until(
        lambda: (
            (found if all(one["state"] == "delivered" for one in found["deliveries"]) else None)
            if (found := ok(house.client.get("/api/knowledge/webhooks", headers=admin)))
            else None
        )
    )
    assert [one["outcome"] for one in listed["deliveries"]] == ["HTTP 204"] * 3
    ok(house.client.post(f"/api/knowledge/webhooks/{made['number']}/remove", headers=admin))
    public = {"url": "https://203.0.113.9/", "events": ["knowledge.published"]}
    assert house.client.post("/api/knowledge/webhooks", json=public, headers=admin).status_code == 422
