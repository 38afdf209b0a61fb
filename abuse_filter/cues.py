"""Words around abuse that change what it is: a report of it, a warning against it, a cry for help.

Pure patterns over a folded text. They are cues for the classifier and, where there is no
classifier, for the rules; none of them decides alone that a text is innocent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# somebody else said, wrote or did it: "…라고 했어요", "…이라는 낙서가", "욕을 들었어요"
_REPORT = re.compile(
    r"(?:라|다|냐|자|이)(?:고|구|는|며|면서) ?(?:[가-힣]+ ?){0,2}(?:욕|말|소리|낙서|문자|댓글|쪽지|글|하더|하시|했|그러|그랬|들었|들은|적|쓰|써|놀리|놀림|협박|외치|외쳤|소리치|고함|부르|불러|불렀|올|전화|막말)"
    r"|(?:욕설?|쌍욕|폭언|막말|모욕|협박|성희롱|성추행|희롱|놀림|비하|갑질|괴롭힘|위협|차별|스토킹)(?:을|를|이|까지|도|하는|한|하고|에)? ?(?:[가-힣]+ ?)?(?:했|하더|하고|하는|하네|해서|당|받|들|먹|퍼부|시달|신고|상담|피해|심)"
    r"|(?:소리|말|얘기|욕)(?:까지|를|을|도)? ?(?:들었|들어서|들으|들은|듣)"
    r"|(?:라고|다고|냐고|라는|다는|란) ?(?:뜻|표현|단어|제목|기사|노래|영화|간판|유래|속담)"
)
_THIRD = re.compile(
    r"(?:사람|남자|여자|아저씨|아줌마|주인|이웃|윗집|옆집|아랫집|앞집|기사|손님|사장|팀장|과장|부장|상사|선생|교사|학생|친구|애들|아이들|남편|아내|시어머니|직원|경비|집주인|세입자|취객|누가|누군가|어떤|동료|관리인|입주민|주민|할아버지|할머니|청년|아버지|형|오빠|전남친|전 ?남편|가해자|건물주|운전자|승객|담당자|공무원|소장|원장)(?:이|가|분이|분께서|께서|한테|들이|에게|님이|놈이)"
)
_TO_ME = re.compile(
    r"(?:저|나|제|우리|저희|딸|아들|아이|애|어머니|아버지|동생|언니|직원|알바|친구)(?:한테|에게|더러|보고|보구|를|가) "
)
_DENIED_REPORT = re.compile(r"라고밖에|라고 ?했(?:지|잖|냐|어$)|말라고|하라고|라니까|내가 .{0,12}라고")
_WARNING = re.compile(
    r"(?:고객님|선생님|민원인).{0,40}(?:욕설|폭언|성희롱|협박|비속어|반말|말씀).{0,30}(?:삼가|자제|종료|어렵|중단|녹음)"
    r"|(?:욕설|폭언|성희롱|협박|비속어|모욕)(?:을|이|적|에|은)?.{0,24}(?:삼가|자제|해당|종료|법적|처벌|안내|계속하시|중단)"
    r"|상담(?:을|이)? ?(?:이어 ?가|진행|더|계속|종료).{0,14}(?:어렵|불가|없|하겠|됩니다)"
)
_DISTRESS = re.compile(
    r"죽고 ?싶|살고 ?싶지 ?않|살기 ?싫|그만 ?살|(?:살|살아갈) ?(?:이유|의미|자신|힘|희망)(?:가|이)? ?없|자살|극단적|뛰어내리|목(?:을)? ?(?:매|맬)"
    r"|유서|번개탄|약을? ?(?:많이|다|한 ?통|모아)|손목을? ?그|사라지고 ?싶|없어지고 ?싶|끝내고 ?싶|다 ?끝났|죽(?:을래|어 ?버리고|는 ?게 ?나|을까|으려|었으면)"
)

# what follows a word that is being quoted: "…새끼라고", "…년이라는 소리", "…놈아 하면서"
_QUOTE_AFTER = re.compile(
    r"[가-힣]{0,3}(?: [가-힣]{1,5}){0,2}?(?:이?라고|이?라는|이?라며|이?라면서|이?란|냐고|냐는|다고|다는|자고|자는| 하면서| 하며| 이런 ?(?:말|소리|욕))"
    r"|.{0,14}?(?:을|를|이|가|도)? ?(?:물어봤|물어보더|물어봐서|만졌|들이댔|보냈어요|보내요|써 ?놨|써 ?놓|적혀|써 ?있|쓰여)"
)


@dataclass(frozen=True, slots=True)
class Cues:
    """What the words around say."""

    report: bool  # tells of somebody else's words or deeds
    third: bool  # somebody else is the one who acts
    to_me: bool  # the speaker is the victim
    denied: bool  # looks like a report, is the speaker's own
    warning: bool  # an agent's warning
    distress: bool  # the speaker may be in danger

    @property
    def quoted(self) -> bool:
        """Abusive words here are most likely somebody else's."""
        return self.warning or (self.report and not self.denied)


def is_quoted(text: str, end: int) -> bool:
    """Is the word that ends at `end` quoted by what follows it?"""
    return _QUOTE_AFTER.match(text, end) is not None


def cues(text: str) -> Cues:
    """Find the cues in a folded text."""
    return Cues(
        report=bool(_REPORT.search(text)),
        third=bool(_THIRD.search(text)),
        to_me=bool(_TO_ME.search(text)),
        denied=bool(_DENIED_REPORT.search(text)),
        warning=bool(_WARNING.search(text)),
        distress=bool(_DISTRESS.search(text)),
    )
