"""Who is the citizen and who the agent of a recorded call. Pure.

    SANGDAM_AGENT_NUMBERS=7000-7999,027312*,1588

Numbers are ranges, beginnings (with *) or single ones. A participant with such a number, or whose
number or name is the account of an agent, is the agent. Where nothing tells, the one who called is
the citizen, or the first one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.doors.siprec import Participant, Recording
from consultation.errors import BadSetting
from consultation.types import Speaker

_ITEM = re.compile(r"([0-9]{1,20})(?:-([0-9]{1,20})|(\*))?", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9\-. ()]+", re.ASCII)
_COUNTRY = "+82"


class AgentNumbers:
    """The numbers under which agents are called."""

    def __init__(self, setting: str) -> None:
        """Raises BadSetting for what is no list of numbers."""
        self._ranges: list[tuple[str, str]] = []
        self._beginnings: list[str] = []
        for item in filter(None, map(str.strip, setting.split(","))):
            found = _ITEM.fullmatch(item)
            if found is None or (found[2] and (len(found[1]) != len(found[2]) or found[1] > found[2])):
                raise BadSetting(
                    f"SANGDAM_AGENT_NUMBERS: {item} is no number, no range (7000-7999) and no beginning (027312*)"
                )
            if found[3]:
                self._beginnings.append(found[1])
            else:
                self._ranges.append((found[1], found[2] or found[1]))

    def __contains__(self, user: str) -> bool:
        number = digits_of(user)
        return bool(number) and (
            any(len(low) == len(number) and low <= number <= high for low, high in self._ranges)
            or any(number.startswith(beginning) for beginning in self._beginnings)
        )


def digits_of(user: str) -> str:
    """A telephone number as it is dialled at home; empty if it is none."""
    if not _NUMBER.fullmatch(user.strip()):
        return ""
    bare = re.sub(r"[^+0-9]", "", user)
    return f"0{bare.removeprefix(_COUNTRY)}" if bare.startswith(_COUNTRY) else bare.removeprefix("+")


@dataclass(frozen=True, slots=True)
class Roles:
    """Who is heard on which stream."""

    speakers: tuple[Speaker | None, ...]  # of the streams in order; None: everybody, mixed
    agent: str = ""  # what names the agent's account; empty: nothing does
    guessed: bool = False  # nothing told them apart but their order


def roles_of(
    labels: Sequence[str], recording: Recording, numbers: AgentNumbers, is_agent: Callable[[str], bool]
) -> Roles:
    """`labels` of the streams in the order of the session description. `is_agent`: is there such an account?"""
    people = [recording.senders(label) for label in labels]
    agents = [person for senders in people for person in senders if _is_agent(person, numbers, is_agent)]
    agent = next((name for person in agents for name in (person.address, person.name) if is_agent(name)), "")
    if not agent and agents:
        agent = agents[0].address
    if len(labels) == 1 and (recording.is_mixed(labels[0]) or not people[0]):
        return Roles((None,), agent or _agent_of(recording, numbers, is_agent))
    by_agent = [any(person in agents for person in senders) for senders in people]
    called = [any(person.is_calling is False for person in senders) for senders in people]
    said = all(person.is_calling is not None for senders in people for person in senders)
    if any(by_agent) and (len(labels) == 1 or not all(by_agent)):
        theirs, guessed = by_agent, False
    elif said and any(called) and (len(labels) == 1 or not all(called)):
        theirs, guessed = called, False
    else:
        theirs, guessed = [place % 2 == 1 for place in range(len(labels))], len(labels) > 1
    return Roles(tuple(Speaker.AGENT if one else Speaker.CITIZEN for one in theirs), agent, guessed)


def _is_agent(person: Participant, numbers: AgentNumbers, is_agent: Callable[[str], bool]) -> bool:
    return person.address in numbers or is_agent(person.address) or is_agent(person.name)


def _agent_of(recording: Recording, numbers: AgentNumbers, is_agent: Callable[[str], bool]) -> str:
    """The agent among all participants, where streams do not tell."""
    for person in recording.participants.values():
        for name in (person.address, person.name):
            if is_agent(name):
                return name
    return next((one.address for one in recording.participants.values() if one.address in numbers), "")
