// "마이크로 듣기": the browser's microphone as one speaker of the open call, and how its sound is being heard.
import { announce } from "/static/server/announce.js";
import { one } from "/static/server/element.js";

const RATE = 16_000; // samples a second, as the worklet makes them
const WAITING = 2 * RATE * 4; // bytes (four seconds) that may wait for a slow network; more is left out
const AGAIN = 1000; // milliseconds until a lost connection is opened anew
const ATTEMPTS = 25; // the server keeps the place for 30 seconds

const WHY = {
  NotAllowedError: "마이크 사용이 허용되지 않았습니다. 주소창의 자물쇠를 눌러 마이크를 허용해 주세요.",
  NotFoundError: "연결된 마이크가 없습니다. 마이크를 꽂고 다시 눌러 주세요.",
  NotReadableError: "다른 프로그램이 마이크를 쓰고 있습니다. 그 프로그램을 닫고 다시 눌러 주세요.",
};
const UNSAFE = "이 주소에서는 브라우저가 마이크를 열어 주지 않습니다. HTTPS 주소로 접속해 주세요.";
const ELSEWHERE = 4409; // close code: the call ended, or another window took over

/** `call()` is the open call's id or null; `say(text, tone, milliseconds)` tells the agent something. */
export function microphone({ call, say }) {
  const place = one("#hearing");
  const toggle = one("#microphone");
  const level = one("#microphone-level");
  const state = one("#hearing-state");
  const speakers = [...place.querySelectorAll("[name=microphone-speaker]")];
  let open = null; // {id, stream, context, socket, attempts}

  function shown() {
    toggle.textContent = open ? "마이크 끄기" : "마이크로 듣기";
    toggle.setAttribute("aria-pressed", String(Boolean(open)));
    toggle.classList.toggle("danger", Boolean(open));
    level.hidden = !open;
    for (const speaker of speakers) speaker.disabled = Boolean(open);
  }

  const tell = (text, tone = "warning") => {
    say(text, tone, 10_000);
    announce(text);
  };

  function connect(mine) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = new URLSearchParams({ channel: mine.speaker, encoding: "s16le", rate: String(RATE) });
    const socket = new WebSocket(`${scheme}//${location.host}/api/calls/${encodeURIComponent(mine.id)}/audio?${query}`);
    mine.socket = socket;
    let refused = "";
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "ready") mine.attempts = 0;
      if (message.type === "error") refused = message.message;
    });
    socket.addEventListener("close", ({ code }) => {
      if (open !== mine) return;
      if (code === ELSEWHERE) stop("이 통화의 소리를 더 듣지 않습니다. 통화가 끝났거나 다른 창에서 마이크를 켰습니다.");
      else if (code === 1000) stop();
      else if (refused) stop(`마이크 소리를 받지 않습니다: ${refused}`);
      else if (mine.attempts < ATTEMPTS) {
        mine.attempts += 1;
        setTimeout(() => open === mine && connect(mine), AGAIN);
      } else stop("마이크 소리를 보낼 수 없습니다. 네트워크를 확인하고 다시 눌러 주세요.");
    });
  }

  async function start() {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
      tell(UNSAFE);
      return;
    }
    toggle.disabled = true;
    let stream;
    let context;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      context = new AudioContext();
      await context.audioWorklet.addModule("/static/assistant/microphone_worklet.js");
      await context.resume();
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      context?.close();
      tell(WHY[error.name] ?? `마이크를 열 수 없습니다 (${error.name}).`);
      return;
    } finally {
      toggle.disabled = false;
    }
    if (!call()) {
      for (const track of stream.getTracks()) track.stop();
      context.close();
      return;
    }
    const mine = { id: call(), speaker: speakers.find((one) => one.checked).value, stream, context, attempts: 0 };
    open = mine;
    connect(mine);
    const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    node.port.addEventListener("message", ({ data: { block, peak } }) => {
      level.value = Math.max(peak, level.value * 0.8);
      const { socket } = mine;
      if (open === mine && socket.readyState === WebSocket.OPEN && socket.bufferedAmount < WAITING) socket.send(block);
    });
    node.port.start();
    context.createMediaStreamSource(stream).connect(node);
    stream.getAudioTracks()[0].addEventListener("ended", () => open === mine && stop("마이크가 빠졌습니다."));
    shown();
    announce("마이크로 듣고 있습니다.");
  }

  function stop(why = "") {
    if (!open) return;
    const { stream, context, socket } = open;
    open = null;
    for (const track of stream.getTracks()) track.stop();
    context.close();
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "end" }));
    else socket.close();
    level.value = 0;
    shown();
    if (why) tell(why);
    else announce("마이크를 껐습니다.");
  }

  toggle.addEventListener("click", () => (open ? stop() : start()));

  return {
    stop,
    /** Another call is open, or this one has ended. */
    show(live) {
      place.hidden = !live;
      if (open && (!live || open.id !== call())) stop();
      if (!live) this.listening({ active: false });
    },
    /** How the sound is being heard, as the server tells every second. */
    listening({ active, delay = 0, mixed = false, trouble = "" }) {
      state.textContent = active ? [`인식 지연 ${delay.toFixed(1)}초`, mixed && "화자 미구분", trouble].filter(Boolean).join(" · ") : "";
      state.classList.toggle("late", active && (Boolean(trouble) || delay > 2));
    },
  };
}
