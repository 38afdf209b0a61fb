// One suggested entry: the answer, who is responsible, how fresh it is, why it was found, and what the agent does with it.
import { badge, button, h, options } from "/static/server/element.js";
import { freshness } from "/static/server/format.js";
import { ACTIONS, WRONG } from "./vocabulary.js";

function why({ matched = [], bridges = [] }) {
  const reasons = [
    ...bridges.map(([said, official]) => h("span", { class: "bridge" }, `${said} → ${official}`)),
    matched.length > 0 && h("span", {}, `같은 말: ${matched.join(", ")}`),
  ].filter(Boolean);
  return h("p", { class: "why" }, h("span", { class: "why-label" }, "찾은 까닭 "), reasons.length ? reasons : "뜻이 비슷함");
}

function facts(hit) {
  const office = [hit.organisation, hit.department].filter(Boolean).join(" · ") || "담당부서 미등록";
  return h("p", { class: "office" }, office, " ", hit.phone && h("strong", { class: "phone" }, `☎ ${hit.phone}`));
}

function origin(hit) {
  const rows = [["분야", hit.field], ["자치구", hit.district], ["근거", hit.basis], ["출처", hit.source], ["유효기간", hit.valid_until && `${hit.valid_until}까지`]];
  return h("dl", { class: "origin", hidden: true }, rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/**
 * `act(kind, body)` sends what the agent did and resolves to true when it was kept; null where there is no call to
 * keep it with. Returns {item, edit, report, accept, dismiss, state, busy}.
 */
export function card(hit, number, { act, done = null }) {
  const fresh = freshness(hit.confirmed_on);
  const answer = h("p", { class: "answer clamp" }, hit.answer);
  const details = origin(hit);
  const more = button("더보기", "text more", () => open(more.getAttribute("aria-expanded") !== "true"), { "aria-expanded": "false" });
  const state = h("span", { class: "card-state" });
  const place = h("div", { class: "card-form" });
  let acted = null;

  const choices = act && [
    button("채택", "primary", () => accept(), { "aria-label": `${number}번 채택` }),
    button("수정", "tertiary", () => edit(), { "aria-label": `${number}번 수정` }),
    button("무시", "tertiary", () => dismiss(), { "aria-label": `${number}번 무시` }),
    button("오답신고", "tertiary", () => report(), { "aria-label": `${number}번 오답신고` }),
  ];
  const item = h(
    "article",
    { class: "card", "aria-labelledby": `card-${number}-title`, data: { entry: hit.entry_id, testid: "suggestion-card" } },
    h("div", { class: "card-head" }, h("span", { class: "number", "aria-hidden": "true" }, String(number)), h("h3", { id: `card-${number}-title` }, h("span", { class: "sr-only" }, `${number}번 추천, `), hit.question), state),
    h("div", { class: "card-badges" }, badge(fresh.tone, fresh.text), hit.entry_id.startsWith("B-") && badge("warning", `특별상담자료 · ${hit.valid_until}까지`), hit.is_sample && badge("information", "표본"), hit.district && badge("primary", hit.district), facts(hit)),
    answer,
    why(hit),
    details,
    h("div", { class: "card-foot" }, h("div", { class: "card-buttons" }, choices ?? []), more, h("span", { class: "entry" }, `${hit.entry_id} · v${hit.version}`)),
    place,
  );

  function open(wide) {
    answer.classList.toggle("clamp", !wide);
    details.hidden = !wide;
    more.setAttribute("aria-expanded", String(wide));
    more.textContent = wide ? "접기" : "더보기";
  }

  function settle(action) {
    acted = action;
    item.classList.toggle("accepted", action === "accepted" || action === "edited");
    item.classList.toggle("dismissed", action === "dismissed" || action === "reported_wrong");
    const tone = { accepted: "success", edited: "success", dismissed: "gray", reported_wrong: "danger" }[action];
    state.replaceChildren(badge(tone, ACTIONS[action]));
  }

  async function send(kind, action, body = {}) {
    if (!act || !(await act(kind, { entry_id: hit.entry_id, ...body }))) return false;
    place.replaceChildren();
    settle(action);
    return true;
  }

  const accept = () => send("accept", "accepted");
  const dismiss = () => send("dismiss", "dismissed");

  function form(fields, yes, submit) {
    const close = () => {
      place.replaceChildren();
      item.querySelector(".card-buttons button")?.focus();
    };
    const made = h(
      "form",
      { on: { submit: (event) => (event.preventDefault(), submit(new FormData(made))) } },
      fields,
      h("div", { class: "card-buttons" }, h("button", { type: "submit", class: "krds-btn xsmall primary" }, yes), button("취소", "tertiary", close)),
    );
    made.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Enter" && event.ctrlKey) made.requestSubmit();
    });
    place.replaceChildren(made);
    made.querySelector("textarea, select").focus();
    made.scrollIntoView({ block: "nearest" });
  }

  function edit() {
    if (!act) return;
    open(true);
    form(
      h("label", { class: "field" }, h("span", { class: "field-label" }, "안내할 답변 (Ctrl+Enter 저장, Esc 취소)"), h("textarea", { class: "krds-input", name: "text", rows: "7", required: true, value: hit.answer })),
      "수정해서 채택",
      async (fields) => {
        const text = fields.get("text").trim();
        if (text && (await send("edit", "edited", { text }))) answer.textContent = text;
      },
    );
  }

  function report() {
    if (!act) return;
    form(
      [
        h("label", { class: "field" }, h("span", { class: "field-label" }, "무엇이 잘못되었나요?"), h("select", { class: "krds-form-select", name: "kind" }, options(WRONG))),
        h("label", { class: "field" }, h("span", { class: "field-label" }, "덧붙일 말 (선택)"), h("textarea", { class: "krds-input", name: "detail", rows: "2", maxlength: "1000" })),
      ],
      "오답으로 신고",
      (fields) => send("report", "reported_wrong", { reason: [fields.get("kind"), fields.get("detail").trim()].filter(Boolean).join(": ") }),
    );
  }

  // Only a long answer, or one with more to tell, needs the button; width and text size may change.
  new ResizeObserver(() => {
    if (more.getAttribute("aria-expanded") === "true") return;
    more.hidden = answer.scrollHeight <= answer.clientHeight + 2 && !details.children.length;
  }).observe(answer);
  if (done) settle(done);

  return { item, accept, edit, dismiss, report, acted: () => acted, busy: () => place.children.length > 0 };
}
