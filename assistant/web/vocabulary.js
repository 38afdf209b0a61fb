// The words of consultation/types.py and consultation/districts.py that forms offer. A test compares them.

export const FIELDS = ["행정", "경제", "복지", "환경", "주택도시계획", "문화관광", "교통", "안전", "건강", "여성가족"];

export const FOLLOW_UPS = ["없음", "담당부서 이관", "콜백", "문자발송", "신고접수"];

export const ARS_CODES = [[1, "교통·일반행정"], [2, "상하수도"], [3, "안심돌봄"], [4, "규제개선"], [5, "외로움안녕"], [9, "외국어"]];

export const DISTRICTS = [
  "강남구", "강동구", "강북구", "강서구", "관악구", "광진구", "구로구", "금천구", "노원구", "도봉구", "동대문구", "동작구", "마포구",
  "서대문구", "서초구", "성동구", "성북구", "송파구", "양천구", "영등포구", "용산구", "은평구", "종로구", "중구", "중랑구",
];

export const URGENCIES = [
  ["none", "없음"], ["loneliness", "외로움"], ["welfare_crisis", "복지 위기"], ["suicide_risk", "자살 위험"], ["emergency", "긴급 상황"],
];

export const STAGES = { live: ["통화 중", "success"], ended: ["후처리 작성 중", "information"], drafted: ["초안 확인 대기", "warning"], confirmed: ["저장됨", "gray"] };

export const CHANNELS = { phone: "전화", chat: "채팅" };

export const SPEAKERS = { citizen: "민원인", agent: "상담사" };

/** Steps of the abuse rules, mildest first, as the lamps show them. */
export const STEPS = [["note", "주의"], ["warn", "1차 경고"], ["warn_again", "2차 경고"], ["may_end", "종료 가능"]];

export const ACTIONS = { accepted: "채택함", edited: "수정해서 채택함", dismissed: "무시함", reported_wrong: "오답으로 신고함" };

export const WRONG = ["내용이 사실과 다름", "예전 정보임", "질문과 관계없음", "담당부서·전화번호가 틀림", "기타"];
