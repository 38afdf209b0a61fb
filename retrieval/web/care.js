// What needs care: one list for each kind of finding, counted, filtered, with what to do about it.
import { get, post } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h, one, options } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { DISTRICTS, FIELDS, speaker } from "./care_words.js";

const say = speaker("#message");
const failed = (error) => say(error.message, "danger");

// kind: [name, what it means, which span of days it looks at]
const KINDS = {
  reported: ["오답 신고", "상담사가 틀렸다고 신고한 항목입니다.", "period"],
  unanswered: ["답이 없던 질문", "찾은 답이 없던 질문을 비슷한 것끼리 모았습니다. 개인정보는 가려져 있습니다.", "period"],
  contradicting: ["서로 어긋남", "같은 것을 묻는데 금액, 날짜, 전화 같은 숫자가 서로 다른 항목입니다.", null],
  expired_asked: ["만료됐지만 찾음", "유효기간이 끝났는데 시민이 계속 묻는 항목입니다.", "period"],
  expiring: ["곧 만료", "유효기간이 곧 끝나는 항목입니다.", "expiring"],
  references: ["근거·전화 이상", "근거나 담당부서 전화가 비었거나 형식이 바르지 않은 항목입니다.", null],
  phones: ["부서 전화 불일치", "같은 부서인데 항목마다 전화번호가 다릅니다.", null],
  unaided: ["상담DB 없이 답함", "상담사가 상담DB 항목 없이 답한 상담입니다. 여기에서 새 항목의 초안을 만들 수 있습니다.", "period"],
  unused: ["쓰이지 않음", "오랫동안 채택되지 않은 항목입니다.", "unused"],
};
const SPANS = { expiring: ["앞으로(일)", 30], unused: ["지난(일)", 90], period: ["지난(일)", 30] };
const days = Object.fromEntries(Object.entries(SPANS).map(([name, [, value]]) => [name, value]));

let kind = "reported";
let page = 1;

one("#field").append(...options([["", "전체"], ...FIELDS]));
one("#district").append(...options([["", "전체"], "서울 전체", ...DISTRICTS]));

// --- the kinds -------------------------------------------------------------------------------

function choose(next) {
  kind = next;
  page = 1;
  one("#settled").checked = false;
  history.replaceState(null, "", `#${kind}`);
  for (const made of document.querySelectorAll("#kinds button")) made.setAttribute("aria-pressed", String(made.dataset.kind === kind));
  return list();
}

async function counts() {
  try {
    const found = await get("/api/knowledge/care", days);
    one("#kinds").replaceChildren(
      ...Object.entries(KINDS).map(([name, [label]]) => {
        const count = found.counts[name];
        const made = h("button", { type: "button", "aria-pressed": String(name === kind), data: { kind: name }, class: count ? "" : "none", on: { click: () => choose(name).then(() => one("#found-title").focus()) } }, h("span", {}, label), h("strong", {}, count.toLocaleString("ko-KR")), h("span", { class: "sr-only" }, "건"));
        return h("li", {}, made);
      }),
    );
  } catch (error) {
    failed(error);
  }
}

// --- the list --------------------------------------------------------------------------------

async function settle(row) {
  const given = await ask({
    title: "이상 없음으로 치워 둘까요?",
    body: [h("p", {}, row.title), h("p", {}, "점검한 내용이 달라지면 다시 나타납니다."), h("label", { class: "field" }, h("span", { class: "field-label" }, "까닭"), h("input", { class: "krds-input small", name: "reason", required: true, minlength: "2", maxlength: "500", autocomplete: "off" }))],
    yes: "치워 두기",
  });
  if (!given) return;
  try {
    await post("/api/knowledge/settle", { kind: row.kind, subject: row.subject, print: row.print, reason: given.reason });
    say("치워 두었습니다.");
    await Promise.all([counts(), list()]);
  } catch (error) {
    failed(error);
  }
}

async function draft(row) {
  try {
    const made = await post("/api/knowledge/drafts", { conversation_id: row.conversation_id });
    say(`초안 ${made.entry_id}을(를) 만들었습니다. 현행화 화면에서 다듬어 검토를 요청해 주세요.`);
    await Promise.all([counts(), list()]);
  } catch (error) {
    failed(error);
  }
}

const golden = (row) => {
  one("#golden-question").value = row.title;
  one("#golden-entry").focus();
};

function item(row) {
  const links = row.entry_ids.map((id) => h("a", { class: "text-link", href: `/knowledge/entries/${encodeURIComponent(id)}` }, id));
  const near = row.kind === "unanswered";
  return h(
    "article",
    { class: "item" },
    h("h3", {}, row.field && badge("gray", row.field), row.district && badge("primary", row.district), row.title),
    h("ul", {}, row.details.map((text) => h("li", {}, text))),
    row.examples.length > 0 && h("ul", { class: "examples", "aria-label": "질문 보기" }, row.examples.map((text) => h("li", {}, `“${text}”`))),
    links.length > 0 && h("p", { class: "entries small-text" }, near ? "가까운 항목 " : "항목 ", links),
    row.reason && h("p", { class: "small-text" }, `치워 둔 까닭: ${row.reason} (${row.by}, ${moment(row.at)})`),
    !row.reason &&
      h(
        "div",
        { class: "buttons" },
        row.kind === "unaided" && button("이 상담으로 초안 만들기", "primary", () => draft(row), { "aria-label": `초안 만들기: ${row.title}` }),
        near && button("골든 질문으로 쓰기", "secondary", () => golden(row), { "aria-label": `골든 질문으로 쓰기: ${row.title}` }),
        button("이상 없음", "tertiary", () => settle(row), { "aria-label": `이상 없음: ${row.title}` }),
      ),
  );
}

async function list() {
  const [name, about, span] = KINDS[kind];
  one("#found-title").textContent = name;
  one("#found-about").textContent = about;
  const field = one("#days");
  field.closest(".field").hidden = !span;
  field.disabled = !span;
  if (span) {
    one("#days-label").textContent = SPANS[span][0];
    field.value = days[span];
  }
  try {
    const found = await get(`/api/knowledge/care/${kind}`, { ...days, q: one("#q").value.trim(), field: one("#field").value, district: one("#district").value, settled: one("#settled").checked || "", page });
    one("#found-status").textContent = found.count ? `${found.count.toLocaleString("ko-KR")}건` : one("#settled").checked ? "치워 둔 것이 없습니다." : "찾은 것이 없습니다.";
    one("#found").replaceChildren(...found.rows.map(item));
    one("#pages").hidden = page === 1 && !found.more;
    one("#page").textContent = `${page}쪽`;
    one("#previous").disabled = page === 1;
    one("#next").disabled = !found.more;
  } catch (error) {
    failed(error);
  }
}

one("#filter").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [, , span] = KINDS[kind];
  const changed = span && Number(one("#days").value) !== days[span];
  if (span) days[span] = Number(one("#days").value);
  page = 1;
  await Promise.all([list(), changed && counts()]);
});
one("#settled").addEventListener("change", () => one("#filter").requestSubmit());
one("#previous").addEventListener("click", () => ((page -= 1), list()));
one("#next").addEventListener("click", () => ((page += 1), list()));

if (KINDS[location.hash.slice(1)]) kind = location.hash.slice(1);
await Promise.all([counts(), list()]);
