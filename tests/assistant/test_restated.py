from __future__ import annotations

import pytest

from assistant.restated import Shape, restated


@pytest.mark.parametrize(
    ("clause", "shape", "text"),
    [
        (
            "수수료를 언제까지 내야 하는지 궁금하신 거 맞으시죠?",
            Shape.WHETHER,
            "수수료를 언제까지 내야 하는지",
        ),
        ("등록이 안 될까 봐 걱정되신다는 말씀이시죠?", Shape.WHETHER, "등록이 안 될까 봐"),
        ("가로등 수리 요청 말씀이시죠?", Shape.THING, "가로등 수리 요청"),
        ("무료 주차장을 찾으시는 거죠?", Shape.THING, "무료 주차장"),
        ("운영 시간이 궁금하시다는 거죠?", Shape.THING, "운영 시간"),
        ("자전거를 도난당하셨다는 말씀이시죠?", Shape.FACT, "자전거를 도난당하셨"),
        ("고지서가 두 번 나와서 문의 주신 거네요", Shape.BECAUSE, "고지서가 두 번 나와서"),
        ("벌집을 치워 달라는 요청이신 거 맞으시죠?", Shape.WISH, "벌집을 치워 달라"),
    ],
)
def test_what_the_agent_puts_back(clause: str, shape: Shape, text: str):
    found = restated(4, clause)
    assert found is not None
    assert (found.turn, found.shape, found.text) == (4, shape, text)


@pytest.mark.parametrize(
    "clause",
    [
        "어떤 상황인지 말씀해 주시겠어요?",
        "구청에 가시면 됩니다",
        "더 궁금하신 점 있으세요?",
        "어느 동이신지 말씀해 주세요",
        "네",
        "",
    ],
)
def test_what_puts_nothing_back(clause: str):
    assert restated(0, clause) is None
