// The agent's screen: joins the list, the transcript, the suggestions, the wrap-up and the strip around one call.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { ask, tell } from "/static/server/dialog.js";
import { badge, h, one } from "/static/server/element.js";
import { alertCard } from "./alerts.js";
import { bulletins } from "./bulletins.js";
import { callList } from "./call_list.js";
import { composer } from "./composer.js";
import { shortcuts } from "./keys.js";
import { follow } from "./live.js";
import { microphone } from "./microphone.js";
import { strip, WORDS_TO_READ } from "./strip.js";
import { suggestions } from "./suggestions.js";
import { tablist } from "./tabs.js";
import { finder, transcript } from "./transcript.js";
import { CHANNELS } from "./vocabulary.js";
import { wrapup } from "./wrapup.js";

const NO_CALL = "상담을 열면 민원인의 질문에 맞는 표준 답변이 여기에 나타납니다.";
const LISTENING = "민원인의 질문을 기다리고 있습니다. 질문이 나오면 표준 답변을 찾아 드립니다.";
const NOT_YET = "통화가 끝나면 상담이력 초안이 여기에 나타납니다.";

const ENDING = ["warning-words", "emergency-end", "end-call"]; // buttons of a live call

let call = null; // the open call, as the server describes it
let stop = () => {}; // stops following it
let opening = 0; // the latest wish wins when two calls are clicked quickly

// --- what is said to the agent -------------------------------------------------------------

const banner = one("#connection");
let fading;
function say(text, tone = "info", milliseconds = 0) {
  clearTimeout(fading);
  banner.textContent = text;
  banner.className = `connection ${tone}`;
  banner.hidden = !text;
  if (milliseconds) fading = setTimeout(() => say(""), milliseconds);
}
const failed = (error) => {
  if (!(error instanceof Error) || error.status === undefined) throw error;
  say(error.message, "danger", 8000);
  announce(error.message);
};

// --- the parts -----------------------------------------------------------------------------

const turns = transcript({
  list: one("#turns"),
  scroll: one("#transcript-scroll"),
  empty: one("#turns-empty"),
  newer: one("#newer"),
  reveal: async (index) => {
    try {
      return (await post(`/api/calls/${call.id}/turns/${index}/reveal`)).text;
    } catch (error) {
      failed(error);
      return null;
    }
  },
});
const find = finder(one("#turns"));
const bar = strip();
const record = wrapup({ point: turns.point, failed, saved: () => list.refresh() });
const helper = suggestions({ call: () => call?.id ?? null, failed, asked: turns.point, used: record.refer });
const list = callList({ open, failed });
const typing = composer({ call: () => call?.id ?? null, next: turns.next, seconds: bar.seconds, failed });
const mic = microphone({ call: () => call?.id ?? null, say });
const tab = tablist();
bulletins({ root: one("#bulletins"), failed });

// --- events of the open call ---------------------------------------------------------------

const HEARING = {
  heard(event) {
    turns.hear(event);
  },
  suggested({ suggestion, actions }, live) {
    helper.suggest(suggestion, actions);
    if (!live) return;
    announce(suggestion.hits.length ? `추천 답변 ${suggestion.hits.length}건. 첫째: ${suggestion.hits[0].question}` : "맞는 답변을 찾지 못했습니다.");
  },
  flagged({ flag }, live) {
    turns.mark(flag.turn, "danger", `악성 표현: ${flag.labels.join(", ")}`, true);
    bar.light(flag.step, flag.step_text);
    if (live) announce(`악성 표현 감지. ${flag.step_text ?? ""}`);
  },
  alerted(event, live) {
    if (one(`#alerts [data-urgency="${CSS.escape(event.urgency)}"]`)) return;
    one("#alerts").prepend(alertCard(event, turns.point));
    turns.mark(event.turn, "danger", event.title);
    if (live) announce(`위기 신호. ${event.title}. ${event.lines.join(". ")}`);
  },
  district({ district }) {
    call.district = district;
    facts();
    helper.district(district);
  },
  ended({ at }, live) {
    if (call.stage === "live" && live) say("");
    call.stage = "ended";
    call.ended_at = at;
    bar.end(at);
    controls();
    record.begin(call.id);
    if (!live) return;
    if (!helper.busy()) tab("wrapup"); // an answer being edited stays in view
    announce("통화가 끝났습니다. 상담이력 초안을 쓰고 있습니다.");
    list.refresh();
  },
  drafted() {
    call.stage = "drafted";
    record.ready(call.id);
    list.refresh();
  },
  listening(event) {
    mic.listening(event);
  },
  notice({ level, text }) {
    say(text, level === "warn" ? "warning" : "info", 12_000);
    announce(text);
  },
};
const hear = (event, live = true) => HEARING[event.type]?.(event, live);

function facts() {
  one("#call-facts").replaceChildren(
    ...(call
      ? [badge("gray", CHANNELS[call.channel] ?? call.channel), call.district && badge("primary", call.district), call.is_sample && badge("information", "체험 상담"), h("span", { class: "call-id" }, call.id)].filter(Boolean)
      : []),
  );
}

