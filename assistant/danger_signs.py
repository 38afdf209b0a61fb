"""The words that speak for a danger, kind by kind, with what speaks against it.

Written as slots (who, where, what happens) rather than as sentences, because people in danger
rarely use the words of a leaflet. A strong sign suffices alone; two clear ones, or a clear and a
weak one, do too; weak ones alone need three. Signs of suicide follow the indirect words that
prevention guides teach: means at hand, farewells, settling affairs, being a burden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.emergency_signs import EMERGENCY
from assistant.need_signs import LONELINESS, WELFARE
from assistant.signs import Sign
from assistant.suicide_signs import SUICIDE
from consultation.types import Urgency

SIGNS: Mapping[Urgency, tuple[Sign, ...]] = {
    Urgency.EMERGENCY: EMERGENCY,
    Urgency.SUICIDE_RISK: SUICIDE,
    Urgency.WELFARE_CRISIS: WELFARE,
    Urgency.LONELINESS: LONELINESS,
}

# Manners of speech ("더워 죽겠다"), names, and things that only sound like a danger.
HARMLESS = re.compile(
    r"기절\S*\s?(?:하는\s?줄|뻔)\S*|살려\s?주세요\s?\S{0,4}\s?(?:수강|신청|서류|민원)|(?:[가-힣]+(?:[아어여워해려파퍼빠뻐겨나]|서))\s?죽(?:겠|는\s?줄|을\s?(?:것|거|뻔))\S*|죽여\s?(?:준|주)\S*|죽을\s?(?:뻔|맛)\S*|"
    r"(?:자살|투신|화재|아동학대|가정폭력|실종|산불)\s?(?:예방|방지|신고의무|경보|감지|보험)\S*|외로움\s?안녕\S*|유서\s?깊\S*|폭발적\S*|"
    r"(?:담배|굽는|고기|음식|굴뚝|향)\s?연기가?\S*\s?\S*|(?:먼지|냄새|담배|연기|매연|악취)\S{0,3}\s.{0,12}숨\S*\s?\S*"
)
# A fallen tree is nobody who fainted.
THINGS = re.compile(
    r"(?:나무|가로수|가지|가로등|전봇대|간판|표지판|울타리|펜스|자전거|오토바이|킥보드|화분)\S{0,2}\s.{0,12}(?:쓰러|물이\s?차|기울)\S*"
)
# Somebody asks about a course, an event, a donation: the danger is its subject, not the caller's.
SUBJECT = re.compile(
    r"(?:교육|강의|수업|자격증|견학|캠페인|봉사|기부|후원|촬영|영화|드라마|축제|행사|음악회|공연|전시|연극|훈련|공모전|서비스\s?종류).{0,16}"
    r"(?:신청|어디|언제|몇|싶|받|예약|따요|하나요|하려|있나요|있어요|되나요|막았|맞죠|알려)|(?:봉사|기부|후원)(?:하고|하려|를)"
)
