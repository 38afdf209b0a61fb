"""Proposals on top of what is published, and their publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from consultation.errors import BadInput, Conflict, NotAllowed, Refused, Unknown
from consultation.store.freshness import ProposalState
from consultation.types import EntryState
from retrieval.board.board import Board, TextConflict
from retrieval.board.life import Step
from retrieval.board.wording import BadFields, cells_of, entry_of, print_of
from retrieval.knowledge import Knowledge
from tests.retrieval.board.conftest import ENTRIES, Office


def test_an_edit_changes_nothing_until_another_person_approved_and_it_is_published(office: Office) -> None:
    made = office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    assert made.state is ProposalState.REVIEW
    assert office.board.entries()["여권-1"].phone == ""
    with pytest.raises(NotAllowed):
        office.approve("여권-1", by="kim")
    with pytest.raises(Conflict):
        office.board.publish("kim")
    office.approve("여권-1", by="lee")
    done = office.board.publish("han")
    assert (done.version, done.proposals, done.confirmations, done.left_out) == (2, 1, 0, ())
    assert office.board.entries()["여권-1"].phone == "02-0000-0001"
    assert office.store.proposals.get(made.number).version == 2
    assert [step.step for step in office.store.proposals.steps([made.number])] == [
        "submit",
        "approve",
        "publish",
    ]


def test_with_the_rule_off_one_person_is_enough(office: Office) -> None:
    board = Board(office.store, office.knowledge, office.versions.live, two_persons=False, clock=office.clock)
    board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office_alone = replace(office, board=board)
    office_alone.approve("여권-1", by="kim")
    assert board.publish("kim").version == 2


def test_the_second_of_two_who_edit_is_told_and_sees_the_first_text(office: Office) -> None:
    both = office.edit("여권-1")
    office.board.write("여권-1", replace(both, cells={"answer": "먼저 쓴 답"}), "kim")
    with pytest.raises(TextConflict) as refused:
        office.board.write("여권-1", replace(both, cells={"answer": "나중 쓴 답"}), "lee")
    assert refused.value.theirs is not None
    assert (refused.value.theirs.answer, refused.value.by) == ("먼저 쓴 답", "kim")
    assert "kim" in str(refused.value)
    joined = office.board.write("여권-1", office.edit("여권-1", answer="함께 쓴 답"), "lee")
    assert joined.authors == ("kim", "lee")
    office.board.step(Step.SUBMIT, joined.number, joined.revision, by="lee")
    with pytest.raises(NotAllowed):
        office.approve("여권-1", by="lee")


def test_a_text_that_was_published_meanwhile_stops_editor_approver_and_publisher(office: Office) -> None:
    stale = office.edit("여권-1", answer="옛 글 위에 쓴 답")
    proposed = office.board.write("여권-1", stale, "kim", submit=True)
    office.board.write("여권-2", office.edit("여권-2", phone="02-0000-0002"), "kim", submit=True)
    office.approve("여권-2")
    moved = replace(office.board.entries()["여권-1"], answer="파일로 바뀐 답")
    number = office.knowledge.take({"여권-1": moved}, "file", source="시험").version
    office.knowledge.publish(number, "file")
    with pytest.raises(TextConflict):
        office.board.write("여권-1", replace(stale, revision=proposed.revision), "kim")
    with pytest.raises(Conflict):
        office.approve("여권-1")
    assert office.board.publish("han").proposals == 1
    assert office.board.entries()["여권-1"].answer == "파일로 바뀐 답"


def test_an_approved_proposal_whose_ground_moved_is_left_out_and_named(office: Office) -> None:
    office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office.board.write("여권-2", office.edit("여권-2", phone="02-0000-0002"), "kim", submit=True)
    office.approve("여권-1")
    office.approve("여권-2")
    moved = replace(office.board.entries()["여권-1"], answer="파일로 바뀐 답")
    office.knowledge.publish(office.knowledge.take({"여권-1": moved}, "file", source="시험").version, "file")
    done = office.board.publish("han")
    assert (done.proposals, done.left_out) == (1, ("여권-1",))


def test_a_draft_import_is_not_published_along(office: Office) -> None:
    other = replace(ENTRIES[0], answer="아직 게시하지 않은 답")
    draft = office.store.knowledge.add_version((other, *ENTRIES[1:]), by="file", source="초안.csv")
    office.board.write("여권-2", office.edit("여권-2", phone="02-0000-0002"), "kim", submit=True)
    office.approve("여권-2")
    assert office.board.publish("han").version > draft
    assert office.board.entries()["여권-1"].answer == ENTRIES[0].answer


def test_a_publication_that_was_cut_off_is_taken_up_by_the_next(office: Office) -> None:
    made = office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office.approve("여권-1")
    change = {"여권-1": made.entry}
    number = office.knowledge.take(change, "han", source="끊긴 게시").version  # killed before publishing
    assert office.board.publish("han").version == number
    assert office.store.proposals.get(made.number).state is ProposalState.PUBLISHED


def test_a_publication_killed_before_it_was_noted_is_noted_by_the_next(office: Office) -> None:
    made = office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office.approve("여권-1")
    number = office.knowledge.take({"여권-1": made.entry}, "han", source="끊긴 게시").version
    office.knowledge.publish(number, "han")  # killed before the proposal was noted
    assert office.board.publish("han").version == number
    assert office.store.proposals.get(made.number).version == number


def test_a_check_that_refuses_leaves_the_proposals_approved_until_somebody_says_why(office: Office) -> None:
    def check(version: int, entries: object, search: object, *, by: str, override: str) -> None:
        if not override:
            raise Refused("golden questions break")

    strict = Knowledge(
        office.store, office.versions, analyser=office.analyser, encoder=office.encoder, checks=[check]
    )
    board = Board(office.store, strict, office.versions.live, two_persons=True, clock=office.clock)
    board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office.approve("여권-1")
    with pytest.raises(Refused):
        board.publish("han")
    assert office.versions.live() == 1
    assert office.store.proposals.counts()[ProposalState.APPROVED] == 1
    assert board.publish("han", override="급한 안내").proposals == 1
    assert office.versions.live() == 2


def test_an_old_wording_comes_back_as_a_proposal(office: Office) -> None:
    office.board.write("여권-1", office.edit("여권-1", answer="두 번째 답"), "kim", submit=True)
    office.approve("여권-1")
    office.board.publish("han")
    made = office.board.restore("여권-1", 1, revision=None, why="첫 답이 맞음", by="lee")
    assert (made.state, made.origin, made.entry.answer) == (ProposalState.DRAFT, "restore", ENTRIES[0].answer)
    with pytest.raises(Unknown):
        office.board.restore("여권-1", 77, revision=made.revision, why="없는 판", by="lee")


def test_a_new_entry_and_the_end_of_one_take_the_same_way(office: Office) -> None:
    whole = cells_of(replace(ENTRIES[0], question="여권 사진 규격이 궁금합니다."))
    office.board.write("여권-3", office.edit("여권-3", **whole), "kim", submit=True)
    office.board.write("여권-2", office.edit("여권-2", state="만료"), "kim", submit=True)
    office.approve("여권-3")
    office.approve("여권-2")
    office.board.publish("han")
    entries = office.board.entries()
    assert entries["여권-3"].question == "여권 사진 규격이 궁금합니다."
    assert entries["여권-2"].state is EntryState.EXPIRED


def test_an_edit_without_a_change_or_a_reason_is_refused(office: Office) -> None:
    with pytest.raises(BadInput):
        office.board.write("여권-1", office.edit("여권-1"), "kim")
    with pytest.raises(BadInput):
        office.board.write("여권-1", office.edit("여권-1", why=" ", phone="02-0000-0001"), "kim")
    assert office.store.proposals.opened() == {}


def test_bad_fields_are_all_named_in_korean(office: Office) -> None:
    bad = office.edit("여권-1", field="없는 분야", phone="이름", valid_until="31일", question="")
    with pytest.raises(BadFields) as refused:
        office.board.write("여권-1", bad, "kim")
    assert {fault.attribute for fault in refused.value.faults} == {
        "field",
        "phone",
        "valid_until",
        "question",
    }
    backwards = office.edit("여권-1", valid_from="2026-02-02", valid_until="2026-01-01")
    with pytest.raises(BadFields):
        office.board.write("여권-1", backwards, "kim")


def test_an_approved_text_is_closed_to_writers_until_it_is_returned(office: Office) -> None:
    made = office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "kim", submit=True)
    office.approve("여권-1")
    with pytest.raises(Conflict):
        office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0009"), "kim")
    office.board.step(Step.RETURN, made.number, made.revision + 1, by="lee", reason="다시 확인")
    assert office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0009"), "kim").revision == 4


def test_many_steps_at_once_name_those_that_could_not_be_taken(office: Office) -> None:
    mine = office.board.write("여권-1", office.edit("여권-1", phone="02-0000-0001"), "lee", submit=True)
    other = office.board.write("여권-2", office.edit("여권-2", phone="02-0000-0002"), "kim", submit=True)
    seen = [(mine.number, 1), (other.number, 1), (other.number, 1), (99, 1)]
    refused = office.board.steps(Step.APPROVE, seen, by="lee")
    assert set(refused) == {mine.number, other.number, 99}  # its own, the second time, and no such
    assert office.store.proposals.get(other.number).state is ProposalState.APPROVED


def test_the_form_gives_back_every_entry_it_was_given() -> None:
    for entry in ENTRIES:
        assert entry_of(cells_of(entry)) == entry
        assert print_of(replace(entry, confirmed_on=date(2030, 1, 1))) == print_of(entry)
        assert print_of(replace(entry, answer="다른 답")) != print_of(entry)


def test_a_confirmation_moves_the_day_and_keeps_text_and_vectors(office: Office) -> None:
    number = office.desk.open("4분기", date(2026, 12, 15), by="han")
    for request in office.store.rounds.requests(number):
        for item in office.store.rounds.items(request=request.number):
            seen = print_of(office.board.entries()[item.entry_id])
            office.desk.confirm(request, item.entry_id, seen, by="officer")
    before = np.load(office.versions.path(1) / "vectors.npy")
    done = office.board.publish("han")
    assert (done.version, done.confirmations) == (2, 3)
    after = office.board.entries()
    assert after["여권-1"].confirmed_on == date(2026, 11, 25)
    assert replace(after["여권-1"], confirmed_on=None, version=0) == replace(ENTRIES[0], confirmed_on=None)
    assert after["축제-1"].confirmed_on == ENTRIES[3].confirmed_on
    assert np.array_equal(np.load(office.versions.path(2) / "vectors.npy"), before)
    with pytest.raises(Conflict):
        office.board.publish("han")
