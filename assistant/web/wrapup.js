// After the call: the drafted consultation record, which only the agent's own click saves.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { badge, button, h, one, options } from "/static/server/element.js";
import { ARS_CODES, DISTRICTS, FIELDS, FOLLOW_UPS, URGENCIES } from "./vocabulary.js";

const EVERY = 2000; // milliseconds between questions while the draft is being written
const STATES = { writing: ["작성 중", "information"], draft: ["초안", "warning"], saved: ["저장됨", "success"] };

const joined = (sentences) => (Array.isArray(sentences) ? sentences.map((sentence) => sentence.text).join("\n") : (sentences ?? ""));

/** `point(index)` shows a turn; `saved()` is called after saving. */
export function wrapup({ point, failed, saved }) {
  const root = one("#wrapup");
  const state = one("#wrapup-state");
  let callId = null;
  let form = null;
  let before = "";
  let timer;

  function mark(name) {
    state.hidden = !name;
    if (!name) return;
    const [text, tone] = STATES[name];
    state.textContent = text;
    state.className = `krds-badge bg-light-${tone}`;
  }

  const values = () => {
    const fields = new FormData(form);
    const list = (name) => (fields.get(name) ?? "").split(",").map((text) => text.trim()).filter(Boolean);
    return {
      category: fields.get("category"),
      question: fields.get("question"),
      answer: fields.get("answer"),
      outcome: fields.get("outcome"),
      follow_up: { type: fields.get("follow_up_type"), detail: fields.get("follow_up_detail") },
      entry_ids: fields.getAll("entry_ids"),
      resolved: fields.get("resolved") === "yes",
      district: fields.get("district") || null,
      urgency: fields.get("urgency"),
      ars_code: Number(fields.get("ars_code")),
      topics: list("topics"),
    };
  };
  const dirty = () => form !== null && !form.dataset.saved && JSON.stringify(values()) !== before;

  function sources(name, sentences) {
    if (!Array.isArray(sentences) || !sentences.length) return null;
    const doubtful = sentences.filter((sentence) => sentence.doubts?.length).length;
    return h(
      "details",
      { class: "sources", open: true },
      h("summary", {}, `${name} 초안의 근거 ${sentences.length}문장`, doubtful > 0 && " ", doubtful > 0 && badge("warning", `확인 필요 ${doubtful}`)),
      h(
        "ol",
        {},
        sentences.map((sentence) =>
          h(
            "li",
            { class: sentence.doubts?.length ? "doubtful" : null },
            h("span", { class: "sentence" }, sentence.text),
            sentence.turns.map((turn) => button(`#${turn + 1}`, "tertiary", () => point(turn), { "aria-label": `#${turn + 1} 근거 발화 보기`, class: "krds-btn xsmall tertiary source" })),
            sentence.doubts?.length > 0 && h("span", { class: "doubts" }, `대화에서 확인되지 않음: ${sentence.doubts.join(", ")}`),
          ),
        ),
      ),
    );
  }

  const select = (name, label, choices, chosen) =>
    h("label", { class: "field" }, h("span", { class: "field-label" }, label), h("select", { class: "krds-form-select", name }, options(choices, chosen)));
  const text = (name, label, value, rows) =>
    h("label", { class: "field" }, h("span", { class: "field-label" }, label), h("textarea", { class: "krds-input", name, rows, required: name !== "outcome", maxlength: "20000", value }));

  /** An entry the record refers to; it can be taken out. */
  function chip(id) {
    const made = h("span", { class: "chip" }, id, h("input", { type: "hidden", name: "entry_ids", value: id }));
    made.append(
      h("button", { type: "button", "aria-label": `참조 항목 ${id} 빼기`, on: { click: () => (made.remove(), changed()) } }, "×"),
    );
    return made;
  }

  function changed() {
    one(".save-note", form).textContent = dirty() ? "고친 내용이 아직 저장되지 않았습니다." : "";
  }

  function show(draft, isSaved) {
    const chips = h("div", { class: "chips", id: "wrapup-chips" }, (draft.entry_ids ?? []).map(chip));
    const resolved = (value, label) => h("label", { class: "choice" }, h("input", { type: "radio", name: "resolved", value, checked: (draft.resolved !== false) === (value === "yes") }), ` ${label}`);
    form = h(
      "form",
      { class: "record-form" },
      h(
        "fieldset",
        { class: "record-fields", disabled: isSaved },
        h("legend", {}, "상담이력"),
        select("category", "분류", FIELDS, draft.category),
        text("question", "질문", joined(draft.question), "3"),
        sources("질문", draft.question),
        text("answer", "답변", joined(draft.answer), "5"),
        sources("답변", draft.answer),
        text("outcome", "처리결과", draft.outcome ?? "", "2"),
        h(
          "div",
          { class: "pair" },
          select("follow_up_type", "후속조치", FOLLOW_UPS, draft.follow_up?.type),
          h("label", { class: "field grow" }, h("span", { class: "field-label" }, "후속조치 내용"), h("input", { class: "krds-input", name: "follow_up_detail", value: draft.follow_up?.detail ?? "", maxlength: "500" })),
        ),
        h("div", { class: "field" }, h("span", { class: "field-label" }, "참조 항목"), chips),
        h(
          "div",
          { class: "pair" },
          select("district", "자치구", [["", "해당 없음"], ...DISTRICTS], draft.district),
          select("ars_code", "ARS", ARS_CODES.map(([code, name]) => [code, `${code} ${name}`]), draft.ars_code),
          select("urgency", "위기 구분", URGENCIES, draft.urgency),
        ),
        h("fieldset", { class: "field resolved" }, h("legend", {}, "해결 여부"), h("span", { class: "field-label", "aria-hidden": "true" }, "해결 여부"), h("div", { class: "pair" }, resolved("yes", "해결"), resolved("no", "미해결"))),
        h("label", { class: "field" }, h("span", { class: "field-label" }, "상담 주제 (쉼표로 나눔)"), h("input", { class: "krds-input", name: "topics", value: (draft.topics ?? []).join(", "), maxlength: "500" })),
      ),
      h("div", { class: "save" }, h("p", { class: "save-note small-text" }), !isSaved && h("button", { type: "submit", class: "krds-btn small primary" }, "확인 후 저장")),
    );
    if (isSaved) form.dataset.saved = "true";
    before = JSON.stringify(values());
    form.addEventListener("input", changed);
    form.addEventListener("submit", save);
    root.replaceChildren(form);
    mark(isSaved ? "saved" : "draft");
  }

  async function save(event) {
    event.preventDefault();
    const submit = one('button[type="submit"]', form);
    submit.disabled = true;
    try {
      const { edit_distance: distance } = await post(`/api/calls/${callId}/wrap-up/confirm`, values());
      form.dataset.saved = "true";
      one(".record-fields", form).disabled = true;
      submit.remove();
      const note = distance ? `저장했습니다. 초안에서 ${distance}자를 고쳤습니다.` : "저장했습니다. 초안을 그대로 확정했습니다.";
      one(".save-note", form).textContent = note;
      mark("saved");
      announce(note);
      saved();
    } catch (error) {
      submit.disabled = false;
      failed(error);
    }
  }

  async function ask(id) {
    clearTimeout(timer);
    if (id !== callId || form) return;
    try {
      const { wrap_up: draft } = await get(`/api/calls/${encodeURIComponent(id)}`);
      if (id !== callId || form) return;
      if (draft) {
        show(draft, false);
        announce("상담이력 초안이 준비되었습니다. 확인한 뒤 저장해 주세요.");
        return;
      }
    } catch (error) {
      failed(error);
    }
    timer = setTimeout(() => ask(id), EVERY);
  }

  return {
    dirty,
    /** A live call, or none: nothing to wrap up yet. */
    clear(message) {
      clearTimeout(timer);
      callId = null;
      form = null;
      mark(null);
      root.replaceChildren(h("p", { class: "empty" }, message));
    },
    /** The call has ended: wait for the draft. */
    begin(id) {
      if (callId === id) return;
      callId = id;
      form = null;
      mark("writing");
      root.replaceChildren(h("p", { class: "empty", role: "status" }, "대화를 바탕으로 상담이력 초안을 쓰고 있습니다…"));
      timer = setTimeout(() => ask(id), EVERY);
    },
    ready: (id) => ask(id),
    open(id, draft, isSaved) {
      clearTimeout(timer);
      callId = id;
      show(draft, isSaved);
    },
    /** An answer was taken up after the draft was written: the record refers to its entry, too. */
    refer(id) {
      const chips = form && !form.dataset.saved && one("#wrapup-chips", form);
      if (!chips || new FormData(form).getAll("entry_ids").includes(id)) return;
      chips.append(chip(id));
      changed();
    },
  };
}
