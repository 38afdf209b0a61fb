// The knowledge manager's board: import, compare, publish, roll back, and see what a question finds.
import { announce } from "/static/server/announce.js";
import { get, post, upload } from "/static/server/api.js";
import { ask } from "/static/server/dialog.js";
import { badge, button, h, one, options } from "/static/server/element.js";
import { freshness, moment } from "/static/server/format.js";
import { changed } from "./changed.js";

const STATES = { live: ["게시 중", "success"], draft: ["게시 전", "warning"], retired: ["지난 판", "gray"] };
const CHANGES = { added: ["추가", "success"], changed: ["변경", "warning"], removed: ["삭제", "danger"] };
const FIELDS = {
  question: "질문", answer: "답변", field: "분야", organisation: "기관", district: "자치구", variants: "다른 표현", department: "담당부서", phone: "전화",
  basis: "근거", source: "출처", valid_from: "시작일", valid_until: "만료일", confirmed_on: "최종확인일", state: "상태", ars_code: "ARS", is_sample: "표본",
};

const message = one("#knowledge-message");
function say(text, tone = "success") {
  message.textContent = text;
  message.className = `notice ${tone}`;
  message.hidden = !text;
}
const failed = (error) => say(error.message, "danger");

// --- versions --------------------------------------------------------------------------------

async function publish(number) {
  const sure = await ask({ title: `${number}판을 게시할까요?`, body: h("p", {}, "게시하는 동안에도 검색은 지금 판으로 계속됩니다. 끝나면 모든 상담 화면이 새 판에서 답변을 찾습니다."), yes: "게시" });
  if (!sure) return;
  say(`${number}판을 게시하고 있습니다. 항목이 많으면 몇 분 걸립니다…`, "");
  try {
    await post("/api/knowledge/publish", { version: number });
    say(`${number}판을 게시했습니다.`);
  } catch (error) {
    if (error.body?.broken?.length) await publishBroken(number, error.body.broken);
    else failed(error);
  }
  await versions();
}

/** Golden questions do not find their entries: a person may publish all the same, and says why. */
async function publishBroken(number, broken) {
  say(`골든 질문 ${broken.length}건이 어긋나 ${number}판을 게시하지 않았습니다.`, "danger");
  const given = await ask({
    title: `골든 질문 ${broken.length}건이 어긋납니다`,
    body: [
      h("p", {}, "아래 질문이 정해 둔 항목을 찾지 못합니다. 항목이나 골든 질문을 고치는 것이 먼저이며, 그대로 게시하면 까닭이 기록에 남습니다."),
      h("ul", {}, broken.slice(0, 20).map(({ entry_id: id, question }) => h("li", {}, `${id}: ${question}`))),
      h("label", { class: "field" }, h("span", { class: "field-label" }, "그대로 게시하는 까닭"), h("input", { class: "krds-input small", name: "override", required: true, minlength: "2", maxlength: "500", autocomplete: "off" })),
    ],
    yes: "그대로 게시",
    tone: "danger",
  });
  if (!given) return;
  try {
    await post("/api/knowledge/publish", { version: number, override: given.override });
    say(`${number}판을 게시했습니다. 까닭을 기록했습니다.`);
  } catch (error) {
    failed(error);
  }
}

one("#rollback").addEventListener("click", async () => {
  const sure = await ask({ title: "이전에 게시했던 판으로 되돌릴까요?", body: h("p", {}, "추천 답변이 곧바로 이전 판에서 나옵니다. 지금 판은 지워지지 않으며 다시 게시할 수 있습니다."), yes: "되돌리기", tone: "danger" });
  if (!sure) return;
  try {
    const { version } = await post("/api/knowledge/rollback");
    say(`${version}판으로 되돌렸습니다.`);
  } catch (error) {
    failed(error);
  }
  await versions();
});

function versionRow(version, live) {
  const [state, tone] = STATES[version.state] ?? [version.state, "gray"];
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, `${version.number}판`),
    h("td", {}, badge(tone, state)),
    h("td", {}, version.entries.toLocaleString("ko-KR")),
    h("td", {}, moment(version.made_at)),
    h("td", {}, version.made_by),
    h("td", {}, version.source),
    h(
      "td",
      {},
      h(
        "div",
        { class: "version-buttons" },
        version.number !== live && button("게시", "primary", () => publish(version.number), { "aria-label": `${version.number}판 게시` }),
        live !== null && version.number !== live && button("지금 판과 비교", "tertiary", () => compare(live, version.number), { "aria-label": `${version.number}판을 지금 판과 비교` }),
      ),
    ),
  );
}

async function versions() {
  try {
    const { live, versions: list } = await get("/api/knowledge/versions");
    const newest = [...list].sort((a, b) => b.number - a.number);
    one("#versions").replaceChildren(...newest.map((version) => versionRow(version, live)));
    one("#rollback").disabled = !newest.some((version) => version.state === "retired");
    const names = newest.map((version) => [version.number, `${version.number}판`]);
    one("#diff-a").replaceChildren(...options(names, live ?? newest[1]?.number));
    one("#diff-b").replaceChildren(...options(names, newest[0]?.number));
  } catch (error) {
    failed(error);
  }
}

