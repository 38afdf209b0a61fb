// Bulletins: written, checked against the knowledge, published, withdrawn; and who has read them.
import { get, post } from "/static/server/api.js";
import { ask, tell } from "/static/server/dialog.js";
import { badge, button, h, one, options } from "/static/server/element.js";
import { moment } from "/static/server/format.js";
import { DISTRICTS, FIELDS, speaker } from "./care_words.js";

const say = speaker("#message");
const failed = (error) => say(error.message, "danger");
const form = one("#form");
let edited = null; // the draft in the form; null: a new one

one("#field").append(...options(FIELDS));
one("#district").append(...options([["", "서울 전체"], ...DISTRICTS]));

// --- the form --------------------------------------------------------------------------------

const inSeoul = (iso) => moment(iso).replace(" ", "T");
const asMoment = (local) => `${local}:00+09:00`;

function write(bulletin = null, copied = false) {
  edited = copied ? null : bulletin;
  form.reset();
  one("#form-title").textContent = edited ? `초안 ${edited.number} 고치기` : "새 자료";
  const now = Date.now();
  const shown = bulletin ?? { starts_at: new Date(now).toISOString(), ends_at: new Date(now + 86_400_000).toISOString() };
  for (const name of ["title", "text", "field", "organisation", "department", "phone", "source"]) if (shown[name]) form.elements[name].value = shown[name];
  form.elements.district.value = shown.district ?? "";
  form.elements.variants.value = (shown.variants ?? []).join("\n");
  form.elements.is_urgent.checked = Boolean(shown.is_urgent);
  form.elements.starts_at.value = inSeoul(shown.starts_at);
  form.elements.ends_at.value = inSeoul(shown.ends_at);
  one("#writing").hidden = false;
  one("#form-title").focus();
  one("#writing").scrollIntoView({ block: "nearest" });
}

const close = () => {
  one("#writing").hidden = true;
  one("#new").focus();
};
one("#new").addEventListener("click", () => write());
one("#cancel").addEventListener("click", close);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  const body = {
    ...given,
    starts_at: asMoment(given.starts_at),
    ends_at: asMoment(given.ends_at),
    variants: given.variants.split("\n").map((line) => line.trim()).filter(Boolean),
    is_urgent: form.elements.is_urgent.checked,
  };
  try {
    const kept = edited ? await post(`/api/knowledge/bulletins/${edited.number}`, { ...body, revision: edited.revision }) : await post("/api/knowledge/bulletins", body);
    say(`초안 ${kept.number}을(를) 저장했습니다. 내용을 확인한 뒤 게시해 주세요.`);
    close();
    await refresh();
  } catch (error) {
    failed(error);
  }
});

// --- publishing ------------------------------------------------------------------------------

function conflict({ entry_id: id, question, differences }) {
  return h(
    "li",
    {},
    h("strong", {}, `${id} ${question}`),
    differences.map(({ kind, bulletin, entry }) => h("p", {}, `${kind}: 이 자료 ${bulletin.join(", ")} / 상담DB ${entry.join(", ")}`)),
  );
}

async function publish(bulletin) {
  try {
    const { conflicts } = await get(`/api/knowledge/bulletins/${bulletin.number}/conflicts`);
    const body = conflicts.length
      ? [h("p", { class: "notice warning" }, `상담DB와 숫자가 다른 항목이 ${conflicts.length}건 있습니다. 이 자료가 맞는지 확인해 주세요. 게시하면 종료 시각까지 이 자료가 먼저 추천됩니다.`), h("ul", { class: "conflicts" }, conflicts.map(conflict))]
      : [h("p", {}, "상담DB와 어긋나는 항목을 찾지 못했습니다. 게시하면 1분 안에 모든 상담 화면에 나타나며, 게시한 글은 고칠 수 없습니다.")];
    const sure = await ask({ title: `‘${bulletin.title}’을(를) 게시할까요?`, body, yes: conflicts.length ? "확인했으며, 게시합니다" : "게시", tone: conflicts.length ? "danger" : "primary" });
    if (!sure) return;
    await post(`/api/knowledge/bulletins/${bulletin.number}/publish`, { revision: bulletin.revision, knows_conflicts: conflicts.length > 0 });
    say("게시했습니다. 상담 화면에 곧 나타납니다.");
  } catch (error) {
    failed(error);
  }
  await refresh();
}