function controls() {
  const live = call?.stage === "live";
  for (const id of ENDING) one(`#${id}`).disabled = !live;
  typing.show(live);
  mic.show(live);
}

// --- opening, starting, ending -------------------------------------------------------------

const leave = async () =>
  !record.dirty() ||
  (await ask({ title: "저장하지 않은 내용이 있습니다", body: h("p", {}, "상담이력에서 고친 내용이 저장되지 않았습니다. 이 상담을 떠나면 고친 내용이 사라집니다."), yes: "저장하지 않고 떠나기", no: "계속 작성", tone: "danger" })) !== false;

async function open(id) {
  if (id !== call?.id && !(await leave())) return;
  await load(id);
}

async function load(id) {
  const wish = ++opening;
  let snapshot;
  try {
    snapshot = await get(`/api/calls/${encodeURIComponent(id)}`);
  } catch (error) {
    failed(error);
    return;
  }
  if (wish !== opening) return;
  stop();
  const again = call?.id === id;
  call = snapshot.call;
  if (!again) {
    one("#find-text").value = "";
    history.replaceState(null, "", `/desk?call=${encodeURIComponent(id)}`);
  }
  turns.clear();
  find.clear();
  one("#alerts").replaceChildren();
  bar.show(call);
  facts();
  controls();
  list.select(id);
  one("#turns-empty").textContent = "아직 발화가 없습니다.";
  if (!again || !helper.busy()) {
    helper.clear(LISTENING);
    helper.district(call.district);
  }
  for (const event of [...snapshot.turns, ...snapshot.suggestions, ...snapshot.flags, ...snapshot.alerts]) hear(event, false);
  turns.toEnd();
  if (snapshot.wrap_up) {
    if (!again || !record.dirty()) record.open(id, snapshot.wrap_up, snapshot.confirmed);
  } else if (call.stage === "live") record.clear(NOT_YET);
  else record.begin(id);
  if (!again) tab(call.stage === "live" ? "suggest" : "wrapup");
  if (call.stage === "confirmed") return;
  stop = follow(id, snapshot.last_event, {
    hear,
    reload: () => load(id),
    connection(state) {
      if (state === "lost") say("연결이 끊겼습니다. 다시 연결하고 있습니다… 통화와 기록은 계속됩니다.", "warning");
      else say("다시 연결되었습니다.", "success", 3000);
      announce(banner.textContent);
    },
  });
}

one("#start-call").addEventListener("click", async () => {
  if (!(await leave())) return;
  try {
    const { id } = await post("/api/calls", { channel: "phone" });
    await load(id);
    await list.refresh();
    typing.open();
  } catch (error) {
    failed(error);
  }
});

async function end(emergency = false) {
  for (const id of ENDING) one(`#${id}`).disabled = true;
  say("통화를 끝내고 있습니다…");
  try {
    await post(`/api/calls/${call.id}/end`, { emergency });
  } catch (error) {
    controls();
    failed(error);
  }
}

one("#end-call").addEventListener("click", async () => {
  const sure = await ask({ title: "통화를 끝낼까요?", body: h("p", {}, "통화를 끝내면 상담이력 초안을 만듭니다."), yes: "통화 종료" });
  if (sure) await end();
});

one("#emergency-end").addEventListener("click", async () => {
  const sure = await ask({
    title: "긴급종료할까요?",
    body: [h("p", {}, "아래 문구를 읽어 드린 뒤 종료해 주세요. 종료는 상담사가 정하며, 프로그램이 스스로 끊지 않습니다."), h("p", { class: "to-read" }, WORDS_TO_READ.may_end)],
    yes: "읽었고, 종료합니다",
    tone: "danger",
  });
  if (sure) await end(true);
});

one("#warning-words").addEventListener("click", () =>
  tell({ title: "민원인에게 읽어 드릴 문구", body: h("p", { class: "to-read" }, WORDS_TO_READ[bar.step()]), yes: "읽었습니다" }),
);

// --- keys, leaving, beginning --------------------------------------------------------------

const whileSuggesting = (work) => () => !one("#panel-suggest").hidden && work();
shortcuts(one("#shortcuts-on"), one("#shortcuts-list"), {
  Digit1: whileSuggesting(() => helper.accept(0)),
  Digit2: whileSuggesting(() => helper.accept(1)),
  Digit3: whileSuggesting(() => helper.accept(2)),
  KeyE: whileSuggesting(helper.edit),
  KeyX: whileSuggesting(helper.dismiss),
  KeyR: whileSuggesting(helper.report),
  Slash: () => helper.focusSearch(),
});
one("#search").addEventListener("submit", () => tab("suggest"));

addEventListener("beforeunload", (event) => {
  if (record.dirty()) event.preventDefault();
});

helper.clear(NO_CALL);
record.clear(NOT_YET);
const asked = new URLSearchParams(location.search).get("call");
if (asked) load(asked);
