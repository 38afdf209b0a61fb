// Finding past consultations. What was asked stands in the address, so that back and bookmarks work.
import { get } from "/static/server/api.js";
import { badge, h, one, options } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { CHANNELS, FIELDS, STAGES, URGENCIES } from "./vocabulary.js";

const asked = new URLSearchParams(location.search);
const status = one("#history-status");
one("#category").append(...options([["", "전체"], ...FIELDS], asked.get("category")));
for (const name of ["q", "since", "until"]) one(`#${name}`).value = asked.get(name) ?? "";

// Empty fields would only make the address long.
one("#history-form").addEventListener("submit", ({ target }) => {
  for (const field of target.elements) if (field.name && !field.value) field.disabled = true;
});

function row(call) {
  const [stage, tone] = STAGES[call.stage] ?? [call.stage, "gray"];
  const urgency = call.urgency && call.urgency !== "none" && Object.fromEntries(URGENCIES)[call.urgency];
  return h(
    "tr",
    {},
    h("td", {}, moment(call.started_at), h("br"), h("span", { class: "small-text" }, CHANNELS[call.channel] ?? call.channel)),
    h(
      "th",
      { scope: "row" },
      h("a", { href: `/calls/${encodeURIComponent(call.id)}` }, call.question || call.last_text || "내용 없음"),
      " ",
      call.flags > 0 && badge("point", `악성 표현 ${call.flags}`),
      urgency && badge("danger", urgency),
      call.is_sample && badge("information", "체험"),
    ),
    h("td", {}, call.category ?? "–"),
    h("td", {}, call.district ?? "–"),
    h("td", {}, call.agent),
    h("td", {}, badge(tone, stage)),
  );
}

function pages(page, more) {
  const link = (to, text) => {
    const query = new URLSearchParams(asked);
    query.set("page", to);
    return h("a", { class: "krds-btn xsmall tertiary", href: `/history?${query}` }, text);
  };
  const nav = one("#history-pages");
  nav.hidden = page === 1 && !more;
  nav.replaceChildren(...[page > 1 && link(page - 1, "‹ 이전"), h("span", { "aria-current": "page" }, `${page}쪽`), more && link(page + 1, "다음 ›")].filter(Boolean));
}

try {
  const { rows, page, more } = await get("/api/history", Object.fromEntries(asked));
  one("#history-rows").replaceChildren(...rows.map(row));
  one("#history-table").hidden = rows.length === 0;
  status.textContent = rows.length ? `${page}쪽에 ${rows.length}건이 있습니다.` : "조건에 맞는 상담이 없습니다. 찾는 말을 줄이거나 기간을 넓혀 보세요.";
  pages(page, more);
} catch (failure) {
  status.textContent = failure.message;
}
