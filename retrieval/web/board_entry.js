// One entry: edit on top of what is published, review, history with differences, an old wording again.
import { get, post } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h, one } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { conflictPanel, entryForm } from "./board_form.js";
import { proposalCard, takeStep } from "./board_proposal.js";
import { FIELDS, differences, speaker, stateBadge } from "./board_words.js";

const id = one("#main").dataset.entry;
const path = `/api/knowledge/entries/${encodeURIComponent(id)}`;
const say = speaker("#entry-message");
const names = Object.keys(FIELDS);
let seen = { base: null, revision: null };
let start = {}; // what the form held when this person began
let form;

// --- what is shown ---------------------------------------------------------------------------

async function act(step, proposal) {
  try {
    const said = await takeStep(step, [proposal]);
    if (!said) return;
    await show({ keep: false });
    say(said.text, said.tone);
  } catch (error) {
    say(error.message, "danger");
  }
}

function wording(version, isNow) {
  const said = version.is_first ? "처음 실린 글" : version.is_confirmation ? "최종확인일만 바뀜" : `${version.fields.map(({ field }) => FIELDS[field] ?? field).join(", ")} 바뀜`;
  const people = [version.authors.length ? `쓴 사람 ${version.authors.join(", ")}` : `올린 사람 ${version.by}`, version.approved_by && `승인 ${version.approved_by}`, `게시 ${moment(version.at)}`];
  return h(
    "article",
    { class: "wording" },
    h("h3", {}, `${version.version}판`, isNow && badge("success", "지금 글"), version.state === "draft" && badge("warning", "게시 전")),
    h("p", { class: "small-text" }, people.filter(Boolean).join(" · ")),
    h("p", {}, version.why ? `${said}. 까닭: ${version.why}` : `${said}. ${version.source}`),
    version.fields.length > 0 && h("details", {}, h("summary", {}, "달라진 점 보기"), differences(version.fields)),
    !isNow && h("details", {}, h("summary", {}, "그때 글 보기"), h("p", { class: "answer" }, version.entry.question), h("p", { class: "answer" }, version.entry.answer)),
    !isNow && button("이 글로 되돌리기", "tertiary", () => restore(version.version), { "aria-label": `이 글로 되돌리기: ${version.version}판` }),
  );
}

/** `keep`: what is typed stays in the form. */
async function show({ keep }) {
  const entry = await get(path);
  seen = { base: entry.published?.print ?? null, revision: entry.proposal?.revision ?? null };
  one("#entry-title").textContent = `${id} ${entry.published?.question ?? entry.proposal?.question ?? "새 항목"}`;
  one("#entry-state").replaceChildren(entry.state ? stateBadge(entry.state) : badge("information", "새 항목"));
  one("#proposal-section").hidden = !entry.proposal;
  one("#proposal").replaceChildren(...(entry.proposal ? [proposalCard(entry.proposal, { act })] : []));
  const isApproved = entry.proposal?.state === "승인";
  one("#edit-lead").textContent = isApproved
    ? "승인된 제안이 있습니다. 고치려면 먼저 반려해 주세요."
    : entry.proposal
      ? "열려 있는 제안 위에 고칩니다. 게시된 글은 승인과 게시 뒤에 바뀝니다."
      : "게시된 글은 그대로 두고 제안을 만듭니다. 다른 담당자가 승인하면 다음 게시에 실립니다.";
  for (const control of ["#save", "#save-submit"]) one(control).disabled = isApproved;
  const standing = entry.proposal?.entry ?? entry.published ?? { state: "게시", is_sample: "아니오" };
  start = standing;
  if (!keep || !form) {
    form = entryForm("edit", names, standing, entry.choices);
    one("#fields").replaceChildren(form.element);
    one("#why").value = "";
  }
  const live = entry.published?.version;
  one("#history").replaceChildren(...(entry.history.length ? entry.history.map((version) => wording(version, version.version === live)) : [h("p", { class: "small-text" }, "아직 게시된 적이 없습니다.")]));
  one("#steps").replaceChildren(...entry.steps.map((step) => h("li", {}, h("strong", {}, step.step), ` ${step.by} · ${moment(step.at)}`, step.reason && h("span", { class: "why" }, step.reason))));
  one("#steps-title").parentElement.hidden = !entry.steps.length;
  return entry;
}

// --- what is done ----------------------------------------------------------------------------

function meet(error) {
  const { panel, heading } = conflictPanel({
    message: error.message,
    before: start,
    mine: form.values(),
    theirs: error.body.theirs,
    level: "h2",
    join: async (texts) => {
      await show({ keep: true });
      form.fill(texts);
      one("#conflict").replaceChildren();
      say("두 글을 합쳐 아래 칸에 두었습니다. 읽어 보고 다시 저장해 주세요.", "warning");
      one("#why").focus();
    },
    takeTheirs: async () => {
      await show({ keep: false });
      one("#conflict").replaceChildren();
      say("먼저 저장된 글로 바꾸었습니다.");
    },
  });
  say("");
  one("#conflict").replaceChildren(panel);
  heading.focus();
}

async function save(submit) {
  const why = one("#why").value.trim();
  form.fault();
  one("#why").setAttribute("aria-invalid", String(why.length < 2));
  if (why.length < 2) {
    say("고치는 까닭을 두 글자 이상 적어 주세요.", "danger");
    one("#why").focus();
    return;
  }
  try {
    const made = await post(`${path}/proposal`, { fields: form.values(), why, ...seen, submit });
    one("#conflict").replaceChildren();
    await show({ keep: false });
    say(made.state === "검토" ? "저장하고 검토를 요청했습니다." : "초안으로 저장했습니다.");
  } catch (error) {
    if (error.body?.error === "TextConflict") meet(error);
    else {
      say(error.message, "danger");
      form.fault((error.body?.faults ?? []).filter(({ field }) => field in FIELDS));
    }
  }
}
one("#edit").addEventListener("submit", (event) => {
  event.preventDefault();
  save(true);
});
one("#save").addEventListener("click", () => save(false));

async function restore(version) {
  const answer = await ask({
    title: `${version}판의 글로 되돌릴까요?`,
    body: [h("p", {}, "그때 글을 초안 제안으로 만듭니다. 승인하고 게시해야 바뀝니다."), h("div", { class: "field" }, h("label", { for: "restore-why" }, "되돌리는 까닭"), h("input", { class: "krds-input small", id: "restore-why", name: "why", required: true, minlength: "2", maxlength: "500", autocomplete: "off" }))],
    yes: "제안 만들기",
  });
  if (!answer) return;
  try {
    await post(`${path}/restore`, { version, why: answer.why, revision: seen.revision });
    await show({ keep: false });
    say(`${version}판의 글을 초안으로 만들었습니다. 확인한 뒤 검토를 요청해 주세요.`);
  } catch (error) {
    say(error.message, "danger");
  }
}

try {
  await show({ keep: false });
} catch (error) {
  say(error.message, "danger");
}
