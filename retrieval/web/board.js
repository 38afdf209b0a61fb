// The manager's home: what waits, what can be published, how the rounds go, and the list of entries.
import { get, post, upload } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { button, h, one, options } from "/static/server/element.js";
import { proposalCard, takeStep } from "./board_proposal.js";
import { copy, count, progress, speaker, stateBadge } from "./board_words.js";

const say = speaker("#board-message");
const failed = (error) => say(error.message, "danger");
const empty = (text) => h("p", { class: "small-text" }, text);
const fill = (selector, nodes, nothing) => one(selector).replaceChildren(...(nodes.length ? nodes : [empty(nothing)]));
const picked = new Map();

function pick(proposal, is) {
  if (is) picked.set(proposal.number, proposal);
  else picked.delete(proposal.number);
  for (const id of ["#approve-picked", "#return-picked"]) one(id).disabled = picked.size === 0;
}

async function act(step, proposals) {
  try {
    const said = await takeStep(step, proposals);
    if (!said) return;
    await refresh();
    say(said.text, said.tone);
  } catch (error) {
    failed(error);
  }
}
one("#pick-all").addEventListener("change", ({ target }) => {
  for (const box of document.querySelectorAll('#to-review input[type="checkbox"]')) if (box.checked !== target.checked) box.click();
});
one("#approve-picked").addEventListener("click", () => act("approve", [...picked.values()]));
one("#return-picked").addEventListener("click", () => act("return", [...picked.values()]));

// --- overview --------------------------------------------------------------------------------

function tile([state, number]) {
  const show = () => {
    one("#state").value = state;
    list(1).then(() => one("#entries-title").focus());
  };
  return h("li", {}, h("button", { type: "button", class: "tile", on: { click: show } }, stateBadge(state), h("strong", {}, count(number)), h("span", { class: "sr-only" }, "건, 목록 보기")));
}

function roundLine({ round, whole }) {
  return h(
    "div",
    { class: "round" },
    h("h3", {}, h("a", { class: "text-link", href: `/knowledge/rounds/${round.number}` }, round.title)),
    h("p", { class: "small-text" }, `기한 ${round.due_on} · 처리율 ${whole.share}% · 점수 ${whole.score}`),
    progress(whole.confirmed + whole.corrected, whole.asked, `${round.title} 처리한 항목`),
  );
}

function reminderLine({ request, organisation, day, text }) {
  const id = `reminder-${request}-${day}`;
  const field = h("textarea", { class: "krds-input", id, rows: "4", readonly: true });
  field.value = text;
  const sent = async () => {
    try {
      await post(`/api/knowledge/requests/${request}/reminders/${day}`);
      await overview();
      say(`${organisation}에 알린 것으로 기록했습니다.`);
    } catch (error) {
      failed(error);
    }
  };
  return h(
    "div",
    { class: "reminder" },
    h("label", { for: id }, `${organisation} 안내 문구`),
    field,
    h("div", { class: "buttons" }, button("문구 복사", "secondary", async () => say((await copy(text, field)) ? "문구를 복사했습니다." : "문구를 골라 두었습니다. Ctrl+C를 눌러 복사해 주세요."), { "aria-label": `${organisation} 문구 복사` }), button("알렸음", "tertiary", sent, { "aria-label": `${organisation}에 알렸음` })),
  );
}

async function overview() {
  const board = await get("/api/knowledge/board");
  one("#counts").replaceChildren(...Object.entries(board.counts).map(tile));
  picked.clear();
  pick({ number: 0 }, false);
  const each = (step, proposal) => act(step, [proposal]);
  fill("#to-review", board.to_review.map((proposal) => proposalCard(proposal, { act: each, pick })), "지금 검토를 기다리는 제안이 없습니다.");
  fill("#mine", board.mine.map((proposal) => proposalCard(proposal, { act: each })), "열어 둔 제안이 없습니다.");
  one("#approved").replaceChildren(...board.approved.map((proposal) => proposalCard(proposal, { act: each })));
  one("#pick-all").parentElement.hidden = board.to_review.length < 2;
  one("#pick-all").checked = false;
  const approved = board.counts["승인"];
  const ready = approved + board.confirmations;
  one("#publish-status").textContent = ready ? `승인된 변경 ${count(approved)}건과 기관 확인 ${count(board.confirmations)}건이 게시를 기다립니다.` : "게시를 기다리는 것이 없습니다.";
  one("#publish").disabled = !ready;
  one("#drafts").hidden = !board.drafts.length;
  one("#drafts").textContent = board.drafts.length ? `게시하지 않은 판(${board.drafts.join(", ")}판)은 함께 게시되지 않습니다. 나중에 그 판을 게시하면 이번 변경이 빠지니 비교해 보세요.` : "";
  fill("#rounds", board.rounds.map(roundLine), "진행 중인 회차가 없습니다.");
  fill("#reminders", board.reminders.map(reminderLine), "오늘 알릴 기관이 없습니다.");
}

one("#publish").addEventListener("click", async () => {
  const sure = await ask({ title: "승인된 변경을 게시할까요?", body: h("p", {}, "새 판을 만들어 곧바로 상담 화면의 추천 답변에 씁니다. 기관이 확인한 항목은 최종확인일만 바뀝니다."), yes: "게시" });
  if (sure) await publish("");
});

