"""What every store keeps of a conversation, on SQLite and on PostgreSQL."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import Store
from consultation.types import (
    AbuseFlag,
    AbuseStep,
    Channel,
    ConsultationEntry,
    Conversation,
    EntryState,
    FollowUp,
    Hit,
    Ranking,
    Speaker,
    Stage,
    Suggestion,
    SuggestionAction,
    Traced,
    Turn,
    Urgency,
    WrapUp,
)

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

ENTRY = ConsultationEntry(
    entry_id="city-0001",
    question="여권은 어디에서 신청하나요?",
    answer="가까운 구청 민원실에서 신청하실 수 있습니다.",
    field="행정",
    organisation="시험시청",
    district="강남구",
    variants=("여권 만들려면", "여권 신청 장소"),
    department="민원과",
    phone="02-0000-0000",
    basis="여권법",
    source="시험 자료",
    valid_from=date(2026, 1, 1),
    valid_until=date(2027, 12, 31),
    confirmed_on=date(2026, 10, 1),
    state=EntryState.APPROVED,
    ars_code=1,
    is_sample=True,
    version=3,
)

WRAP_UP = WrapUp(
    category="교통",
    question=(
        Traced("견인된 차를 어디에서 찾는지 문의함", (0, 2)),
        Traced("보관료를 문의함", (4,), ("3만원",)),
    ),
    answer=(Traced("견인보관소 위치를 안내함", (1, 3)),),
    outcome="안내 완료",
    follow_up=FollowUp("문자발송", "보관소 약도"),
    entry_ids=("city-0001",),
    resolved=False,
    district="마포구",
    urgency=Urgency.WELFARE_CRISIS,
    ars_code=3,
    topics=("견인", "보관료"),
)


def conversation(name: str = "call-1", **changes: object) -> Conversation:
    return replace(Conversation(name, Channel.PHONE, START, "kim"), **changes)  # type: ignore[arg-type]


def turn(index: int, text: str = "네", speaker: Speaker = Speaker.CITIZEN) -> Turn:
    return Turn(index, speaker, text, index * 2.0, index * 2.0 + 1.5)


def suggestion(name: str = "s1", at: int = 0, entry: ConsultationEntry = ENTRY) -> Suggestion:
    hits = (
        Hit(entry, 0.75, ("여권", "신청"), (("만들", "발급"),)),
        Hit(replace(entry, entry_id="city-0002", district=None), 0.5),
    )
    return Suggestion(name, at, "여권 어디서 만들어요", Ranking(hits, 0.875, 3), delay=0.125)


@pytest.fixture
def call(store: Store) -> str:
    """A live conversation without turns."""
    store.conversations.start(conversation())
    return "call-1"


def ended(store: Store, name: str) -> None:
    store.conversations.end(name, START + timedelta(minutes=3))


# The conversation itself


def test_a_conversation_is_kept_as_it_was_given(store: Store) -> None:
    seoul = timezone(timedelta(hours=9))
    given = Conversation(
        "call-1", Channel.CHAT, START.astimezone(seoul), "김상담", district="은평구", is_sample=True
    )
    assert store.conversations.start(given) is True
    kept = store.conversations.get("call-1")
    assert kept == given
    assert kept.started_at.utcoffset() == timedelta(0)


def test_starting_the_same_conversation_again_changes_nothing(store: Store, call: str) -> None:
    assert store.conversations.start(conversation()) is False
    with pytest.raises(Conflict, match="another id"):
        store.conversations.start(conversation(agent_id="lee"))


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", "전화", "a\x00b", "x" * 129])
def test_an_odd_conversation_id_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadInput, match="conversation id"):
        store.conversations.start(conversation(name))


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="zone"):
        store.conversations.start(conversation(started_at=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.mark.parametrize("name", ["nobody", "주민 010-0000-1234", "a\x00b", "\udce0"])
def test_an_unknown_conversation_is_unknown_everywhere(store: Store, name: str) -> None:
    kept = store.conversations
    for ask in (
        lambda: kept.get(name),
        lambda: kept.turns(name),
        lambda: kept.add_turn(name, turn(0), "네"),
        lambda: kept.original(name, 0, reader="lead", reason="확인"),
        lambda: kept.end(name, START),
        lambda: kept.set_stage(name, Stage.ENDED),
        lambda: kept.set_district(name, "중구"),
        lambda: kept.add_suggestion(name, suggestion()),
        lambda: kept.act(name, "s1", SuggestionAction.SHOWN, by="kim"),
        lambda: kept.suggestions(name),
        lambda: kept.actions(name),
        lambda: kept.add_flag(name, AbuseFlag(0, (), 1, (), AbuseStep.NOTE)),
        lambda: kept.flags(name),
        lambda: kept.reveal(name, 0, "kim", START),
        lambda: kept.save_draft(name, WRAP_UP),
        lambda: kept.draft(name),
        lambda: kept.confirm(name, WRAP_UP, by="kim", edit_distance=0),
        lambda: kept.record(name),
        lambda: kept.erase(name, by="lead", reason="요청"),
    ):
        with pytest.raises(Unknown) as caught:
            ask()
        assert "010" not in str(caught.value)


def test_a_stage_never_goes_back(store: Store, call: str) -> None:
    kept = store.conversations
    assert kept.end(call, START + timedelta(minutes=1)) is True
    assert kept.end(call, START + timedelta(minutes=9)) is False
    assert kept.get(call).ended_at == START + timedelta(minutes=1)
    assert kept.set_stage(call, Stage.DRAFTED) is True
    assert kept.set_stage(call, Stage.DRAFTED) is False
    for earlier in (Stage.LIVE, Stage.ENDED):
        with pytest.raises(Conflict, match="never"):
            kept.set_stage(call, earlier)
    with pytest.raises(BadInput, match="confirm"):
        kept.set_stage(call, Stage.CONFIRMED)
    assert kept.get(call).stage is Stage.DRAFTED


def test_the_district_can_be_learnt_and_taken_back(store: Store, call: str) -> None:
    store.conversations.set_district(call, "강남구")
    assert store.conversations.get(call).district == "강남구"
    store.conversations.set_district(call, None)
    assert store.conversations.get(call).district is None


# Turns


def test_turns_come_back_in_order_however_they_arrive(store: Store, call: str) -> None:
    for index in (5, 0, 3, 1):
        assert store.conversations.add_turn(call, turn(index, f"말 {index}"), f"말 {index}") is True
    assert store.conversations.turns(call) == [turn(i, f"말 {i}") for i in (0, 1, 3, 5)]


def test_a_repeated_turn_is_kept_once(store: Store, call: str) -> None:
    assert store.conversations.add_turn(call, turn(0, "[전화번호]"), "010-0000-1234") is True
    assert store.conversations.add_turn(call, turn(0, "[전화번호]"), "010-0000-1234") is False
    assert len(store.conversations.turns(call)) == 1


def test_another_text_at_the_same_place_is_a_conflict(store: Store, call: str) -> None:
    store.conversations.add_turn(call, turn(0, "[전화번호]"), "010-0000-1234")
    with pytest.raises(Conflict, match="turn 0") as caught:
        store.conversations.add_turn(call, turn(0, "[전화번호]"), "010-0000-5678")
    assert "5678" not in str(caught.value)
    with pytest.raises(Conflict):
        store.conversations.add_turn(call, turn(0, "[전화번호]", Speaker.AGENT), "010-0000-1234")


def test_a_turn_sent_by_two_threads_at_once_is_kept_once(store: Store, call: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(
            pool.map(lambda i: store.conversations.add_turn(call, turn(i % 10), f"말 {i % 10}"), range(80))
        )
    assert kept.count(True) == 10
    assert [t.index for t in store.conversations.turns(call)] == list(range(10))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "가\x00나",
        "\ud800",
        "각\u1100\u1161",
        "\u200b\u202e",
        "😀" * 50,
        "힣" * 100_000,
        "'; drop table turns; --",
    ],
    ids=["empty", "nul", "surrogate", "jamo", "invisible", "emoji", "long", "sql"],
)
def test_any_text_is_kept_and_its_original_comes_back_exactly(store: Store, call: str, text: str) -> None:
    assert store.conversations.add_turn(call, turn(0, text), text) is True
    assert store.conversations.add_turn(call, turn(0, text), text) is False
    assert store.conversations.original(call, 0, reader="lead", reason="시험") == text
    assert len(store.conversations.turns(call)[0].text) == len(text)


@pytest.mark.parametrize("index", [-1, 1_000_000, 2**31, 10**30])
def test_an_index_out_of_range_is_refused(store: Store, call: str, index: int) -> None:
    with pytest.raises(BadInput, match="index"):
        store.conversations.add_turn(call, turn(index), "네")
    with pytest.raises(Unknown):
        store.conversations.original(call, index, reader="lead", reason="확인")
    with pytest.raises(Unknown):
        store.conversations.reveal(call, index, "kim", START)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e300])
def test_a_time_that_is_none_is_refused(store: Store, call: str, seconds: float) -> None:
    with pytest.raises(BadInput, match="seconds"):
        store.conversations.add_turn(call, replace(turn(0), end=seconds), "네")


# Originals


def test_reading_an_original_is_noted_before_it_is_opened(store: Store, call: str) -> None:
    store.conversations.add_turn(call, turn(0, "[전화번호]입니다"), "010-0000-1234입니다")
    words = store.conversations.original(call, 0, reader="lead", reason="민원 재확인")
    assert words == "010-0000-1234입니다"
    (row,) = store.audit.entries()
    assert (row.who, row.what, row.about, row.reason) == ("lead", "read_original", "call-1/0", "민원 재확인")


@pytest.mark.parametrize(("reader", "reason"), [("", "확인"), ("lead", ""), ("lead", " \n"), (" ", "확인")])
def test_an_original_is_not_read_without_a_reader_and_a_reason(
    store: Store, call: str, reader: str, reason: str
) -> None:
    store.conversations.add_turn(call, turn(0), "네")
    with pytest.raises(BadInput, match="why"):
        store.conversations.original(call, 0, reader=reader, reason=reason)
    assert store.audit.entries() == []


def test_an_attempt_to_read_erased_words_is_noted_as_well(store: Store, call: str) -> None:
    store.conversations.add_turn(call, turn(0), "네")
    ended(store, call)
    store.conversations.erase(call, by="lead", reason="본인 요청")
    with pytest.raises(Unknown, match="erased"):
        store.conversations.original(call, 0, reader="lead", reason="확인")
    assert [row.what for row in store.audit.entries()] == ["read_original", "erase_originals"]


# Suggestions


def test_a_suggestion_comes_back_as_it_was_shown(store: Store, call: str) -> None:
    assert store.conversations.add_suggestion(call, suggestion()) is True
    assert store.conversations.add_suggestion(call, suggestion()) is False
    silent = Suggestion("s2", 4, "네", Ranking((), 0.1))
    store.conversations.add_suggestion(call, silent)
    assert store.conversations.suggestions(call) == [suggestion(), silent]


def test_a_suggestion_id_is_not_used_for_another_question(store: Store, call: str) -> None:
    store.conversations.add_suggestion(call, suggestion())
    with pytest.raises(Conflict, match="s1"):
        store.conversations.add_suggestion(call, replace(suggestion(), question="다른 질문"))


def test_a_suggestion_outlives_the_version_it_came_from(store: Store, call: str) -> None:
    number = store.knowledge.add_version([ENTRY], by="han", source="시험.csv")
    (entry,) = store.knowledge.entries(number)
    shown = Suggestion("s1", 0, "여권", Ranking((Hit(entry, 1.0),), 1.0, number))
    store.conversations.add_suggestion(call, shown)
    store.knowledge.drop_version(number)
    assert store.conversations.suggestions(call) == [shown]


def test_every_action_of_the_agent_is_kept(store: Store, call: str) -> None:
    kept = store.conversations
    kept.add_suggestion(call, suggestion())
    kept.act(call, "s1", SuggestionAction.SHOWN, entry_id=None, edited_text=None, by="kim", at=START)
    kept.act(
        call, "s1", SuggestionAction.EDITED, entry_id="city-0002", edited_text="고친 답", by="kim", at=START
    )
    kept.act(
        call, "s1", SuggestionAction.EDITED, entry_id="city-0002", edited_text="고친 답", by="kim", at=START
    )
    done = kept.actions(call)
    assert [action.action.value for action in done] == ["shown", "edited", "edited"]
    assert (done[1].suggestion_id, done[1].entry_id, done[1].edited_text) == ("s1", "city-0002", "고친 답")
    assert (done[1].by, done[1].at) == ("kim", START)


def test_an_action_on_what_was_not_shown_is_refused(store: Store, call: str) -> None:
    kept = store.conversations
    kept.add_suggestion(call, suggestion())
    with pytest.raises(Unknown):
        kept.act(call, "s9", SuggestionAction.ACCEPTED, entry_id="city-0001", by="kim")
    with pytest.raises(Unknown):
        kept.act(call, "s1", SuggestionAction.ACCEPTED, entry_id="city-9999", by="kim")
    with pytest.raises(BadInput):
        kept.act(call, "s1", SuggestionAction.ACCEPTED, entry_id="city-0001", edited_text="답", by="kim")
    assert kept.actions(call) == []


# Abuse


def test_the_first_flag_of_a_turn_stands(store: Store, call: str) -> None:
    first = AbuseFlag(3, ("욕설", "협박"), 2, ((0, 3), (7, 9)), AbuseStep.WARN)
    assert store.conversations.add_flag(call, first) is True
    assert store.conversations.add_flag(call, replace(first, severity=1)) is False
    earlier = AbuseFlag(1, ("반말",), 1, (), AbuseStep.NOTE)
    store.conversations.add_flag(call, earlier)
    assert store.conversations.flags(call) == [earlier, first]


def test_uncovering_hidden_words_is_noted_twice(store: Store, call: str) -> None:
    store.conversations.add_turn(call, turn(0), "네")
    store.conversations.reveal(call, 0, "kim", START)
    ((revealed),) = store.conversations.reveals(call)
    assert (revealed.turn, revealed.by, revealed.at) == (0, "kim", START)
    (row,) = store.audit.entries()
    assert (row.who, row.what, row.about) == ("kim", "reveal", "call-1/0")


# The record


def test_a_draft_is_replaced_until_the_record_is_confirmed(store: Store, call: str) -> None:
    kept = store.conversations
    with pytest.raises(Conflict, match="live"):
        kept.save_draft(call, WRAP_UP)
    ended(store, call)
    assert kept.draft(call) is None
    assert kept.save_draft(call, replace(WRAP_UP, outcome="초안")) is True
    assert kept.save_draft(call, WRAP_UP) is True
    assert kept.draft(call) == WRAP_UP
    assert kept.get(call).stage is Stage.DRAFTED
    assert kept.record(call) is None


def test_a_record_is_confirmed_once(store: Store, call: str) -> None:
    kept = store.conversations
    with pytest.raises(Conflict, match="live"):
        kept.confirm(call, WRAP_UP, by="kim", at=START, edit_distance=0)
    ended(store, call)
    kept.save_draft(call, replace(WRAP_UP, outcome="초안"))
    assert kept.confirm(call, WRAP_UP, by="kim", at=START, edit_distance=5) is True
    assert kept.confirm(call, WRAP_UP, by="kim", at=START + timedelta(1), edit_distance=9) is False
    with pytest.raises(Conflict, match="other content"):
        kept.confirm(call, replace(WRAP_UP, resolved=True), by="kim", at=START, edit_distance=5)
    record = kept.record(call)
    assert record is not None
    assert (record.wrap_up, record.edit_distance) == (WRAP_UP, 5)
    assert (record.confirmed_by, record.confirmed_at) == ("kim", START)
    assert kept.get(call).stage is Stage.CONFIRMED


def test_a_drafting_job_that_runs_again_does_not_touch_the_record(store: Store, call: str) -> None:
    kept = store.conversations
    ended(store, call)
    kept.confirm(call, WRAP_UP, by="kim", edit_distance=0)  # nothing was drafted: allowed from `ended`
    assert kept.save_draft(call, replace(WRAP_UP, outcome="늦은 초안")) is False
    assert kept.draft(call) is None
    assert kept.get(call).stage is Stage.CONFIRMED


def test_two_agents_confirming_at_once_leave_one_record(store: Store, call: str) -> None:
    ended(store, call)

    def confirm(number: int) -> bool:
        try:
            return store.conversations.confirm(
                call, replace(WRAP_UP, outcome=f"처리 {number}"), by=f"a{number}", edit_distance=0
            )
        except Conflict:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(confirm, range(6))).count(True) == 1


@pytest.mark.parametrize(("by", "distance"), [("", 0), ("kim", -1)])
def test_a_record_needs_who_confirmed_it(store: Store, call: str, by: str, distance: int) -> None:
    ended(store, call)
    with pytest.raises(BadInput):
        store.conversations.confirm(call, WRAP_UP, by=by, edit_distance=distance)


# History


@pytest.fixture
def history(store: Store) -> Store:
    """Five conversations of two agents; the third is confirmed."""
    texts = [
        "여권 신청하려고요",
        "가로등이 안 켜져요",
        "견인된 차를 찾아요",
        "할인 100% 되나요 a_b",
        "Bus 노선 문의요",
    ]
    for number, text in enumerate(texts):
        name = f"call-{number}"
        agent = "kim" if number % 2 == 0 else "lee"
        store.conversations.start(
            conversation(name, started_at=START + timedelta(days=number), agent_id=agent)
        )
        store.conversations.add_turn(name, turn(0, "안녕하세요", Speaker.AGENT), "안녕하세요")
        store.conversations.add_turn(name, turn(1, text), text)
    store.conversations.add_flag("call-2", AbuseFlag(1, ("욕설",), 2, ((0, 2),), AbuseStep.WARN))
    ended(store, "call-1")
    ended(store, "call-2")
    store.conversations.save_draft("call-1", replace(WRAP_UP, category="안전", topics=("비밀낱말",)))
    store.conversations.confirm("call-2", WRAP_UP, by="kim", edit_distance=0)
    return store


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"query": "여권"}, [0]),
        ({"query": "신청 여권"}, [0]),
        ({"query": "여권 가로등"}, []),
        ({"query": "보관료를"}, [2]),  # only in the record
        ({"query": "견인된 약도 안내"}, [2]),  # words of turn and record together
        ({"query": "비밀낱말"}, []),  # drafts are not searched
        ({"query": "bus"}, [4]),
        ({"query": "100%"}, [3]),
        ({"query": "0%되"}, []),
        ({"query": "a_b"}, [3]),
        ({"query": "a%b"}, []),
        ({"query": "' or 1=1 --"}, []),
        ({"query": "\x00"}, [4, 3, 2, 1, 0]),
        ({"query": unicodedata.normalize("NFD", "여권")}, [0]),
        ({"agent": "kim"}, [4, 2, 0]),
        ({"agent": "kim", "query": "여권"}, [0]),
        ({"stage": Stage.LIVE}, [4, 3, 0]),
        ({"stage": Stage.CONFIRMED}, [2]),
        ({"category": "교통"}, [2]),
        ({"category": "안전"}, [1]),
        ({"since": START + timedelta(days=3)}, [4, 3]),
        ({"until": START + timedelta(days=1)}, [0]),
        ({"since": START + timedelta(days=1), "until": START + timedelta(days=3)}, [2, 1]),
        ({"limit": 2}, [4, 3]),
        ({"limit": 2, "offset": 2}, [2, 1]),
        ({"limit": 0}, []),
        ({"offset": 99}, []),
    ],
)
def test_the_history_is_found(history: Store, asked: dict[str, object], found: list[int]) -> None:
    rows = history.conversations.find(**asked)  # type: ignore[arg-type]
    assert [row.conversation.conversation_id for row in rows] == [f"call-{number}" for number in found]


def test_a_line_of_the_history_sums_a_conversation_up(history: Store) -> None:
    (row,) = history.conversations.find(category="교통")
    assert (row.turns, row.flags, row.last_text, row.category) == (2, 1, "견인된 차를 찾아요", "교통")
    assert row.wrap_up == WRAP_UP
    history.conversations.start(conversation("empty"))
    (row,) = [r for r in history.conversations.find() if r.conversation.conversation_id == "empty"]
    assert (row.turns, row.flags, row.last_text, row.category) == (0, 0, "", None)


@pytest.mark.parametrize("asked", [{"limit": -1}, {"limit": 1001}, {"offset": -1}, {"offset": 2**70}])
def test_an_odd_page_is_refused(store: Store, asked: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="limit"):
        store.conversations.find(**asked)  # type: ignore[arg-type]


def test_a_restart_finds_what_is_unfinished(history: Store) -> None:
    history.conversations.end("call-0", START + timedelta(hours=1))
    unfinished = history.conversations.unfinished()
    assert [(c.conversation_id, c.stage.value) for c in unfinished] == [
        ("call-0", "ended"),
        ("call-3", "live"),
        ("call-4", "live"),
    ]


# Retention


def test_erasing_makes_originals_unreadable_and_keeps_the_masked_words(store: Store, call: str) -> None:
    store.conversations.add_turn(call, turn(0, "[전화번호]"), "010-0000-1234")
    with pytest.raises(Conflict, match="live"):
        store.conversations.erase(call, by="lead", reason="본인 요청")
    ended(store, call)
    with pytest.raises(BadInput, match="why"):
        store.conversations.erase(call, by="lead", reason=" ")
    store.conversations.erase(call, by="lead", reason="본인 요청")
    store.conversations.erase(call, by="lead", reason="본인 요청")  # again: no error
    assert store.conversations.turns(call) == [turn(0, "[전화번호]")]
    with pytest.raises(Unknown, match="erased"):
        store.conversations.original(call, 0, reader="lead", reason="확인")
    with pytest.raises(Conflict, match="erased"):
        store.conversations.add_turn(call, turn(1), "네")


def test_erasing_everything_leaves_figures_only(store: Store, call: str) -> None:
    kept = store.conversations
    canary = "카나리아동백길"
    words = replace(
        WRAP_UP,
        question=(Traced(canary, (0,)),),
        outcome=canary,
        follow_up=FollowUp("콜백", canary),
        topics=(canary,),
    )
    kept.add_turn(call, turn(0, canary), canary)
    kept.add_suggestion(call, replace(suggestion(), question=canary))
    kept.act(call, "s1", SuggestionAction.EDITED, entry_id="city-0001", edited_text=canary, by="kim")
    kept.add_flag(call, AbuseFlag(0, ("욕설",), 2, ((0, 2),), AbuseStep.WARN))
    ended(store, call)
    kept.save_draft(call, words)
    kept.confirm(call, words, by="kim", edit_distance=4)
    assert len(kept.find(query=canary)) == 1
    kept.erase(call, by="lead", reason="본인 요청", masked_too=True)
    assert kept.find(query=canary) == []
    everything = [
        kept.turns(call),
        kept.suggestions(call),
        kept.actions(call),
        kept.draft(call),
        kept.record(call),
    ]
    assert canary not in repr(everything)
    record = kept.record(call)
    assert record is not None
    assert (record.wrap_up.category, record.wrap_up.follow_up.type, record.edit_distance) == (
        "교통",
        "콜백",
        4,
    )
    assert kept.turns(call) == [turn(0, "")]
    assert kept.suggestions(call)[0].ranking == suggestion().ranking
    assert len(kept.flags(call)) == 1


def test_retention_takes_originals_first_and_masked_words_later(store: Store) -> None:
    kept = store.conversations
    ages = {"old": 800, "older-live": 900, "middle": 100, "young": 10}
    for name, days in ages.items():
        kept.start(conversation(name, started_at=START - timedelta(days=days)))
        kept.add_turn(name, turn(0, "[이름]입니다"), "홍길동입니다")
        if "live" not in name:
            ended(store, name)
    before = {
        "before_masked": START - timedelta(days=730),
        "before_original": START - timedelta(days=60),
    }
    purged = kept.purge(**before)
    assert (purged.masked, purged.originals) == (1, 2)
    purged = kept.purge(**before)
    assert (purged.masked, purged.originals) == (0, 0)
    assert [kept.turns(name)[0].text for name in ages] == ["", "[이름]입니다", "[이름]입니다", "[이름]입니다"]
    for name in ("young", "older-live"):
        assert kept.original(name, 0, reader="lead", reason="확인") == "홍길동입니다"
    for name in ("old", "middle"):
        with pytest.raises(Unknown):
            kept.original(name, 0, reader="lead", reason="확인")
    assert {row.what for row in store.audit.entries(who="retention")} == {"purge_originals", "purge_all"}
