// Correcting what was heard, by keyboard, with the sound following.
import { announce } from "/static/server/announce.js";
import { get, post } from "/static/server/api.js";
import { ask, tell } from "/static/server/dialog.js";
import { button, h, one, options } from "/static/server/element.js";
import { clock, moment } from "/static/server/format.js";
import { keep, kept } from "/static/server/keep.js";
import { correctionTurn } from "./correction_turn.js";
import { player, speeds } from "./player.js";
import { CHANNELS } from "./vocabulary.js";

const AROUND = 0.15; // seconds played before and after a turn, so that no word loses its edge
const BACK = 2; // seconds

const callId = one("#main").dataset.call;
const base = `/api/calls/${encodeURIComponent(callId)}`;
const status = one("#status");
const failed = (error) => tell({ title: "처리하지 못했습니다", body: h("p", {}, error.message) });

let turns = []; // in order
let current = -1; // place in `turns`
let sound = null;
let reason = ""; // why the sound is heard without beeps; "" with them

const isOn = () => one("#keys-on").checked;
const byIndex = (index) => turns.findIndex(({ turn }) => turn.index === index);

// ---- sound

const stretch = ({ start, end, speaker }) => ({ start: Math.max(0, start - AROUND), end: end + AROUND, side: one("#side").value === "both" ? "both" : speaker });
const quietly = (played) => played?.catch((error) => announce(error.message));

function heard(seconds, playing) {
  one("#position").textContent = clock(seconds);
  one("#play").textContent = playing ? "멈추기" : "듣기";
  for (const made of turns) made.say(playing && seconds >= made.turn.start - AROUND && seconds <= made.turn.end + AROUND ? seconds : -1);
}

const playTurn = (turn, at) => sound && quietly(sound.play(stretch(turn), at));
const whole = () => ({ start: 0, end: Infinity, side: "both" });
const here = () => (current >= 0 ? stretch(turns[current].turn) : whole());

function showSound({ seconds }) {
  const query = (side) => new URLSearchParams({ channel: side, ...(reason && { reason }) });
  one("#player").hidden = false;
  one("#length").textContent = clock(seconds);
  sound = player(one("#sound"), (side) => `${base}/sound?${query(side)}`, heard);
  const speed = one("#speed");
  speed.append(...options(speeds, kept("speed") ?? 1));
  sound.setSpeed(Number(speed.value));
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  one("#side").addEventListener("change", () => sound.pause());
  one("#play").addEventListener("click", () => quietly(sound.toggle(here())));
  one("#back").addEventListener("click", () => quietly(sound.back(here(), BACK)));
}

function setSpeed(rate) {
  sound.setSpeed(rate);
  one("#speed").value = String(rate);
  keep("speed", rate);
  announce(`빠르기 ${rate}배`);
}

const why = (what) =>
  ask({
    title: `${what}을 열까요?`,
    body: [
      h("p", {}, "가리기 전의 말과 소리에는 개인정보가 들어 있습니다. 누가 언제 왜 열었는지 감사 기록에 남습니다."),
      h("label", { class: "field" }, h("span", { class: "field-label" }, "여는 까닭 (두 글자 이상)"), h("input", { class: "krds-input small", name: "reason", required: true, minlength: "2", maxlength: "500", autocomplete: "off" })),
    ],
    yes: "기록을 남기고 열기",
  });

function offerWithoutBeeps() {
  const open = button("‘삐’ 소리 없이 듣기", "tertiary", async () => {
    const answer = await why("개인정보가 든 소리");
    if (!answer) return;
    reason = answer.reason;
    sound.renew();
    one("#beeps").replaceChildren("개인정보가 그대로 들립니다. 들은 기록이 남습니다.");
  });
  one("#beeps").append(" ", open);
}

// ---- turns

function edit(place, { play = one("#follow").checked } = {}) {
  if (place < 0 || place >= turns.length) return announce(place < 0 ? "첫 발화입니다." : "마지막 발화입니다.");
  if (current >= 0 && current !== place) turns[current].close();
  current = place;
  turns[place].open();
  turns[place].item.scrollIntoView({ block: "nearest" });
  if (play) playTurn(turns[place].turn);
}

