// What the board's pages share: the names of fields and states, differences, and a line that says how it went.
import { badge, h, one } from "/static/server/element.js";
import { changed } from "./changed.js";

export const FIELDS = {
  question: "질문", variants: "다른 표현", answer: "답변", field: "분야", organisation: "기관", district: "자치구", department: "담당부서", phone: "전화",
  basis: "근거", source: "출처", valid_from: "시작일", valid_until: "만료일", confirmed_on: "최종확인일", state: "상태", ars_code: "ARS", is_sample: "표본",
};

const TONES = { 초안: "gray", 검토: "warning", 승인: "primary", 게시: "success", 만료: "danger", 철회: "gray" };
export const ORIGINS = { board: "관리 화면", bulk: "엑셀 일괄 편집", restore: "이전 글 되돌리기", round: "기관 확인" };

export const stateBadge = (state) => badge(TONES[state] ?? "gray", state);

/** A function that writes into a page's line of outcome. */
export function speaker(selector) {
  const line = one(selector);
  return (text, tone = "success") => {
    line.textContent = text;
    line.className = `notice ${tone}`;
    line.hidden = !text;
    if (text && tone === "danger") line.scrollIntoView({ block: "nearest" });
  };
}

/** Fields that differ, earlier beside later. */
export function differences(fields, names = ["이전", "나중"]) {
  return h(
    "dl",
    { class: "differences" },
    fields.map(({ field, before, after }) => {
      const [old, now] = changed(before, after);
      return h(
        "div",
        {},
        h("dt", {}, FIELDS[field] ?? field),
        h("dd", {}, h("span", { class: "side" }, names[0]), old.length ? old : "–"),
        h("dd", {}, h("span", { class: "side" }, names[1]), now.length ? now : "–"),
      );
    }),
  );
}

/** Progress as a bar with its figures in words. */
export const progress = (done, all, label) =>
  h("span", { class: "bar" }, h("progress", { value: String(done), max: String(Math.max(1, all)), "aria-label": label }), h("span", {}, `${done.toLocaleString("ko-KR")}/${all.toLocaleString("ko-KR")}`));

export const count = (number) => number.toLocaleString("ko-KR");

/** Copy a text; browsers without a secure context select it for Ctrl+C instead. */
export async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.select();
    return false;
  }
}
