// The left column: calls with their live state. Rows are kept and updated, so focus and scrolling stay.
import { get } from "/static/server/api.js";
import { badge, h, one } from "/static/server/element.js";
import { clock, moment } from "/static/server/format.js";
import { CHANNELS, STAGES, URGENCIES } from "./vocabulary.js";

const EVERY = 4000; // milliseconds
const EMPTY = {
  live: "진행 중인 상담이 없습니다.",
  ended: "후처리를 기다리는 상담이 없습니다.",
  all: "상담이 없습니다.",
};

/** The danger heard in a call, in words; false when there is none. */
const urgent = ({ urgency }) => urgency && urgency !== "none" && Object.fromEntries(URGENCIES)[urgency];

function when(call) {
  if (call.stage !== "live") return moment(call.started_at).slice(5);
  return clock((Date.now() - Date.parse(call.started_at)) / 1000);
}

function row(call) {
  const [stage, tone] = STAGES[call.stage] ?? [call.stage, "gray"];
  return [
    h("span", { class: "call-top" }, badge(tone, stage), h("span", {}, CHANNELS[call.channel] ?? call.channel), h("span", { class: "call-when" }, when(call))),
    h("span", { class: "call-text" }, call.last_text || "아직 발화가 없습니다."),
    h(
      "span",
      { class: "call-marks" },
      urgent(call) && badge("danger", urgent(call)),
      call.flags > 0 && badge("point", `악성 표현 ${call.flags}`),
      call.category && badge("gray", call.category),
      call.district && badge("gray", call.district),
      call.is_sample && badge("information", "체험"),
    ),
  ];
}

/** `open(id)` is called for the chosen row. Returns `refresh()` and `select(id)`. */
export function callList({ open, failed }) {
  const list = one("#call-list");
  const empty = one("#call-list-empty");
  const segments = [...document.querySelectorAll(".calls .segments button")];
  const rows = new Map(); // call id to {item, button, seen}
  let state = "live";
  let selected = null;

  function show(calls) {
    const wanted = new Set(calls.map((call) => call.id));
    for (const [id, { item }] of rows) {
      if (wanted.has(id)) continue;
      item.remove();
      rows.delete(id);
    }
    calls.forEach((call, place) => {
      let kept = rows.get(call.id);
      if (!kept) {
        const button = h("button", { type: "button", class: "call", on: { click: () => open(call.id) } });
        kept = { item: h("li", {}, button), button, seen: "" };
        rows.set(call.id, kept);
      }
      const now = JSON.stringify([call, when(call)]);
      if (kept.seen !== now) {
        kept.button.replaceChildren(...row(call));
        kept.seen = now;
      }
      kept.button.setAttribute("aria-current", String(call.id === selected));
      if (list.children[place] !== kept.item) list.insertBefore(kept.item, list.children[place] ?? null);
    });
    empty.hidden = calls.length > 0;
    empty.textContent = EMPTY[state];
  }

  async function refresh({ background = false } = {}) {
    try {
      const asked = state;
      const [live, ended, all] = await Promise.all(
        ["live", "ended", "all"].map((name) => (name === "all" && asked !== "all" ? null : get("/api/calls", { state: name }, { background }))),
      );
      const waiting = ended.calls.filter((call) => call.stage !== "confirmed");
      one("#count-live").textContent = live.calls.length || "";
      one("#count-ended").textContent = waiting.length || "";
      if (asked === state) show({ live: live.calls, ended: waiting, all: all?.calls }[state]);
    } catch (error) {
      failed(error);
    }
  }

  for (const segment of segments) {
    segment.addEventListener("click", () => {
      state = segment.dataset.state;
      for (const other of segments) other.setAttribute("aria-pressed", String(other === segment));
      refresh();
    });
  }

  const tick = async () => {
    if (!document.hidden) await refresh({ background: true });
    setTimeout(tick, EVERY);
  };
  tick();

  return {
    refresh,
    select(id) {
      selected = id;
      for (const [call, { button }] of rows) button.setAttribute("aria-current", String(call === id));
    },
  };
}
