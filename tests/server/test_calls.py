"""A call over HTTP and sockets, as a telephone system and a screen use it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from consultation.types import Role, Stage
from server.demo_home import PASSWORD
from tests.server.conftest import House

CALL: list[tuple[str, str]] = [
    ("agent", "안녕하십니까 120 상담사 김가상입니다. 무엇을 도와드릴까요?"),
    ("citizen", "예 저기 여권을 잃어버렸는데요 다시 만들려면 어떻게 해야 되나요"),
    ("agent", "네 여권 재발급 문의시군요. 안내해 드리겠습니다."),
    ("citizen", "제 번호는 공일공 공공공공 일이삼사예요"),
    ("agent", "네 감사합니다. 더 궁금하신 점 있으신가요?"),
    ("citizen", "없어요 감사합니다"),
]


def turn(
    index: int, speaker: str = "citizen", text: str = "여권은 어디서 만드나요", **more: Any
) -> dict[str, Any]:
    return {
        "type": "turn",
        "index": index,
        "speaker": speaker,
        "start": index * 5.0,
        "end": index * 5.0 + 3,
        "text": text,
        **more,
    }


def begin(house: House, headers: dict[str, str]) -> str:
    answer = house.client.post("/api/calls", json={"channel": "phone"}, headers=headers)
    assert answer.status_code == 200
    return str(answer.json()["id"])


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def agent(house: House) -> dict[str, str]:
    return house.enter(Role.AGENT)


def play(house: House, headers: dict[str, str]) -> str:
    call = begin(house, headers)
    with house.client.websocket_connect(f"/api/calls/{call}/turns", headers=headers) as socket:
        for index, (speaker, text) in enumerate(CALL):
            socket.send_json(turn(index, speaker, text))
            assert socket.receive_json() == {"type": "ack", "index": index}
        socket.send_json({"type": "end"})
        assert socket.receive_json() == {"type": "ended"}
    return call


def test_a_call_is_heard_answered_drafted_and_confirmed(house: House, agent: dict[str, str]) -> None:
    call = play(house, agent)
    client = house.client
    state = client.get(f"/api/calls/{call}", headers=agent).json()
    assert [t["turn"]["index"] for t in state["turns"]] == list(range(len(CALL)))
    first = state["suggestions"][0]["suggestion"]
    assert first["turn"] == 1
    assert "여권" in first["hits"][0]["question"]
    assert {"source", "department", "confirmed_on", "entry_id", "matched"} <= first["hits"][0].keys()

    acted = client.post(
        f"/api/calls/{call}/suggestions/{first['suggestion_id']}/accept",
        json={"entry_id": first["hits"][0]["entry_id"]},
        headers=agent,
    )
    assert acted.json() == {"ok": True}

    draft = until(
        lambda: (r := client.get(f"/api/calls/{call}/wrap-up", headers=agent)).status_code == 200 and r.json()
    )
    assert draft["stage"] == "drafted"
    record = draft["wrap_up"]
    assert all(sentence["turns"] for sentence in record["question"] + record["answer"])
    record["question"] = " ".join(sentence["text"] for sentence in record["question"])
    record["answer"] = " ".join(sentence["text"] for sentence in record["answer"]) + " 확인함."
    confirmed = client.post(f"/api/calls/{call}/wrap-up/confirm", json=record, headers=agent)
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["edit_distance"] > 0
    assert house.engines.store.conversations.get(call).stage is Stage.CONFIRMED
    found = client.get("/api/history", params={"q": "여권"}, headers=agent).json()
    assert call in [row["id"] for row in found["rows"]]


def test_a_record_is_never_saved_without_the_agent(house: House, agent: dict[str, str]) -> None:
    call = play(house, agent)
    until(lambda: house.engines.store.conversations.get(call).stage is Stage.DRAFTED)
    assert house.engines.store.conversations.record(call) is None


def test_personal_data_is_nowhere_in_clear(house: House, agent: dict[str, str]) -> None:
    call = play(house, agent)
    said = json.dumps(house.client.get(f"/api/calls/{call}", headers=agent).json(), ensure_ascii=False)
    assert "공일공" not in said
    assert "전화번호" in said
    for file in house.engines.settings.home.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert "공일공 공공공공 일이삼사".encode() not in held, file


def test_the_original_is_read_only_by_those_who_may_and_is_logged(
    house: House, agent: dict[str, str]
) -> None:
    call = play(house, agent)
    where = f"/api/calls/{call}/turns/3/original"
    assert house.client.post(where, json={"reason": "확인"}, headers=agent).status_code == 403
    quality = house.enter(Role.QUALITY)
    assert house.client.post(where, json={"reason": ""}, headers=quality).status_code == 422
    answer = house.client.post(where, json={"reason": "품질 점검"}, headers=quality)
    assert "공일공" in answer.json()["text"]
    logged = house.engines.store.audit.entries()
    assert any(row.reason == "품질 점검" and call in row.about for row in logged)


def test_abusive_words_are_covered_until_somebody_looks(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    words = "야 이 씨발 새끼야 전화 똑바로 받아"
    house.client.post(f"/api/calls/{call}/turns", json=turn(0, text=words), headers=agent)
    state = house.client.get(f"/api/calls/{call}", headers=agent).json()
    assert state["flags"][0]["flag"]["severity"] >= 2
    assert "▇" in state["turns"][0]["turn"]["text"]
    assert "씨발" not in json.dumps(state, ensure_ascii=False)
    shown = house.client.post(f"/api/calls/{call}/turns/0/reveal", headers=agent).json()
    assert "씨발" in shown["text"]
    assert [reveal.turn for reveal in house.engines.store.conversations.reveals(call)] == [0]


def test_the_same_turn_again_is_acknowledged_and_kept_once(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    for _ in range(3):
        answer = house.client.post(f"/api/calls/{call}/turns", json=turn(0), headers=agent)
        assert answer.json() == {"index": 0}
    assert len(house.engines.store.conversations.turns(call)) == 1


def test_another_text_under_the_same_number_is_refused(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    house.client.post(f"/api/calls/{call}/turns", json=turn(0), headers=agent)
    answer = house.client.post(f"/api/calls/{call}/turns", json=turn(0, text="다른 말입니다"), headers=agent)
    assert answer.status_code == 409


def test_turns_out_of_order_take_their_place(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    for index in (2, 0, 1):
        house.client.post(f"/api/calls/{call}/turns", json=turn(index, text=f"{index}번째 말"), headers=agent)
    state = house.client.get(f"/api/calls/{call}", headers=agent).json()
    assert [t["turn"]["index"] for t in state["turns"]] == [0, 1, 2]


def test_a_turn_after_the_end_is_refused(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    house.client.post(f"/api/calls/{call}/turns", json=turn(0), headers=agent)
    house.client.post(f"/api/calls/{call}/end", headers=agent)
    answer = house.client.post(f"/api/calls/{call}/turns", json=turn(1), headers=agent)
    assert answer.status_code == 409


def test_an_agent_does_not_see_the_calls_of_another(house: House, agent: dict[str, str]) -> None:
    call = begin(house, house.enter(Role.LEAD))
    assert house.client.get(f"/api/calls/{call}", headers=agent).status_code == 404
    assert call not in [c["id"] for c in house.client.get("/api/calls", headers=agent).json()["calls"]]


def test_a_second_role_opens_no_foreign_call(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    people = house.engines.store.people
    for number, roles in enumerate(
        ([Role.AGENT, Role.KNOWLEDGE], [Role.AGENT, Role.RESEARCHER], [Role.AGENT, Role.CITIZEN])
    ):
        people.add(f"two-roles-{number}", "시험", roles, PASSWORD)
        headers = house.enter_as(f"two-roles-{number}")
        assert house.client.get(f"/api/calls/{call}", headers=headers).status_code == 404, roles
        answer = house.client.post(f"/api/calls/{call}/turns", json=turn(0), headers=headers)
        assert answer.status_code == 404, roles
    people.add("agent-quality", "시험", [Role.AGENT, Role.QUALITY], PASSWORD)
    headers = house.enter_as("agent-quality")
    assert house.client.get(f"/api/calls/{call}", headers=headers).status_code == 200
    for path, body in (("turns", turn(0)), ("end", {}), ("search", {"q": "여권"})):
        answer = house.client.post(f"/api/calls/{call}/{path}", json=body, headers=headers)
        assert answer.status_code == 403, path


def test_a_search_by_hand_is_kept_with_its_call_and_can_be_accepted(
    house: House, agent: dict[str, str]
) -> None:
    call = begin(house, agent)
    house.client.post(f"/api/calls/{call}/turns", json=turn(0, text="여보세요"), headers=agent)
    found = house.client.post(f"/api/calls/{call}/search", json={"q": "여권 재발급"}, headers=agent).json()
    acted = house.client.post(
        f"/api/calls/{call}/suggestions/{found['suggestion_id']}/accept",
        json={"entry_id": found["hits"][0]["entry_id"]},
        headers=agent,
    )
    assert acted.json() == {"ok": True}
    state = house.client.get(f"/api/calls/{call}", headers=agent).json()
    assert state["suggestions"][-1]["suggestion"]["suggestion_id"] == found["suggestion_id"]
    lookers = house.enter(Role.RESEARCHER)
    assert (
        house.client.post(f"/api/calls/{call}/search", json={"q": "여권"}, headers=lookers).status_code == 403
    )


def test_what_an_agent_types_into_a_record_is_masked_and_checked(house: House, agent: dict[str, str]) -> None:
    call = play(house, agent)
    until(lambda: house.engines.store.conversations.get(call).stage is Stage.DRAFTED)
    record = house.client.get(f"/api/calls/{call}/wrap-up", headers=agent).json()["wrap_up"]
    record |= {
        "question": "여권 재발급을 문의함.",
        "answer": "010-0000-1234로 문자를 보냄.",
        "outcome": "완료",
    }
    wrong = house.client.post(
        f"/api/calls/{call}/wrap-up/confirm", json=record | {"district": "아무구"}, headers=agent
    )
    assert wrong.status_code == 422
    done = house.client.post(f"/api/calls/{call}/wrap-up/confirm", json=record, headers=agent)
    assert done.status_code == 200
    kept = house.engines.store.conversations.record(call)
    assert kept is not None
    assert kept.wrap_up.answer[0].text == "[전화번호]로 문자를 보냄."


def test_what_the_command_line_publishes_is_searched_soon(house: House, agent: dict[str, str]) -> None:
    """Another `Knowledge` on the same home stands for another process."""
    entry = "항목번호,분야,질문,답변\nN-1,행정,우주정거장 견학 신청,누리집에서 신청하시면 됩니다.\n"
    path = house.engines.settings.home / "new.csv"
    path.write_text(entry, encoding="utf-8")
    knowledge = house.engines.knowledge(lambda _: None)
    knowledge.publish(knowledge.import_(path, "cli").version, "cli")

    def found() -> bool:
        hits = house.client.get("/api/search", params={"q": "우주정거장 견학"}, headers=agent).json()["hits"]
        return bool(hits) and hits[0]["entry_id"] == "N-1"

    until(found)


HOSTILE: list[Any] = [
    "",
    "{",
    "null",
    "[]",
    '"turn"',
    "[" * 5000,
    json.dumps({"type": "turn"}),
    json.dumps({"type": "explode"}),
    json.dumps(turn(0, speaker="robot")),
    json.dumps(turn(-1)),
    json.dumps(turn(10**9)),
    json.dumps({**turn(0), "start": "soon"}),
    '{"type":"turn","index":0,"speaker":"citizen","start":NaN,"end":Infinity,"text":"x"}',
    json.dumps({**turn(0), "text": None}),
    json.dumps({**turn(0), "surprise": 1}),
    json.dumps({**turn(0), "text": "가" * 400_000}),
    b"\x00\x01\x02",
]


def test_a_hostile_socket_message_gets_an_error_and_the_call_goes_on(
    house: House, agent: dict[str, str]
) -> None:
    call = begin(house, agent)
    with house.client.websocket_connect(f"/api/calls/{call}/turns", headers=agent) as socket:
        for message in HOSTILE:
            if isinstance(message, bytes):
                socket.send_bytes(message)
            else:
                socket.send_text(message)
            assert socket.receive_json()["type"] == "error", message[:60]
        socket.send_json(turn(0))
        assert socket.receive_json() == {"type": "ack", "index": 0}


STRANGE = {
    "a hundred thousand characters": "여권 재발급은 어디서 하나요 " * 6700,
    "NUL and controls": "여권\x00 재\x1b발급\x07이요",
    "decomposed Hangul": "여권 재발급",
    "zero-width": "여​권 재‍발급﻿",
    "bidi": "여권‮ 재발급",
    "lone surrogate": "여권 \ud800 재발급",
    "emoji": "🧑‍🦽🏳️‍🌈 여권이요 🙏",
    "only spaces": "   \n\t ",
    "markup": "<script>alert(1)</script>{{7*7}}${7*7}' OR 1=1 --",
    "jamo": "ㅇㅓㄱㅝㄴ ㅈㅐㅂㅏㄹㄱㅡㅂ",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_text_is_kept_and_never_breaks_a_call(house: House, agent: dict[str, str], text: str) -> None:
    call = begin(house, agent)
    body = json.dumps(turn(0, text=text)).encode()
    answer = house.client.post(
        f"/api/calls/{call}/turns", content=body, headers={**agent, "content-type": "application/json"}
    )
    assert answer.status_code in (200, 422), answer.text
    assert house.client.get(f"/api/calls/{call}", headers=agent).status_code == 200
    again = house.client.post(f"/api/calls/{call}/turns", json=turn(1), headers=agent)
    assert again.json() == {"index": 1}


def test_a_body_over_the_limit_is_refused(house: House, agent: dict[str, str]) -> None:
    answer = house.client.post("/api/calls", content=b"x" * (3 * 1024 * 1024), headers=agent)
    assert answer.status_code == 413


def test_a_call_that_does_not_exist_is_said_to_be_so(house: House, agent: dict[str, str]) -> None:
    for method, path in [
        ("GET", "/api/calls/nope"),
        ("POST", "/api/calls/nope/end"),
        ("GET", "/api/calls/nope/wrap-up"),
        ("GET", "/api/calls/nope/events"),
    ]:
        answer = house.client.request(method, path, headers=agent)
        assert answer.status_code == 404, (method, path)
        assert "nope" in answer.json()["message"]


def test_a_failure_repeats_nobodys_words(house: House, agent: dict[str, str]) -> None:
    call = begin(house, agent)
    secret = "010-0000-1234"
    answer = house.client.post(f"/api/calls/{call}/turns", json={**turn(0), "speaker": secret}, headers=agent)
    assert answer.status_code == 422
    assert secret not in answer.text
