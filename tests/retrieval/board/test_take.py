"""What `Knowledge.take` does for the board: the live entries, with some in their places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from consultation.errors import NotReady
from consultation.ports import Encoder
from consultation.versions import Versions
from retrieval.knowledge import Knowledge
from retrieval.tokens import KiwiAnalyser
from tests.retrieval.board.conftest import ENTRIES, Office

CHANGED = {"여권-1": replace(ENTRIES[0], answer="바뀐 답")}


def test_changes_and_new_entries_are_counted_and_nothing_goes(office: Office) -> None:
    new = replace(ENTRIES[0], entry_id="여권-3")
    made = office.knowledge.take({**CHANGED, "여권-3": new}, "han", source="시험")
    assert (made.version, made.added, made.changed, made.removed, made.unchanged) == (2, 1, 1, 0, 4)
    assert made.is_new
    assert len(office.store.knowledge.entries(2)) == 6
    assert office.versions.live() == 1, "taking is not publishing"


def test_what_is_said_already_makes_no_version(office: Office) -> None:
    assert office.knowledge.take({"여권-1": ENTRIES[0]}, "han", source="시험").version == 1
    first = office.knowledge.take(CHANGED, "han", source="시험")
    again = office.knowledge.take(CHANGED, "han", source="시험")
    assert (first.version, again.version, again.is_new) == (2, 2, False)


def test_there_must_be_something_live(
    office: Office, tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    bare = Knowledge(office.store, Versions(tmp_path / "bare"), analyser=analyser, encoder=encoder)
    with pytest.raises(NotReady):
        bare.take(CHANGED, "han", source="시험")
