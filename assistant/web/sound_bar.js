// The sound of a rehearsed call, played beside its live transcript: /desk?call=ID&sound=SAMPLE.
import { get } from "/static/server/api.js";
import { button, h } from "/static/server/element.js";

const wanted = new URLSearchParams(location.search);
const sample = wanted.get("sound");
const call = wanted.get("call");

/** Where the call is now, in seconds: the sound began with it. */
async function position() {
  const { call: known } = await get(`/api/calls/${encodeURIComponent(call)}`);
  return known.ended_at ? null : (Date.now() - Date.parse(known.started_at)) / 1000;
}

async function start(audio, bar) {
  const at = await position();
  if (at === null) {
    bar.remove();
    return;
  }
  audio.currentTime = Math.max(0, at);
  try {
    await audio.play();
  } catch {
    // The browser wants a gesture first; the button is one.
  }
}

if (sample && call) {
  const audio = h("audio", { src: `/api/demo/consultations/${encodeURIComponent(sample)}/sound`, preload: "auto" });
  const toggle = button("소리 끄기", "tertiary", () => (audio.paused ? start(audio, bar) : audio.pause()), {
    class: "krds-btn xsmall tertiary",
    "aria-pressed": "true",
  });
  const bar = h("p", { class: "sound-bar", role: "group", "aria-label": "체험 통화 소리" }, "체험 통화를 소리로 재생하고 있습니다. ", toggle, audio);
  const shown = () => {
    toggle.textContent = audio.paused ? "소리 켜기" : "소리 끄기";
    toggle.setAttribute("aria-pressed", String(!audio.paused));
  };
  for (const change of ["play", "pause"]) audio.addEventListener(change, shown);
  audio.addEventListener("ended", () => bar.remove());
  shown();
  document.querySelector("#connection")?.before(bar);
  start(audio, bar);
}
