"""Golden questions stand before a publication, with a real index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from consultation.ports import Encoder
from consultation.store import Store
from consultation.types import ConsultationEntry, EntryState
from consultation.versions import Versions
from retrieval.care.golden import GoldenBroken, GoldenCheck
from retrieval.knowledge import Knowledge
from retrieval.tokens import KiwiAnalyser

TODAY = date.today()  # noqa: DTZ011 - publishing looks at the day, too
PASSPORT = ConsultationEntry("e1", "여권 발급 방법", "구청 여권과에서 신청합니다.", "행정")
WASTE = ConsultationEntry("e2", "대형폐기물 배출 방법", "스티커를 붙여 내놓습니다.", "환경")
PARKING = ConsultationEntry("e3", "불법주정차 신고", "안전신문고 앱으로 신고합니다.", "교통")


class Shop:
    def __init__(self, store: Store, folder: Path, analyser: KiwiAnalyser, encoder: Encoder) -> None:
        self.store = store
        self.versions = Versions(folder)
        self.knowledge = Knowledge(
            store, self.versions, analyser=analyser, encoder=encoder, checks=(GoldenCheck(store),)
        )

    def publish(self, entries: Sequence[ConsultationEntry], override: str = "") -> int:
        number = self.store.knowledge.add_version(entries, by="han", source="시험")
        return self.knowledge.publish(number, "han", override=override)

    def golden(self, entry_id: str, question: str, top: int = 1) -> None:
        self.store.care.add_golden(entry_id, question, district=None, top=top, by="han")


@pytest.fixture
def shop(store: Store, tmp_path: Path, analyser: KiwiAnalyser, encoder: Encoder) -> Shop:
    shop = Shop(store, tmp_path / "knowledge", analyser, encoder)
    shop.publish([PASSPORT, WASTE, PARKING])
    return shop


def test_a_version_that_finds_every_golden_entry_is_published(shop: Shop) -> None:
    shop.golden("e1", "여권은 어디서 만들어요")
    assert shop.publish([PASSPORT, WASTE, replace(PARKING, answer="120으로 신고합니다.")]) == 2
    assert shop.versions.live() == 2


def test_a_version_that_breaks_one_is_refused_and_names_it(shop: Shop) -> None:
    shop.golden("e1", "여권은 어디서 만들어요")
    shop.golden("e2", "대형폐기물은 어떻게 버려요")
    worse = replace(PASSPORT, question="수도요금 납부", answer="은행에서 냅니다.")
    with pytest.raises(GoldenBroken, match="여권은 어디서 만들어요") as refused:
        shop.publish([worse, WASTE, PARKING])
    assert [one.golden.entry_id for one in refused.value.broken] == ["e1"]
    assert shop.versions.live() == 1


def test_a_removed_entry_breaks_its_golden_question(shop: Shop) -> None:
    shop.golden("e3", "남의 집 앞에 차를 댔어요", top=10)
    with pytest.raises(GoldenBroken, match="e3: 항목이 이 판에 없습니다"):
        shop.publish([PASSPORT, WASTE])
    assert shop.versions.live() == 1


def test_an_override_publishes_and_says_so_in_the_audit(shop: Shop) -> None:
    shop.golden("e3", "불법주정차 신고하려고요")
    assert shop.publish([PASSPORT, WASTE], override="항목을 폐지함") == 2
    assert shop.versions.live() == 2
    (row,) = shop.store.audit.entries(what="golden.override")
    assert (row.who, row.about) == ("han", "knowledge 2")
    assert "항목을 폐지함" in row.reason
    assert "e3" in row.reason


def test_an_override_of_spaces_is_none(shop: Shop) -> None:
    shop.golden("e3", "불법주정차 신고하려고요")
    with pytest.raises(GoldenBroken):
        shop.publish([PASSPORT, WASTE], override="  ")


def test_an_override_that_nothing_needed_is_not_logged(shop: Shop) -> None:
    shop.golden("e1", "여권은 어디서 만들어요")
    shop.publish([PASSPORT, WASTE], override="혹시 몰라서")
    assert shop.store.audit.entries(what="golden.override") == []


def test_an_entry_that_has_ended_asks_nothing_and_one_to_come_is_asked_on_its_day(shop: Shop) -> None:
    shop.golden("e2", "대형폐기물은 어떻게 버려요")
    shop.golden("e3", "불법주정차 신고하려고요")
    ended = replace(WASTE, state=EntryState.EXPIRED)
    coming = replace(PARKING, valid_from=TODAY + timedelta(days=30))
    assert shop.publish([PASSPORT, ended, coming]) == 2
    past = replace(WASTE, valid_until=TODAY - timedelta(days=30))
    assert shop.publish([PASSPORT, past, coming]) == 3
