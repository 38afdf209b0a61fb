from __future__ import annotations

import pytest

from assistant.urgency import hear
from consultation.types import Urgency
from tests.assistant.fakes import turns


@pytest.mark.parametrize(
    ("kind", "first", "said"),
    [
        (Urgency.SUICIDE_RISK, "109", ["C: 이제 그만 살고 싶어요"]),
        (Urgency.SUICIDE_RISK, "109", ["C: 번개탄을 사 왔어요"]),
        (
            Urgency.SUICIDE_RISK,
            "109",
            ["C: 혼자 죽으면 장례비는 나오나요", "C: 제 얘기예요 남은 사람한테 폐만 끼치니까"],
        ),
        (Urgency.SUICIDE_RISK, "109", ["A: 혹시 스스로 목숨을 끊을 생각을 하고 계신가요?", "C: 네"]),
        (Urgency.EMERGENCY, "119", ["C: 옆집에서 불이 났어요 연기가 올라와요"]),
        (Urgency.EMERGENCY, "119", ["C: 아버지가 쓰러져 계신데 숨을 안 쉬세요"]),
        (Urgency.EMERGENCY, "119", ["C: 담장에 금이 갔는데 곧 무너질 것 같아요"]),
        (Urgency.EMERGENCY, "112", ["C: 남편이 저를 때리고 있어요"]),
        (Urgency.EMERGENCY, "119", ["C: 옆방 사람이 사흘째 안 보여요", "C: 두드려도 대답이 없어요"]),
        (Urgency.EMERGENCY, "112", ["C: 치매 어머니가 아침부터 안 들어오세요"]),
        (Urgency.WELFARE_CRISIS, "129", ["C: 며칠째 굶고 있어요"]),
        (Urgency.WELFARE_CRISIS, "129", ["C: 월세가 석 달 밀려서", "C: 이번 주에 나가야 된대요"]),
        (Urgency.WELFARE_CRISIS, "129", ["C: 전기가 끊겼어요", "C: 요금을 못 내서요"]),
        (Urgency.LONELINESS, "120", ["C: 하루 종일 말할 사람이 없어요"]),
        (Urgency.LONELINESS, "120", ["C: 영감이 작년에 먼저 갔어", "C: 심심해서 걸었어"]),
    ],
)
def test_danger_is_heard_and_the_right_number_comes_first(kind: Urgency, first: str, said: list[str]):
    danger = hear(turns(*said))
    assert danger is not None
    assert danger.urgency is kind
    assert danger.lines[0].startswith(first)
    assert len({line.split()[0] for line in danger.lines}) == len(danger.lines)


@pytest.mark.parametrize(
    "said",
    [
        ["C: 더워 죽겠어요 에어컨 있는 쉼터가 어디예요"],
        ["C: 자살예방센터 봉사활동은 어떻게 신청하나요"],
        ["C: 기초수급자인데 전기요금 할인이 되나요"],
        ["C: 혼자 사는 노인인데 장롱을 버리고 싶어요"],
        ["C: 물이 안 나와요 단수인가요"],
        ["C: 아버지가 어제 독감 주사를 맞았는데 또 맞아도 되나요"],
        ["C: 윗집 사람이 밤마다 소리 지르고 뛰어서 시끄러워요"],
        ["C: 가로수가 쓰러져 있어요 치워 주세요"],
        ["C: 주말에 혼자 갈 만한 전시회가 있나요"],
        ["C: 이사하면서 집을 정리하고 있는데 가구는 어떻게 버려요"],
        ["C: 회사에서 잘렸는데 실업급여는 어디서 신청하나요"],
        ["C: 지난달에 아버지가 쓰러지셨어요 요양등급 신청하려고요"],
        ["C: 작년에 집에 불이 났었는데 보상이 되나요"],
        ["C: 아니 몇 번을 전화해야 됩니까 너무 화가 나네요"],
        ["C: 너무 바빠 죽겠는데 빨리 좀 해 주세요"],
        ["A: 죽고 싶다는 생각이 드신 적이 있나요?", "C: 그런 생각은 안 해요"],
        ["A: 혹시 죽고 싶다는 생각이 드세요?", "C: 아니요"],
        ["A: 위험하면 119로 전화하세요", "C: 네"],
        ["C: 이런 걸 어디 얘기할 데가 없어서 전화했어요"],
        [],
    ],
)
def test_being_poor_old_angry_or_figurative_is_no_danger(said: list[str]):
    assert hear(turns(*said)) is None


def test_the_most_dangerous_kind_wins():
    danger = hear(turns("C: 쌀이 떨어져서 굶고 있어요", "C: 죽고 싶어요"))
    assert danger is not None
    assert (danger.urgency, danger.turn) == (Urgency.SUICIDE_RISK, 1)


def test_a_child_and_an_old_person_get_their_own_numbers():
    child = hear(turns("C: 윗집 아이가 맞는 소리가 나요", "C: 애가 살려 달라고 비명을 질러요 큰일 났어요"))
    assert child is not None
    assert [line.split()[0] for line in child.lines[:2]] == ["112", "1388"]
    old = hear(turns("C: 옆집 아들이 할머니를 때려요"))
    assert old is not None
    assert "1577-1389" in {line.split()[0] for line in old.lines}