async function withdraw(bulletin) {
  const given = await ask({
    title: `‘${bulletin.title}’을(를) 회수할까요?`,
    body: [h("p", {}, "상담 화면과 추천에서 곧바로 사라집니다."), h("label", { class: "field" }, h("span", { class: "field-label" }, "까닭"), h("input", { class: "krds-input small", name: "reason", required: true, minlength: "2", maxlength: "500", autocomplete: "off" }))],
    yes: "회수",
    tone: "danger",
  });
  if (!given) return;
  try {
    await post(`/api/knowledge/bulletins/${bulletin.number}/withdraw`, { revision: bulletin.revision, reason: given.reason });
    say("회수했습니다.");
  } catch (error) {
    failed(error);
  }
  await refresh();
}

async function receipts(bulletin) {
  try {
    const { read, unread } = await get(`/api/knowledge/bulletins/${bulletin.number}/receipts`);
    await tell({
      title: `읽음 확인: ${bulletin.title}`,
      body: [
        h("h3", {}, `아직 읽지 않은 상담사 ${unread.length}명`),
        h("p", {}, unread.length ? unread.map((person) => person.display_name).join(", ") : "모두 읽었습니다."),
        h("h3", {}, `읽은 상담사 ${read.length}명`),
        h("ul", {}, read.map((person) => h("li", {}, `${person.display_name} · ${moment(person.at)}`))),
      ],
    });
  } catch (error) {
    failed(error);
  }
}

// --- the lists -------------------------------------------------------------------------------

const STATES = { valid: ["게시 중", "success"], coming: ["게시 예정", "information"], drafts: ["초안", "gray"], past: ["종료", "gray"] };

function card(bulletin, place) {
  const [name, tone] = bulletin.state === "회수" ? ["회수", "danger"] : STATES[place];
  const office = [bulletin.organisation, bulletin.department, bulletin.phone && `☎ ${bulletin.phone}`].filter(Boolean).join(" · ");
  const label = (text) => ({ "aria-label": `${bulletin.title} ${text}` });
  return h(
    "article",
    { class: "item", data: { number: bulletin.number } },
    h("h3", {}, bulletin.is_urgent && badge("danger", "긴급"), badge(tone, name), bulletin.title),
    h("p", { class: "small-text" }, `${bulletin.entry_id} · ${moment(bulletin.starts_at)} ~ ${moment(bulletin.ends_at)} · ${bulletin.district ?? "서울 전체"} · ${bulletin.field} · 쓴 사람 ${bulletin.made_by}`),
    h("p", { class: "text" }, bulletin.text),
    office && h("p", { class: "small-text" }, office),
    h(
      "div",
      { class: "buttons" },
      place === "drafts" && button("게시", "primary", () => publish(bulletin), label("게시")),
      place === "drafts" && button("고치기", "secondary", () => write(bulletin), label("고치기")),
      place !== "drafts" && button(`읽음 확인 (${bulletin.readers}명)`, "secondary", () => receipts(bulletin), label(`읽음 확인, ${bulletin.readers}명 읽음`)),
      (place === "valid" || place === "coming") && button("회수", "tertiary danger", () => withdraw(bulletin), label("회수")),
      place !== "drafts" && button("복사해서 새로 쓰기", "tertiary", () => write(bulletin, true), label("복사해서 새로 쓰기")),
    ),
  );
}

const EMPTY = { valid: "지금 게시 중인 자료가 없습니다.", coming: "예정된 자료가 없습니다.", drafts: "초안이 없습니다.", past: "끝난 자료가 없습니다." };

async function refresh() {
  try {
    const { now, bulletins } = await get("/api/knowledge/bulletins");
    const place = (one) => {
      if (one.state === "초안") return "drafts";
      if (one.is_valid) return "valid";
      return one.state === "게시" && Date.parse(one.starts_at) > Date.parse(now) ? "coming" : "past";
    };
    for (const name of Object.keys(EMPTY)) {
      const some = bulletins.filter((bulletin) => place(bulletin) === name).slice(0, name === "past" ? 30 : 200);
      one(`#${name}`).replaceChildren(...(some.length ? some.map((bulletin) => card(bulletin, name)) : [h("p", { class: "small-text" }, EMPTY[name])]));
    }
  } catch (error) {
    failed(error);
  }
}

await refresh();
