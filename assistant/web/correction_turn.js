// One turn of a call to be corrected: its words, which play, and the form in which its text is changed.
import { badge, button, h } from "/static/server/element.js";
import { clock, moment } from "/static/server/format.js";
import { SPEAKERS } from "./vocabulary.js";

const KIND = /^(.*)\[([가-힣·]{2,14})\](.*)$/s;

/** A word's text; masked personal data is a chip that screen readers announce. */
const shown = (text) => {
  const found = KIND.exec(text);
  if (!found) return [text];
  return [...shown(found[1]), h("span", { class: "masked" }, h("span", { class: "sr-only" }, "가려진 개인정보 "), found[2]), ...shown(found[3])];
};

/** `act` holds play(turn, at), edit(index), changed(), save(turn), read(turn); `marks` the reasons a sound is useless. */
export function correctionTurn(turn, marks, act) {
  const meta = h("div", { class: "meta" });
  const words = h("div", { class: "said-words", role: "group", "aria-label": `#${turn.index + 1} 낱말` });
  const place = h("div");
  const item = h("li", { class: `correction-turn ${turn.speaker}`, id: `turn-${turn.index}`, tabindex: "-1" }, meta, words, place);
  let field = null;
  let mark = turn.mark;
  let draft = null; // what is typed; null: nothing yet
  let unmasked = null; // the text before masking, once it was opened
  let conflict = null;

  const typed = () => draft ?? unmasked ?? turn.text;
  const isChanged = () => typed().trim() !== (unmasked ?? turn.text) || mark !== turn.mark;

  function showMeta() {
    meta.replaceChildren(
      h("span", { class: "who" }, SPEAKERS[turn.speaker] ?? turn.speaker),
      h("span", {}, clock(turn.start)),
      h("span", {}, `#${turn.index + 1}`),
      ...[
        turn.version > 0 && badge("success", `고침 · ${turn.by}`),
        turn.mark && badge("warning", `쓰지 않음: ${turn.mark}`),
        isChanged() && badge("danger", "저장 안 됨"),
        !field && button("고치기", "tertiary", () => act.edit(turn.index), { "aria-label": `#${turn.index + 1} 고치기` }),
      ].filter(Boolean),
    );
  }

  function showWords() {
    if (!turn.words.length) {
      words.removeAttribute("role");
      words.removeAttribute("aria-label");
      words.className = "plain-text";
      words.replaceChildren(...(turn.text ? shown(turn.text) : [h("span", { class: "small-text" }, "보관 기간이 지나 글이 지워졌습니다.")]));
      return;
    }
    // One word is in the tab order; arrows reach the others. The spaces between make the text whole when copied.
    words.replaceChildren(
      ...turn.words.flatMap((word, i) => [
        h(
          "button",
          { type: "button", class: `word${word.doubtful ? " doubtful" : ""}`, tabindex: i ? "-1" : "0", on: { click: () => act.play(turn, word.start) } },
          shown(word.text),
          word.doubtful && h("span", { class: "doubt", "aria-hidden": "true" }, "?"),
          word.doubtful && h("span", { class: "sr-only" }, " (확실하지 않음)"),
        ),
        " ",
      ]),
    );
  }

  words.addEventListener("keydown", (event) => {
    const all = [...words.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || !all[to]) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });

  const markButton = (name) =>
    button(name, "tertiary", () => toggleMark(name), { "aria-pressed": String(mark === name), data: { mark: name } });

  function toggleMark(name) {
    mark = mark === name ? null : name;
    for (const one of place.querySelectorAll("[data-mark]")) one.setAttribute("aria-pressed", String(one.dataset.mark === mark));
    showMeta();
    act.changed();
    return mark;
  }

  function form() {
    const hint = `hint-${turn.index}`;
    field = h("textarea", { class: "krds-input", rows: "2", "aria-label": `#${turn.index + 1} 고친 글`, "aria-describedby": hint, autocomplete: "off", spellcheck: "false", value: typed() });
    field.addEventListener("input", () => {
      draft = field.value;
      showMeta();
      act.changed();
    });
    place.replaceChildren(
      h(
        "div",
        { class: "turn-form" },
        field,
        h("p", { class: "small-text sr-only", id: hint }, "Enter 저장하고 다음, Tab 듣기와 멈추기, Esc 글 상자에서 나가기"),
        conflict &&
          h(
            "div",
            { class: "notice warning", role: "alert" },
            h("p", {}, `${conflict.by} 님이 먼저 고쳤습니다: ${conflict.text}`),
            h("p", {}, "그대로 저장하면 내 글이 새 판이 됩니다."),
            button("그 글로 바꾸기", "secondary", () => {
              draft = null;
              unmasked = null;
              conflict = null;
              mark = turn.mark;
              open();
            }),
          ),
        h(
          "div",
          { class: "turn-buttons" },
          button("저장하고 다음", "primary", () => act.save(turn.index)),
          h("span", { class: "small-text" }, "학습에 쓰지 않음:"),
          marks.map(markButton),
          turn.hides && act.read && !unmasked && button("원문 보고 고치기", "text", () => act.read(turn.index), { class: "krds-btn xsmall text apart" }),
        ),
        turn.versions.length > 0 &&
          h(
            "details",
            { class: "versions" },
            h("summary", {}, `지난 판 ${turn.versions.length}개`),
            h(
              "ol",
              {},
              h("li", {}, "인식된 글: ", turn.recognised),
              turn.versions.map((one) => h("li", {}, `${one.version}판 · ${one.by} · ${moment(one.at)}${one.mark ? ` · ${one.mark}` : ""}: `, one.text)),
            ),
          ),
      ),
    );
    showMeta();
  }

  /** Show the form and put the caret at the end of the text. */
  function open() {
    item.classList.add("current");
    form();
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function close() {
    item.classList.remove("current");
    field = null;
    place.replaceChildren();
    showMeta();
    say(-1);
  }

  /** Take the server's state of the turn. `kept`: what is typed stays, somebody else was first. */
  function renew(now, { kept = false } = {}) {
    const mine = typed();
    Object.assign(turn, now);
    conflict = kept ? { by: now.by, text: now.text } : null;
    if (!kept) {
      draft = null;
      unmasked = null;
      mark = turn.mark;
    } else draft = mine;
    showWords();
    showMeta();
    if (field) form();
  }

  function openOriginal(text) {
    unmasked = text;
    draft = null;
    if (field) open();
  }

  /** Ring the word that is heard at this moment of the call. */
  function say(seconds) {
    turn.words.forEach((word, i) => words.children[i]?.classList.toggle("said", seconds >= word.start && seconds < word.end));
  }

  showMeta();
  showWords();
  return { turn, item, open, close, renew, say, toggleMark, openOriginal, isChanged, field: () => field, typed: () => typed().trim(), mark: () => mark };
}
