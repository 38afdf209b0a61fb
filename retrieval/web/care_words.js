// What the care pages share: the names of fields and districts, and a line that says how it went.
import { one } from "/static/server/element.js";

export const FIELDS = ["행정", "경제", "복지", "환경", "주택도시계획", "문화관광", "교통", "안전", "건강", "여성가족"];

export const DISTRICTS = [
  "강남구", "강동구", "강북구", "강서구", "관악구", "광진구", "구로구", "금천구", "노원구", "도봉구", "동대문구", "동작구", "마포구",
  "서대문구", "서초구", "성동구", "성북구", "송파구", "양천구", "영등포구", "용산구", "은평구", "종로구", "중구", "중랑구",
];

/** A function that writes into a page's line of outcome. */
export function speaker(selector) {
  const line = one(selector);
  return (text, tone = "success") => {
    line.textContent = text;
    line.className = `notice ${tone}`;
    line.hidden = !text;
    if (text) line.scrollIntoView({ block: "nearest" });
  };
}