// --- import ----------------------------------------------------------------------------------

function faultTable(faults) {
  return h(
    "div",
    { class: "krds-table-wrap", tabindex: "0", role: "region", "aria-label": "읽을 수 없는 행" },
    h(
      "table",
      { class: "tbl data auto" },
      h("caption", {}, "읽을 수 없는 행: 행 번호, 열, 까닭"),
      h("thead", {}, h("tr", {}, ["행", "열", "까닭"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, faults.map(({ row, column, reason }) => h("tr", {}, h("th", { scope: "row" }, String(row)), h("td", {}, column === "-" ? "행 전체" : column), h("td", {}, reason)))),
    ),
  );
}

one("#import").addEventListener("submit", async (event) => {
  event.preventDefault();
  const submit = one('button[type="submit"]', event.target);
  const place = one("#faults");
  submit.disabled = true;
  place.hidden = true;
  say("파일을 읽고 있습니다…", "");
  const form = new FormData();
  form.append("file", one("#file").files[0]);
  try {
    const made = await upload(`/api/knowledge/import${one("#replace").checked ? "?replace=true" : ""}`, form);
    const nothing = made.added + made.changed + made.removed === 0;
    say(
      nothing
        ? `달라진 항목이 없어 새 판을 만들지 않았습니다. ${made.version}판과 같습니다.`
        : `${made.version}판을 만들었습니다. 추가 ${made.added}, 변경 ${made.changed}, 삭제 ${made.removed}, 그대로 ${made.unchanged}. 달라진 점을 확인한 뒤 게시해 주세요.`,
    );
    event.target.reset();
    await versions();
  } catch (error) {
    failed(error);
    const faults = error.body?.faults ?? [];
    if (faults.length) {
      place.replaceChildren(faultTable(faults));
      place.hidden = false;
    }
  }
  submit.disabled = false;
});

// --- comparison ------------------------------------------------------------------------------

function change({ entry_id: id, change: kind, question, fields }) {
  const [name, tone] = CHANGES[kind] ?? [kind, "gray"];
  return h(
    "article",
    { class: "change" },
    h("h3", {}, badge(tone, name), id, " ", question ?? ""),
    h(
      "dl",
      {},
      fields.map(({ field, before, after }) => {
        const [old, now] = changed(String(before ?? ""), String(after ?? ""));
        return h("div", {}, h("dt", {}, FIELDS[field] ?? field), h("dd", {}, h("span", { class: "sr-only" }, "이전: "), old.length ? old : "–"), h("dd", {}, h("span", { class: "sr-only" }, "나중: "), now.length ? now : "–"));
      }),
    ),
  );
}

async function compare(a, b) {
  one("#diff-a").value = a;
  one("#diff-b").value = b;
  try {
    const { changes, count } = await get(`/api/knowledge/versions/${a}/diff/${b}`);
    const more = count > changes.length ? ` 앞의 ${changes.length}개만 보입니다.` : "";
    one("#diff-status").textContent = count ? `${a}판에서 ${b}판으로 ${count}개 항목이 달라졌습니다.${more}` : "두 판이 같습니다.";
    one("#changes").replaceChildren(...changes.map(change));
    one("#diff-title").scrollIntoView({ block: "start" });
  } catch (error) {
    failed(error);
  }
}
one("#diff").addEventListener("submit", (event) => {
  event.preventDefault();
  compare(one("#diff-a").value, one("#diff-b").value);
});

// --- search ----------------------------------------------------------------------------------

function hitArticle(hit) {
  const fresh = freshness(hit.confirmed_on);
  return h(
    "article",
    { class: "hit" },
    h("h3", {}, hit.question),
    h("div", { class: "badges" }, badge("gray", hit.entry_id), badge("gray", hit.field), hit.district && badge("primary", hit.district), badge(fresh.tone, fresh.text), hit.is_sample && badge("information", "표본")),
    h("p", { class: "answer" }, hit.answer),
    h("p", { class: "small-text" }, [[hit.organisation, hit.department].filter(Boolean).join(" · "), hit.phone, hit.basis, hit.source].filter(Boolean).join(" | ")),
  );
}

one("#search").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { hits, answerable } = await get("/api/search", { q: one("#q").value.trim(), k: 10 });
    one("#search-status").textContent = hits.length ? `${hits.length}건을 찾았습니다. 답이 있을 가능성 ${Math.round(Number(answerable) * 100)}%` : "찾은 항목이 없습니다.";
    one("#hits").replaceChildren(...hits.map(hitArticle));
  } catch (error) {
    failed(error);
  }
});

await versions();
announce(`판 ${one("#versions").children.length}개가 있습니다.`);
