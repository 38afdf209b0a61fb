// The centre column: turns in order, added and never redrawn, so that a call of 500 turns stays fast.
import { badge, h, one } from "/static/server/element.js";
import { clock } from "/static/server/format.js";
import { uncovered, words } from "/static/server/words.js";
import { SPEAKERS } from "./vocabulary.js";

const NEAR = 120; // pixels from the end within which the view follows new turns

/** `reveal(index)` resolves to the turn's uncovered text; without it covers stay. `tool(turn)` makes one more button for a turn. */
export function transcript({ list, scroll, empty, newer, reveal, tool }) {
  const turns = new Map(); // index to {item, text, hidden}
  const partials = new Map(); // speaker to item
  let unseen = 0;

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
    // Turns far from view have only an estimated height until they are laid out.
    requestAnimationFrame(() => (scroll.scrollTop = scroll.scrollHeight));
    unseen = 0;
    if (newer) newer.hidden = true;
  };
  newer?.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", () => atEnd() && unseen && toEnd(), { passive: true });

  function write(kept, index) {
    const show = async () => {
      const text = await reveal(index);
      if (text === null) return;
      const spans = Array.from(text).length === Array.from(kept.text).length ? kept.hidden : [];
      const again = h("button", { type: "button", class: "covered", on: { click: () => write(kept, index) } }, "다시 가리기");
      kept.words.replaceChildren(...uncovered(text, spans), " ", again);
      again.focus();
    };
    kept.words.replaceChildren(...words(kept.text, reveal && show));
  }

  function make(turn, isFinal) {
    const { index, speaker, start } = turn;
    const line = h("p", { class: "words" });
    const spoken = h("p", { class: "spoken" }); // where numbers are shown in digits
    const marks = h("div", { class: "marks" });
    const item = h(
      "li",
      { class: `turn ${speaker}${isFinal ? "" : " partial"}`, tabindex: isFinal ? "-1" : null, id: isFinal ? `turn-${index}` : null },
      h("div", { class: "meta" }, h("span", { class: "who" }, SPEAKERS[speaker] ?? speaker), h("span", {}, clock(start)), isFinal && h("span", {}, `#${index + 1}`), isFinal && tool?.(turn)),
      line,
      spoken,
      marks,
    );
    return { item, words: line, spoken, marks, text: "", hidden: [] };
  }

  /** Where a late turn belongs: before the first one with a higher index. */
  function place(index, item) {
    let after = list.lastElementChild;
    while (after && (after.classList.contains("partial") || Number(after.id.slice(5)) > index)) after = after.previousElementSibling;
    list.insertBefore(item, after ? after.nextElementSibling : list.firstElementChild);
  }

  function hear({ turn, hidden = [], is_final: isFinal = true }) {
    const following = atEnd();
    partials.get(turn.speaker)?.item.remove();
    partials.delete(turn.speaker);
    if (!isFinal && !turn.text) return; // what was taken for speech was none
    empty.hidden = true;
    if (!isFinal) {
      const partial = make(turn, false);
      partial.words.replaceChildren(...words(turn.text));
      partials.set(turn.speaker, partial);
      list.append(partial.item);
    } else {
      let kept = turns.get(turn.index);
      if (!kept) {
        kept = make(turn, true);
        turns.set(turn.index, kept);
        place(turn.index, kept.item);
        unseen += following ? 0 : 1;
      }
      Object.assign(kept, { text: turn.display ?? turn.text, hidden });
      write(kept, turn.index);
      kept.spoken.replaceChildren(...(turn.display ? ["들은 말: ", ...words(turn.text)] : []));
    }
    if (following) toEnd();
    else if (newer && unseen) {
      newer.hidden = false;
      newer.textContent = `새 발화 ${unseen}건 보기 ↓`;
    }
  }

  /** Show that a turn was flagged or raised an alert. */
  function mark(index, tone, text, abusive = false) {
    const kept = turns.get(index);
    if (!kept) return;
    const following = atEnd();
    if (abusive) kept.item.classList.add("abusive");
    if (![...kept.marks.children].some((made) => made.textContent === text)) kept.marks.append(badge(tone, text));
    if (following) toEnd();
  }

  /** Bring a turn into view and ring it. */
  function point(index) {
    for (const { item } of turns.values()) item.classList.remove("pointed");
    const kept = turns.get(index);
    if (!kept) return;
    kept.item.classList.add("pointed");
    kept.item.scrollIntoView({ block: "center" });
    kept.item.focus({ preventScroll: true });
  }

  function clear() {
    turns.clear();
    partials.clear();
    list.replaceChildren();
    empty.hidden = false;
    unseen = 0;
    if (newer) newer.hidden = true;
  }

  /** Show another text for a turn: the words before masking. */
  function replace(index, text) {
    const kept = turns.get(index);
    kept?.words.replaceChildren(text);
    kept?.spoken.replaceChildren();
  }

  return { hear, mark, point, clear, toEnd, replace, next: () => Math.max(-1, ...turns.keys()) + 1 };
}

/** Find words in the transcript: counts, colours, and steps through the turns that hold them. */
export function finder(list) {
  const field = one("#find-text");
  const count = one("#find-count");
  let found = [];
  let current = -1;

  function look() {
    const wanted = field.value.trim().toLowerCase();
    found = [];
    current = -1;
    CSS.highlights?.delete("found");
    if (!wanted) {
      count.textContent = "";
      return;
    }
    const walker = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.parentElement.closest(".words, .spoken")) continue;
      const text = node.data.toLowerCase();
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        found.push(range);
      }
    }
    if (CSS.highlights && found.length) CSS.highlights.set("found", new Highlight(...found));
    count.textContent = `${found.length}건`;
  }

  function step(by) {
    if (!field.value.trim()) return;
    const before = current;
    look();
    if (!found.length) return;
    current = (before + by + found.length) % found.length;
    if (before < 0) current = by > 0 ? 0 : found.length - 1;
    count.textContent = `${current + 1}/${found.length}`;
    const item = found[current].startContainer.parentElement.closest(".turn");
    for (const other of list.querySelectorAll(".pointed")) other.classList.remove("pointed");
    item.classList.add("pointed");
    item.scrollIntoView({ block: "center" });
  }

  field.addEventListener("input", look);
  one("#find").addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  one("#find-previous").addEventListener("click", () => step(-1));
  return {
    clear() {
      field.value = "";
      look();
    },
  };
}
