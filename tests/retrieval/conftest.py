"""A small knowledge of our own, and the engines it is built with, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from consultation.ports import Encoder
from consultation.types import ConsultationEntry, EntryState
from consultation.versions import Versions
from retrieval.encoder import open_encoder
from retrieval.retriever import Retriever
from retrieval.snapshot import build_snapshot
from retrieval.tokens import KiwiAnalyser

Publish = Callable[[Sequence[ConsultationEntry]], Retriever]


def entry(entry_id: str, question: str, answer: str, **more: object) -> ConsultationEntry:
    return ConsultationEntry(entry_id, question, answer, str(more.pop("field", "행정")), **more)  # type: ignore[arg-type]


ENTRIES = (
    entry("id-card", "주민등록증 재발급 신청", "전국 읍면동 행정복지센터 어디서나 신청하며 사진 한 장이 필요합니다."),
    entry("passport", "여권 발급 방법", "구청 여권과에 사진과 신분증을 가지고 방문하여 신청합니다."),
    entry("bulky", "대형폐기물 배출 방법", "가구는 스티커를 사서 붙이고 정해진 날 집 앞에 내놓습니다.", field="환경"),
    entry("parking", "불법주정차 신고", "안전신문고 앱으로 사진을 찍어 신고합니다.", field="교통",
          variants=("남의 집 앞에 차를 대 놓은 사람을 신고하고 싶어요",)),
    entry("pothole", "도로 파손(포트홀) 신고", "다산콜 또는 도로사업소에 위치를 알려 주시면 보수합니다.", field="교통"),
    entry("care", "치매 가족 휴가 지원", "치매 어르신을 돌보는 가족에게 며칠 동안 쉴 수 있도록 지원합니다.", field="복지"),
    entry("culture", "구립 체육센터 다자녀 할인", "세 자녀 이상 가정은 이용료를 감면합니다.", field="문화관광", district="강남구"),
    entry("culture-mapo", "구립 체육센터 다자녀 할인", "마포구민은 두 자녀부터 이용료를 감면합니다.", field="문화관광",
          district="마포구"),
    entry("fair", "전통시장 봄 축제", "사월 한 달 동안 열립니다.", field="경제", valid_until=date(2026, 4, 30)),
    entry("over", "겨울 스케이트장 운영", "운영이 끝났습니다.", field="문화관광", state=EntryState.EXPIRED),
    entry("water", "수도요금 납부 방법", "은행과 인터넷에서 냅니다.", field="환경"),
    entry("water-again", "수도 요금 납부방법?", "은행과 인터넷에서 냅니다.", field="환경"),
)  # fmt: skip

DAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def analyser() -> KiwiAnalyser:
    return KiwiAnalyser()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return open_encoder()


def publish(
    folder: Path, entries: Sequence[ConsultationEntry], encoder: Encoder, analyser: KiwiAnalyser
) -> int:
    versions = Versions(folder)
    live = versions.live()
    with versions.draft() as (number, draft):
        build_snapshot(
            draft,
            entries,
            analyser=analyser,
            encoder=encoder,
            version=number,
            previous=versions.path(live) if live else None,
        )
    versions.promote(number)
    return number


@pytest.fixture(scope="session")
def retriever(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, analyser: KiwiAnalyser
) -> Retriever:
    folder = tmp_path_factory.mktemp("knowledge")
    publish(folder, ENTRIES, encoder, analyser)
    return Retriever.open(folder, encoder=encoder, analyser=analyser)