async function publish(override) {
  one("#publish").disabled = true;
  say("게시하고 있습니다…", "");
  try {
    const done = await post("/api/knowledge/board/publish", { override });
    const left = done.left_out.length ? ` 게시된 글이 그사이 바뀐 ${done.left_out.join(", ")} 항목은 남겨 두었습니다.` : "";
    await refresh();
    say(`${done.version}판을 게시했습니다. 변경 ${done.proposals}건, 확인 ${done.confirmations}건.${left}`, left ? "warning" : "success");
  } catch (error) {
    await overview();
    failed(error);
    if (error.body?.broken?.length && !override) await publishBroken(error.body.broken);
  }
}

/** Golden questions do not find their entries: a person may publish all the same, and says why. */
async function publishBroken(broken) {
  const given = await ask({
    title: `골든 질문 ${broken.length}건이 어긋납니다`,
    body: [
      h("p", {}, "아래 질문이 정해 둔 항목을 찾지 못합니다. 항목이나 골든 질문을 고치는 것이 먼저이며, 그대로 게시하면 까닭이 기록에 남습니다."),
      h("ul", {}, broken.slice(0, 20).map(({ entry_id: id, question }) => h("li", {}, `${id}: ${question}`))),
      h("div", { class: "field" }, h("label", { for: "override" }, "그대로 게시하는 까닭"), h("input", { class: "krds-input small", id: "override", name: "override", required: true, minlength: "2", maxlength: "500", autocomplete: "off" })),
    ],
    yes: "그대로 게시",
    tone: "danger",
  });
  if (given) await publish(given.override);
}

// --- entries ---------------------------------------------------------------------------------

const wanted = () => Object.fromEntries(new FormData(one("#filter")));

function entryRow(row) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("a", { href: `/knowledge/entries/${encodeURIComponent(row.entry_id)}` }, row.entry_id)),
    h("td", {}, row.question),
    h("td", {}, row.organisation),
    h("td", {}, row.district ?? "시 전체"),
    h("td", {}, row.confirmed_on ?? "없음"),
    h("td", {}, stateBadge(row.state)),
  );
}

async function list(page) {
  try {
    const found = await get("/api/knowledge/entries", { ...wanted(), page });
    one("#entries").replaceChildren(...found.rows.map(entryRow));
    one("#entries-status").textContent = found.count ? `${count(found.count)}개 항목, ${found.page}/${found.pages}쪽` : "조건에 맞는 항목이 없습니다.";
    const chosen = one("#organisation").value;
    one("#organisation").replaceChildren(...options([["", "전체"], ...found.organisations], chosen));
    one("#pages").hidden = found.pages < 2;
    one("#pages").replaceChildren(
      button("이전 쪽", "tertiary", () => list(found.page - 1), { disabled: found.page <= 1 }),
      h("span", {}, `${found.page} / ${found.pages}`),
      button("다음 쪽", "tertiary", () => list(found.page + 1), { disabled: found.page >= found.pages }),
    );
    const query = new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value)).toString();
    one("#sheet").href = `/api/knowledge/sheet${query ? `?${query}` : ""}`;
  } catch (error) {
    failed(error);
  }
}
one("#filter").addEventListener("submit", (event) => {
  event.preventDefault();
  list(1);
});

one("#new-entry").addEventListener("click", async () => {
  const field = h("input", { class: "krds-input small", id: "new-id", name: "id", required: true, pattern: "[A-Za-z0-9가-힣_.:\\-]{1,64}", maxlength: "64", autocomplete: "off" });
  const answer = await ask({ title: "새 항목의 번호를 적어 주세요", body: [h("p", {}, "다른 항목과 겹치지 않는 번호입니다. 예: 교통-001"), h("div", { class: "field" }, h("label", { for: "new-id" }, "항목번호"), field)], yes: "쓰기" });
  if (answer) location.assign(`/knowledge/entries/${encodeURIComponent(answer.id)}`);
});

// --- workbook --------------------------------------------------------------------------------

const table = (caption, heads, rows) =>
  h("div", { class: "krds-table-wrap", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "tbl data auto" }, h("caption", {}, caption), h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));

one("#bulk").addEventListener("submit", async (event) => {
  event.preventDefault();
  const result = one("#bulk-result");
  const submit = one('button[type="submit"]', event.target);
  submit.disabled = true;
  result.replaceChildren();
  const form = new FormData();
  form.append("file", one("#bulk-file").files[0]);
  try {
    const done = await upload(`/api/knowledge/sheet?why=${encodeURIComponent(one("#bulk-why").value)}`, form);
    event.target.reset();
    await refresh();
    const text = `${count(done.proposals)}건을 검토로 보냈습니다(새 항목 ${count(done.new)}건). 그대로인 행 ${count(done.unchanged)}건.`;
    say(done.conflicts.length ? `${text} ${count(done.conflicts.length)}건은 다른 사람의 글과 겹쳐 받지 않았습니다. 아래 표를 보세요.` : text, done.conflicts.length ? "warning" : "success");
    if (done.conflicts.length) {
      result.replaceChildren(
        table("받지 않은 행", ["번호", "까닭", "지금 있는 답변"], done.conflicts.map((row) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/knowledge/entries/${encodeURIComponent(row.entry_id)}` }, row.entry_id)), h("td", {}, row.reason), h("td", {}, row.theirs?.answer ?? "–")))),
      );
    }
  } catch (error) {
    failed(error);
    const faults = error.body?.faults ?? [];
    if (faults.length) result.replaceChildren(table("읽을 수 없는 행", ["행", "열", "까닭"], faults.map((fault) => h("tr", {}, h("th", { scope: "row" }, String(fault.row)), h("td", {}, fault.column), h("td", {}, fault.reason)))));
  }
  submit.disabled = false;
});

async function refresh() {
  await Promise.all([overview(), list(1)]);
}

try {
  await refresh();
} catch (error) {
  failed(error);
}
