// An officer's page: each entry of their organisation, right as it is or with a better text.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { badge, button, h, one } from "/static/server/element.js";
import { conflictPanel, entryForm } from "./board_form.js";
import { count, differences, progress, speaker, stateBadge } from "./board_words.js";

const source = one("#main").dataset.source;
const say = speaker("#confirm-message");
const NAMES = ["question", "answer", "department", "phone", "basis", "valid_from", "valid_until"];
const LABELS = { organisation: "기관", department: "담당부서", phone: "전화", basis: "근거", valid_from: "시작일", valid_until: "만료일", confirmed_on: "최종확인일" };
let page = 1;
let focusNext = "";

async function answer(item, act, body, done) {
  try {
    await post(`${source}/${act}`, { entry_id: item.entry_id, ...body });
    focusNext = item.entry_id;
    await show();
    announce(done);
  } catch (error) {
    if (act === "confirm" && error.status === 409) await show();
    say(error.message, "danger");
  }
}

// --- correction ------------------------------------------------------------------------------

function correction(item, place) {
  const standing = item.proposal?.entry ?? item.entry;
  const form = entryForm(`c-${place}`, NAMES, standing);
  const seen = { base: item.entry.print, revision: item.proposal?.revision ?? null };
  const ends = h("input", { type: "checkbox", id: `c-${place}-ends` });
  ends.checked = standing.state === "만료";
  const why = h("input", { class: "krds-input small", id: `c-${place}-why`, maxlength: "500", autocomplete: "off" });
  const trouble = h("p", { class: "notice danger", role: "alert", hidden: true });
  const meeting = h("div", {});
  const tell = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };
  const values = () => ({ ...form.values(), state: ends.checked ? "만료" : "게시" });

  async function send(event) {
    event.preventDefault();
    form.fault();
    tell("");
    if (why.value.trim().length < 2) {
      tell("고치는 까닭을 두 글자 이상 적어 주세요.");
      why.focus();
      return;
    }
    try {
      await post(`${source}/correct`, { entry_id: item.entry_id, fields: values(), why: why.value.trim(), ...seen, submit: true });
      focusNext = item.entry_id;
      await show();
      announce("수정 제안을 보냈습니다. 검토한 뒤 반영합니다.");
    } catch (error) {
      if (error.body?.error === "TextConflict") meet(error);
      else {
        tell(error.message);
        form.fault((error.body?.faults ?? []).filter(({ field }) => NAMES.includes(field)));
      }
    }
  }

  let start = standing; // what the form held when this officer began

  function meet(error) {
    const renew = async () => {
      const latest = await find(item.entry_id);
      seen.base = latest?.entry?.print ?? seen.base;
      seen.revision = latest?.proposal?.revision ?? null;
      start = latest?.proposal?.entry ?? latest?.entry ?? start;
      meeting.replaceChildren();
    };
    const { panel, heading } = conflictPanel({
      message: error.message,
      before: start,
      mine: values(),
      theirs: error.body.theirs,
      join: async (texts) => {
        await renew();
        form.fill(texts);
        ends.checked = texts.state === "만료";
        tell("두 글을 합쳐 위 칸에 두었습니다. 읽어 보고 [제안 보내기]를 다시 눌러 주세요.");
        why.focus();
      },
      takeTheirs: async () => {
        await renew();
        form.fill(error.body.theirs);
        ends.checked = error.body.theirs.state === "만료";
        form.inputs.question.focus();
      },
    });
    meeting.replaceChildren(panel);
    heading.focus();
  }

  return h(
    "form",
    { class: "correction", novalidate: true, on: { submit: send } },
    item.proposal && h("div", { class: "notice" }, h("p", {}, "이미 들어온 수정 제안이 있습니다. 그 글 위에 고칩니다. ", stateBadge(item.proposal.state)), differences(item.proposal.fields, ["게시된 글", "제안한 글"])),
    form.element,
    h("label", { class: "choice", for: `c-${place}-ends` }, ends, "더 이상 안내하지 않을 항목입니다(만료)"),
    h("div", { class: "field" }, h("label", { for: `c-${place}-why` }, "고치는 까닭 (꼭 적어 주세요)"), why),
    trouble,
    meeting,
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "krds-btn small primary" }, "제안 보내기"), button("그만두기", "tertiary", () => show(), { class: "krds-btn small tertiary" })),
  );
}

async function find(entryId) {
  const { items } = await get(source, { only_open: one("#only-open").checked, page });
  return items.find((item) => item.entry_id === entryId);
}

// --- entries ---------------------------------------------------------------------------------