async function save(index) {
  const place = byIndex(index);
  const made = turns[place];
  const { turn } = made;
  if (turn.version > 0 && !made.isChanged()) return edit(place + 1);
  try {
    const now = await post(`${base}/transcript/${index}`, { seen: turn.version, text: made.typed(), mark: made.mark() });
    made.renew(now);
    progress();
    announce(`#${index + 1} 저장했습니다.`);
    if (place + 1 < turns.length) edit(place + 1);
    else made.field()?.focus();
  } catch (error) {
    if (error.status === 409 && (await takeNewer(made))) return;
    await failed(error);
    made.field()?.focus();
  }
}

/** Somebody else was first: show their text beside what is typed here. */
async function takeNewer(made) {
  const { turns: now } = await get(`${base}/transcript`);
  const newer = now.find(({ index }) => index === made.turn.index);
  if (!newer || newer.version === made.turn.version) return false;
  made.renew(newer, { kept: true });
  progress();
  made.field()?.focus();
  return true;
}

async function read(index) {
  const answer = await why("원문");
  const made = turns[byIndex(index)];
  if (!answer) return made.field()?.focus();
  try {
    made.openOriginal((await post(`${base}/transcript/${index}/original`, { reason: answer.reason })).text);
    announce("원문을 표시했습니다.");
  } catch (error) {
    await failed(error);
  }
}

function progress() {
  const done = turns.filter(({ turn }) => turn.version > 0).length;
  const unsaved = turns.filter((made) => made.isChanged()).length;
  one("#progress-text").textContent = `발화 ${turns.length}개 가운데 ${done}개를 고쳤습니다.${unsaved ? ` 저장하지 않은 발화 ${unsaved}개.` : ""}`;
  one("#progress").value = turns.length ? done / turns.length : 0;
}

// ---- keys

const TYPING = { Tab: () => quietly(sound?.toggle(here())), "Shift+Tab": () => quietly(sound?.back(here(), BACK)), Enter: () => save(turns[current].turn.index) };
const ANYWHERE = {
  "Alt+ArrowDown": () => edit(current + 1),
  "Alt+ArrowUp": () => edit(current - 1),
  "Alt+Period": () => sound && (sound.step(1), setSpeed(sound.speed())),
  "Alt+Comma": () => sound && (sound.step(-1), setSpeed(sound.speed())),
};
const MARKS = { "Alt+KeyZ": 0, "Alt+KeyX": 1, "Alt+KeyC": 2 };

function pressed(event, marks) {
  if (event.isComposing || event.ctrlKey || event.metaKey || !isOn() || document.querySelector("dialog[open]")) return;
  const name = `${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code.replace("NumpadEnter", "Enter")}`;
  const inField = current >= 0 && event.target === turns[current].field();
  if (inField && name === "Escape") return turns[current].item.focus();
  let action = ANYWHERE[name] ?? (inField && TYPING[name]);
  if (current >= 0 && name in MARKS) {
    action = () => {
      const mark = turns[current].toggleMark(marks[MARKS[name]]);
      announce(mark ? `학습에 쓰지 않음: ${mark}` : "표시를 지웠습니다.");
    };
  }
  if (!action || (event.repeat && name !== "Shift+Tab")) return;
  event.preventDefault();
  action();
}

const showKeys = () => one(".key-list").classList.toggle("off", !isOn());
one("#keys-on").checked = kept("correction-keys") !== "off";
one("#keys-on").addEventListener("change", () => {
  keep("correction-keys", isOn() ? "on" : "off");
  showKeys();
});
showKeys();
if (matchMedia("(max-width: 1023px)").matches) one(".keys-panel").open = false;

addEventListener("beforeunload", (event) => {
  if (turns.some((made) => made.isChanged())) event.preventDefault();
});

try {
  const { call, turns: kept, marks, sound: keptSound, may_read_originals: mayRead } = await get(`${base}/transcript`);
  status.textContent = `${moment(call.started_at)}에 시작한 ${CHANNELS[call.channel] ?? call.channel} 상담입니다. 상담사: ${call.agent}`;
  const act = { play: playTurn, edit: (index) => edit(byIndex(index)), save, changed: progress, read: mayRead && read };
  turns = kept.map((turn) => correctionTurn(turn, marks, act));
  one("#turns").append(...turns.map(({ item }) => item));
  one("#turns-empty").hidden = turns.length > 0;
  one("#correction").hidden = false;
  one("#no-sound").hidden = Boolean(keptSound);
  if (keptSound) {
    showSound(keptSound);
    if (mayRead) offerWithoutBeeps();
  }
  progress();
  document.addEventListener("keydown", (event) => pressed(event, marks));
} catch (error) {
  status.textContent = error.message;
}
