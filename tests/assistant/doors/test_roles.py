from __future__ import annotations

import pytest

from assistant.doors.roles import AgentNumbers, Roles, roles_of
from assistant.doors.siprec import Participant, Recording, Stream
from consultation.errors import BadSetting
from consultation.types import Speaker

CITIZEN, AGENT = Speaker.CITIZEN, Speaker.AGENT
SEVEN = AgentNumbers("7000-7999")


def recording(*people: Participant, streams: str = "12") -> Recording:
    """Each person sends the stream with the label in the same place."""
    return Recording(
        "S",
        {one.participant_id: one for one in people},
        {label: Stream(label, label) for label in streams},
        {one.participant_id: frozenset({label}) for one, label in zip(people, streams, strict=False)},
    )


def who(address: str, *, name: str = "", is_calling: bool | None = None) -> Participant:
    return Participant(f"p-{address}", address, name, is_calling)


def nobody(_: str) -> bool:
    return False


@pytest.mark.parametrize("number", ["7000", "7999", "02731-2120", "0273121", "+82 2 731 2120", "1588"])
def test_numbers_of_agents_are_known(number: str) -> None:
    assert number in AgentNumbers(" 7000-7999, 027312*,1588 ")


@pytest.mark.parametrize("number", ["", "6999", "70000", "700", "8000", "15880", "0273", "kim", "7000x"])
def test_numbers_of_others_are_not(number: str) -> None:
    assert number not in AgentNumbers("7000-7999,0273121*,1588")


@pytest.mark.parametrize("setting", ["x", "7000-", "7999-7000", "70-7999", "7*7", "7000;7001", "+82*"])
def test_a_setting_that_is_no_list_of_numbers_is_refused_by_its_name(setting: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_AGENT_NUMBERS"):
        AgentNumbers(setting)


@pytest.mark.parametrize("turned", [False, True])
def test_the_one_with_an_agents_number_is_the_agent(turned: bool) -> None:
    people = [who("01000001234"), who("7001")]
    got = roles_of(["1", "2"], recording(*people[:: -1 if turned else 1]), SEVEN, nobody)
    assert got == Roles((AGENT, CITIZEN) if turned else (CITIZEN, AGENT), "7001")


def test_the_one_with_an_account_is_the_agent_and_names_it() -> None:
    people = recording(who("9001", name="kim"), who("01000001234"))
    assert roles_of(["1", "2"], people, SEVEN, lambda name: name == "kim") == Roles((AGENT, CITIZEN), "kim")


@pytest.mark.parametrize("numbers", [SEVEN, AgentNumbers("")])
def test_between_two_of_a_kind_the_one_who_called_is_the_citizen(numbers: AgentNumbers) -> None:
    people = recording(who("7001", is_calling=False), who("7002", is_calling=True))
    assert roles_of(["1", "2"], people, numbers, nobody).speakers == (AGENT, CITIZEN)


def test_where_nothing_tells_the_first_stream_is_the_citizens_and_that_is_said() -> None:
    assert roles_of(["1", "2"], Recording(), SEVEN, nobody) == Roles((CITIZEN, AGENT), "", guessed=True)


def test_one_stream_with_one_known_sender_is_theirs() -> None:
    assert roles_of(["1"], recording(who("7001"), streams="1"), SEVEN, nobody) == Roles((AGENT,), "7001")


def test_one_stream_of_which_nothing_is_said_is_mixed() -> None:
    assert roles_of(["1"], Recording(), SEVEN, nobody) == Roles((None,))


def test_a_third_who_joins_beside_the_agent_is_a_citizen() -> None:
    people = recording(who("7001"), who("01000001234"), who("01000005678"), streams="123")
    assert roles_of(["1", "2", "3"], people, SEVEN, nobody).speakers == (AGENT, CITIZEN, CITIZEN)
