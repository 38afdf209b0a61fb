// Calls that were heard: those first where correcting helps most.
import { get } from "/static/server/api.js";
import { badge, h, one } from "/static/server/element.js";
import { moment } from "/static/server/format.js";

const status = one("#status");

function row(call) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("a", { href: `/calls/${encodeURIComponent(call.id)}/transcript` }, moment(call.started_at)), " ", call.is_sample && badge("information", "체험")),
    h("td", {}, `${call.heard}개`),
    h("td", {}, call.corrected ? `${call.corrected}개` : "아직 없음"),
    h("td", {}, `${Math.round(call.confidence * 100)}%`),
    h("td", {}, call.has_sound ? "있음" : "없음"),
    h("td", {}, call.agent),
  );
}

function pages(page, more) {
  const link = (to, text) => h("a", { class: "krds-btn xsmall tertiary", href: `/transcripts?page=${to}` }, text);
  const nav = one("#pages");
  nav.hidden = page === 1 && !more;
  nav.replaceChildren(...[page > 1 && link(page - 1, "‹ 이전"), h("span", { "aria-current": "page" }, `${page}쪽`), more && link(page + 1, "다음 ›")].filter(Boolean));
}

try {
  const { rows, page, more } = await get("/api/transcripts", Object.fromEntries(new URLSearchParams(location.search)));
  one("#rows").replaceChildren(...rows.map(row));
  one("#table").hidden = rows.length === 0;
  status.textContent = rows.length ? `${page}쪽에 ${rows.length}건이 있습니다.` : "음성으로 들어온 상담이 아직 없습니다.";
  pages(page, more);
} catch (error) {
  status.textContent = error.message;
}
