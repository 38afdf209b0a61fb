// The report of a round, made to be printed.
import { get } from "/static/server/api.js";
import { h, one } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { count } from "./board_words.js";

const HEADS = ["대상", "확인", "수정 제안", "남음", "기한 안", "기한 뒤", "평균 지연일", "처리율", "점수"];
const cells = (one_) => [count(one_.asked), count(one_.confirmed), count(one_.corrected), count(one_.open), count(one_.in_time), count(one_.late), one_.mean_days_late ? `${one_.mean_days_late}일` : "–", `${one_.share}%`, String(one_.score)];

const table = (caption, rows) =>
  h(
    "div",
    { class: "krds-table-wrap", tabindex: "0", role: "region", "aria-label": `${caption} 표` },
    h(
      "table",
      { class: "tbl data auto" },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "이름"), HEADS.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), cells(row).map((text) => h("td", {}, text))))),
    ),
  );

one("#print").addEventListener("click", () => window.print());

try {
  const { round, whole, districts, organisations, definition } = await get(`/api/knowledge/rounds/${one("#main").dataset.round}`);
  one("#report-title").textContent = `${round.title} 보고서`;
  one("#report-lead").textContent = `확인 기한 ${round.due_on} · 만든 때 ${moment(new Date().toISOString())}`;
  one("#whole").replaceChildren(table("회차 전체", [{ name: "전체", ...whole }]));
  one("#districts").replaceChildren(table("자치구별 점수", districts));
  one("#organisations").replaceChildren(table("기관별 점수", organisations));
  one("#definition").textContent = definition;
} catch (error) {
  one("#report-lead").textContent = error.message;
}
