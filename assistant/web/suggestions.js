// The right column while the call runs: what was asked, and up to three standard answers.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { button, h, one, options } from "/static/server/element.js";
import { card } from "./card.js";
import { DISTRICTS } from "./vocabulary.js";

const SURE = 0.7; // answerable under this: shown with a caution (up to here at most two of three are right)

const SAID = { accept: "채택했습니다.", edit: "수정한 답변을 채택했습니다.", dismiss: "무시했습니다.", report: "오답으로 신고했습니다." };

/** `call()` is the open call's id or null; `failed(error)` shows an error; `asked(turn)` points at the turn that asked. */
export function suggestions({ call, failed, asked, used }) {
  const root = one("#suggestions");
  const searchText = one("#search-text");
  const district = one("#search-district");
  district.append(...options([["", "서울 전체"], ...DISTRICTS]));
  let questions = [];
  let shown = -1;
  let cards = [];
  let active = 0;

  const busy = () => cards.some((made) => made.busy()) || root.contains(document.activeElement?.closest("textarea"));

  function activate(place) {
    active = place;
    cards.forEach((made, at) => made.item.classList.toggle("active", at === place));
  }

  function act(question) {
    const id = call();
    if (!id || !question.id) return null; // nothing to keep it with
    return async (kind, body) => {
      try {
        await post(`/api/calls/${id}/suggestions/${encodeURIComponent(question.id)}/${kind}`, body);
      } catch (error) {
        failed(error);
        return false;
      }
      question.done.set(body.entry_id, { accept: "accepted", edit: "edited", dismiss: "dismissed", report: "reported_wrong" }[kind]);
      if (kind === "accept" || kind === "edit") used(body.entry_id);
      announce(SAID[kind]);
      return true;
    };
  }

  function nothing(field) {
    return h(
      "div",
      { class: "not-found" },
      h("h3", {}, "맞는 답변을 찾지 못했습니다"),
      h("p", {}, "표준상담DB에 이 질문의 답이 없거나 표현이 달라 찾지 못했습니다. 확인되지 않은 내용은 안내하지 말고 아래 방법을 써 주세요."),
      h(
        "ul",
        {},
        h("li", {}, button("질문을 고쳐 다시 검색", "secondary", () => (field.focus(), field.select()))),
        h("li", {}, button("자치구를 골라 검색", "secondary", () => ((searchText.value = field.value), district.focus()))),
        h("li", {}, "담당부서 확인이 필요하면 “확인한 뒤 다시 연락드리겠습니다”라고 안내하고, 통화 뒤 후속조치에 ‘담당부서 이관’이나 ‘콜백’을 남겨 주세요."),
      ),
    );
  }

  function heading(question, field) {
    const total = questions.length;
    const step = (by, label, text) => button(text, "tertiary", () => show(shown + by), { "aria-label": label, disabled: !questions[shown + by] });
    return h(
      "form",
      {
        class: "asked",
        on: {
          submit: (event) => {
            event.preventDefault();
            search(field.value, district.value);
          },
        },
      },
      h(
        "div",
        { class: "asked-head" },
        h("label", { for: "question" }, question.manual ? "검색한 말" : "찾은 질문"),
        !question.manual && button(`발화 #${question.turn + 1}`, "text", () => asked(question.turn)),
        total > 1 && h("span", { class: "asked-steps" }, step(-1, "이전 질문", "‹"), h("span", {}, `${shown + 1}/${total}`), step(1, "다음 질문", "›")),
      ),
      h("div", { class: "asked-field" }, field, h("button", { type: "submit", class: "krds-btn xsmall secondary" }, "다시 검색")),
    );
  }

  function show(place) {
    shown = place;
    const question = questions[place];
    const field = h("textarea", { class: "krds-input", id: "question", rows: "1", maxlength: "500", value: question.question });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      field.form.requestSubmit();
    });
    cards = question.hits.map((hit, at) => card(hit, at + 1, { act: act(question), done: question.done.get(hit.entry_id) }));
    cards.forEach((made, at) => {
      made.item.addEventListener("focusin", () => activate(at));
      made.item.addEventListener("pointerdown", () => activate(at));
    });
    root.replaceChildren(
      heading(question, field),
      ...(cards.length
        ? [question.unsure && h("p", { class: "notice warning" }, "꼭 맞는 답이 아닐 수 있습니다. 내용을 확인한 뒤 안내해 주세요."), ...cards.map((made) => made.item)].filter(Boolean)
        : [nothing(field)]),
    );
    activate(0);
  }

  function add(question) {
    questions.push({ done: new Map(), ...question, unsure: question.answerable !== undefined && Number(question.answerable) < SURE });
    return questions.length - 1;
  }

  function suggest(suggestion, actions = []) {
    const { suggestion_id: id, question, hits, answerable, turn } = suggestion;
    if (questions.some((known) => known.id === id)) return;
    const done = new Map(actions.filter((made) => made.action !== "shown" && made.entry_id).map((made) => [made.entry_id, made.action]));
    const place = add({ id, question, hits, answerable, turn, manual: turn === null || turn === undefined, done });
    if (!busy()) show(place);
    else {
      root.querySelector(".arrived")?.remove();
      root.prepend(h("p", { class: "arrived notice" }, "새 추천 답변이 도착했습니다. ", button("보기", "secondary", () => show(place))));
    }
  }

  async function search(text, inDistrict) {
    const wanted = text.trim();
    if (!wanted) {
      searchText.focus();
      return;
    }
    try {
      const asked = { q: wanted, district: inDistrict, k: 3 };
      const found = await (call() ? post(`/api/calls/${encodeURIComponent(call())}/search`, asked) : get("/api/search", asked));
      show(add({ id: found.suggestion_id, question: wanted, hits: found.hits, answerable: found.answerable, manual: true }));
      announce(found.hits.length ? `검색 결과 ${found.hits.length}건` : "맞는 답변을 찾지 못했습니다.");
    } catch (error) {
      failed(error);
    }
  }

  one("#search").addEventListener("submit", (event) => {
    event.preventDefault();
    search(searchText.value, district.value);
  });

  function clear(text) {
    questions = [];
    cards = [];
    shown = -1;
    root.replaceChildren(h("p", { class: "empty" }, text));
  }

  const chosen = () => cards[active];
  const after = async (work) => {
    if ((await work) === false) return;
    const next = cards.findIndex((made) => !made.acted());
    if (next >= 0) activate(next);
  };

  return {
    suggest,
    clear,
    busy,
    district: (name) => {
      district.value = name ?? "";
    },
    focusSearch: () => (searchText.focus(), searchText.select()),
    accept: (place) => cards[place] && (activate(place), cards[place].accept()),
    edit: () => chosen()?.edit(),
    dismiss: () => chosen() && after(chosen().dismiss()),
    report: () => chosen()?.report(),
  };
}
