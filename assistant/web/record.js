// One past consultation: what was said, what was recorded, and what was done with the suggestions.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { ask, tell } from "/static/server/dialog.js";
import { badge, button, h, one } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { isMasked } from "/static/server/words.js";
import { transcript } from "./transcript.js";
import { ACTIONS, ARS_CODES, CHANNELS, STAGES, URGENCIES } from "./vocabulary.js";

const main = one("#main");
const callId = main.dataset.call;
const status = one("#record-status");
const name = (pairs, key) => Object.fromEntries(pairs)[key] ?? key;
const failed = (error) => tell({ title: "처리하지 못했습니다", body: h("p", {}, error.message) });

/** The words before masking: only for some roles, only with a reason, and every reading is logged. */
async function original(index) {
  const answer = await ask({
    title: "원문을 볼까요?",
    body: [
      h("p", {}, "가리기 전의 말에는 개인정보가 들어 있습니다. 누가 언제 왜 보았는지 감사 기록에 남습니다."),
      h("label", { class: "field" }, h("span", { class: "field-label" }, "보는 까닭 (두 글자 이상)"), h("input", { class: "krds-input small", name: "reason", required: true, minlength: "2", maxlength: "500", autocomplete: "off" })),
    ],
    yes: "기록을 남기고 보기",
  });
  if (!answer) return;
  try {
    const { text } = await post(`/api/calls/${encodeURIComponent(callId)}/turns/${index}/original`, { reason: answer.reason });
    turns.replace(index, text);
    turns.point(index);
    announce("원문을 표시했습니다.");
  } catch (error) {
    failed(error);
  }
}

const turns = transcript({
  list: one("#turns"),
  scroll: document.createElement("div"), // the page itself scrolls
  empty: one("#turns-empty"),
  reveal: async (index) => {
    try {
      return (await post(`/api/calls/${encodeURIComponent(callId)}/turns/${index}/reveal`)).text;
    } catch (error) {
      failed(error);
      return null;
    }
  },
  tool: "originals" in main.dataset ? ({ index, text }) => isMasked(text) && button("원문 보기", "tertiary", () => original(index), { "aria-label": `#${index + 1} 원문 보기` }) : null,
});

const sentences = (list) =>
  list.map((sentence) =>
    h(
      "p",
      {},
      sentence.text,
      sentence.turns.map((turn) => button(`#${turn + 1}`, "tertiary", () => turns.point(turn), { "aria-label": `#${turn + 1} 근거 발화 보기` })),
      sentence.doubts.length > 0 && h("span", { class: "doubts" }, `대화에서 확인되지 않음: ${sentence.doubts.join(", ")}`),
    ),
  );

function record(wrapUp, confirmed) {
  const rows = [
    ["상태", confirmed ? badge("success", "상담사가 확인해 저장함") : badge("warning", "초안 · 아직 확인되지 않음")],
    ["분류", wrapUp.category],
    ["질문", sentences(wrapUp.question)],
    ["답변", sentences(wrapUp.answer)],
    ["처리결과", wrapUp.outcome],
    ["해결 여부", wrapUp.resolved ? "해결" : "미해결"],
    ["후속조치", [wrapUp.follow_up.type, wrapUp.follow_up.detail].filter(Boolean).join(": ")],
    ["참조 항목", wrapUp.entry_ids.join(", ")],
    ["자치구", wrapUp.district],
    ["위기 구분", name(URGENCIES, wrapUp.urgency)],
    ["ARS", `${wrapUp.ars_code} ${name(ARS_CODES, wrapUp.ars_code)}`],
    ["상담 주제", wrapUp.topics.join(", ")],
  ];
  return h("dl", { class: "record-list" }, rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value || "–"))));
}

/** Proposes a new entry of the knowledge from this record; a knowledge manager writes on. */
function drafting() {
  const propose = async () => {
    try {
      const { entry_id: id } = await post("/api/knowledge/drafts", { conversation_id: callId });
      place.replaceChildren(badge("success", `상담DB 초안 ${id}을(를) 제안했습니다.`));
      announce("상담DB 초안을 제안했습니다.");
    } catch (error) {
      failed(error);
    }
  };
  const place = h("p", {}, button("이 상담으로 상담DB 초안 제안", "secondary", propose));
  return place;
}

function used({ suggestion, actions }) {
  const done = new Map(actions.map((made) => [made.entry_id, made.action]));
  return h(
    "div",
    { class: "used" },
    h("p", {}, h("strong", {}, suggestion.question), " ", button(`#${suggestion.turn + 1}`, "text", () => turns.point(suggestion.turn), { "aria-label": `#${suggestion.turn + 1} 질문한 발화 보기` })),
    suggestion.hits.length
      ? h("ul", {}, suggestion.hits.map((hit) => h("li", {}, badge("gray", hit.entry_id), h("span", {}, hit.question), ACTIONS[done.get(hit.entry_id)] && badge("primary", ACTIONS[done.get(hit.entry_id)]))))
      : h("p", { class: "small-text" }, "맞는 답변을 찾지 못했습니다."),
  );
}

try {
  const { call, turns: heard, suggestions, flags, wrap_up: wrapUp, confirmed } = await get(`/api/calls/${encodeURIComponent(callId)}`);
  const [stage, tone] = STAGES[call.stage] ?? [call.stage, "gray"];
  status.textContent = `${moment(call.started_at)}에 시작한 ${CHANNELS[call.channel] ?? call.channel} 상담입니다. 상담사: ${call.agent}`;
  one("#record-facts").replaceChildren(...[badge(tone, stage), call.district && badge("primary", call.district), call.is_sample && badge("information", "체험 상담"), h("span", { class: "small-text" }, call.id)].filter(Boolean));
  one("#turns-empty").hidden = heard.length > 0;
  for (const event of heard) turns.hear(event);
  for (const { flag } of flags) turns.mark(flag.turn, "danger", `악성 표현: ${flag.labels.join(", ")}`, true);
  one("#record").replaceChildren(wrapUp ? record(wrapUp, confirmed) : h("p", { class: "empty" }, "아직 상담이력이 없습니다."));
  if (confirmed && "drafts" in main.dataset) one("#record").append(drafting());
  one("#record-used").replaceChildren(...(suggestions.length ? suggestions.map(used) : [h("p", { class: "empty" }, "추천된 답변이 없습니다.")]));
  one("#record-columns").hidden = false;
} catch (error) {
  status.textContent = error.message;
}
