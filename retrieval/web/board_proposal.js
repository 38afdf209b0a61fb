// A proposal as a card: what would change, why, by whom, and the steps this person may take.
import { post } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { ORIGINS, differences, stateBadge } from "./board_words.js";

const STEPS = {
  submit: ["검토 요청", "primary"], approve: ["승인", "primary"], return: ["반려", "secondary"], withdraw: ["철회", "tertiary"],
};
const ASKS = {
  return: ["이 제안을 반려할까요?", "초안으로 되돌아가며, 쓴 사람이 까닭을 보고 고쳐 씁니다."],
  withdraw: ["이 제안을 철회할까요?", "게시된 글은 그대로 남고, 제안은 이력에만 남습니다."],
};

/** Take a step for some proposals; asks why where a reason is needed. Resolves to what to say, or null when refused by the person. */
export async function takeStep(step, proposals) {
  let reason = "";
  if (ASKS[step]) {
    const [title, explained] = ASKS[step];
    const answer = await ask({
      title,
      body: [h("p", {}, explained), h("div", { class: "field" }, h("label", { for: "step-reason" }, "까닭"), h("input", { class: "krds-input small", id: "step-reason", name: "reason", required: true, minlength: "2", maxlength: "500", autocomplete: "off" }))],
      yes: STEPS[step][0],
    });
    if (!answer) return null;
    reason = answer.reason;
  }
  const { done, refused } = await post("/api/knowledge/proposals/steps", { step, reason, proposals: proposals.map(({ number, revision }) => [number, revision]) });
  if (!refused.length) return { text: `${done}건: ${STEPS[step][0]} 완료`, tone: "success" };
  const why = [...new Set(refused.map((one) => one.reason))].join(" ");
  return { text: `${done ? `${done}건 완료, ` : ""}${refused.length}건은 하지 못했습니다. ${why}`, tone: "danger" };
}

/** `act(step, proposal)` is called by the buttons; `pick` puts a box beside the heading. */
export function proposalCard(proposal, { act, pick = null, level = "h3" }) {
  const name = `${proposal.entry_id} ${proposal.question}`;
  const box = pick && h("input", { type: "checkbox", "aria-label": `${name} 고르기`, on: { change: (event) => pick(proposal, event.target.checked) } });
  return h(
    "article",
    { class: "proposal" },
    h(
      level,
      {},
      box && h("span", { class: "choice" }, box),
      stateBadge(proposal.state),
      proposal.is_new && badge("information", "새 항목"),
      proposal.is_stale && badge("danger", "게시된 글이 바뀜"),
      h("a", { class: "text-link", href: `/knowledge/entries/${encodeURIComponent(proposal.entry_id)}` }, name),
    ),
    h("p", { class: "small-text" }, [proposal.authors.join(", "), moment(proposal.changed_at), ORIGINS[proposal.origin]].join(" · ")),
    h("p", { class: "why" }, h("strong", {}, "까닭 "), proposal.why),
    differences(proposal.fields, ["게시된 글", "제안한 글"]),
    h(
      "div",
      { class: "buttons" },
      proposal.steps.filter((step) => STEPS[step]).map((step) => button(STEPS[step][0], STEPS[step][1], () => act(step, proposal), { "aria-label": `${proposal.entry_id} ${STEPS[step][0]}` })),
    ),
  );
}