const STATES = { confirmed: ["success", "확인함"], corrected: ["primary", "수정 제안함"] };

function details(entry) {
  const lines = Object.entries(LABELS).filter(([name]) => entry[name]);
  return h("dl", { class: "facts" }, lines.map(([name, label]) => h("div", {}, h("dt", {}, label), h("dd", {}, entry[name]))));
}

function article(item, place) {
  const { entry } = item;
  const id = `item-${place}`;
  if (!entry) return h("article", { class: "item", data: { entry: item.entry_id } }, h("h2", { id, tabindex: "-1" }, item.entry_id), h("p", {}, "게시된 상담DB에서 빠진 항목입니다. 답하지 않으셔도 됩니다."));
  const open = () => {
    place_.replaceChildren(correction(item, place));
    place_.querySelector("input, textarea").focus();
    buttons.hidden = true;
  };
  const [tone, text] = STATES[item.answer] ?? ["warning", "아직 답하지 않음"];
  const better = item.answer === "corrected" ? "제안 다시 고치기" : "수정 제안";
  const named = (label) => ({ "aria-label": `${entry.question} ${label}`, class: `krds-btn small ${label === "확인" ? "primary" : "secondary"}` });
  const buttons = h(
    "div",
    { class: "buttons" },
    item.answer !== "confirmed" && button("확인", "primary", () => answer(item, "confirm", { print: entry.print }, `${entry.question} 확인했습니다.`), named("확인")),
    item.answer === "confirmed" && !item.is_published && button("되돌리기", "tertiary", () => answer(item, "undo", {}, "확인을 되돌렸습니다."), named("되돌리기")),
    button(better, "secondary", open, named(better)),
  );
  const place_ = h("div", {});
  return h(
    "article",
    { class: "item", data: { entry: item.entry_id }, "aria-labelledby": id },
    h("h2", { id, tabindex: "-1" }, entry.question),
    h("p", { class: "badges" }, badge(tone, text), badge("gray", item.entry_id), item.district && badge("gray", item.district), item.ended && badge("danger", "만료")),
    h("p", { class: "answer" }, entry.answer),
    details(entry),
    item.answer === "corrected" && item.proposal && h("details", {}, h("summary", {}, "제안한 내용 보기"), differences(item.proposal.fields, ["게시된 글", "제안한 글"])),
    buttons,
    place_,
  );
}

/** After an answer the focus goes on to the next entry: it stays where the officer works. */
function goOn() {
  const articles = [...document.querySelectorAll(".item")];
  const here = articles.find((one_) => one_.dataset.entry === focusNext) ?? articles.find((one_) => one_.dataset.entry > focusNext) ?? articles[0];
  focusNext = "";
  (here ? one("h2", here) : one("#confirm-progress")).focus();
}

async function show() {
  const onlyOpen = one("#only-open").checked;
  let shown = await get(source, { only_open: onlyOpen, page });
  const pages = Math.max(1, Math.ceil(shown.matching / shown.size));
  if (page > pages) {
    page = pages;
    shown = await get(source, { only_open: onlyOpen, page });
  }
  const { coverage } = shown;
  const done = coverage.confirmed + coverage.corrected;
  one("#confirm-title").textContent = `${shown.organisation} 상담 답변 확인`;
  one("#confirm-lead").textContent = `${shown.title} · 확인 기한 ${shown.due_on} (주소는 ${shown.closes_on}까지)`;
  one("#confirm-progress").tabIndex = -1;
  one("#confirm-progress").replaceChildren(progress(done, coverage.asked, "답한 항목"), ` 항목에 답하셨습니다. 남은 항목 ${count(coverage.open)}건.`);
  one("#items").replaceChildren(...(shown.items.length ? shown.items.map(article) : [h("p", { class: "notice success" }, coverage.open ? "이 조건에 맞는 항목이 없습니다." : "모든 항목에 답하셨습니다. 고맙습니다.")]));
  one("#confirm-pages").hidden = pages < 2;
  const turn = (to) => {
    page = to;
    show().then(() => one("#main").scrollIntoView());
  };
  one("#confirm-pages").replaceChildren(button("이전 쪽", "tertiary", () => turn(page - 1), { disabled: page <= 1 }), h("span", {}, `${page} / ${pages}`), button("다음 쪽", "tertiary", () => turn(page + 1), { disabled: page >= pages }));
  one("#confirm-body").hidden = false;
  say("");
  if (focusNext) goOn();
}

one("#only-open").addEventListener("change", () => {
  page = 1;
  show().catch((error) => say(error.message, "danger"));
});

try {
  await show();
} catch (error) {
  one("#confirm-lead").textContent = error.message;
}
