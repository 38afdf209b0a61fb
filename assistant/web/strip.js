// The bottom strip: how long the call lasts and which step the abuse rules allow. Nothing here acts by itself.
import { h, one } from "/static/server/element.js";
import { clock } from "/static/server/format.js";
import { STEPS } from "./vocabulary.js";

const ORDER = ["none", ...STEPS.map(([step]) => step)];

/** What the agent reads aloud at each step. */
export const WORDS_TO_READ = {
  none: "고객님, 원활한 상담을 위해 정중한 말씀을 부탁드립니다.",
  note: "고객님, 원활한 상담을 위해 정중한 말씀을 부탁드립니다.",
  warn: "고객님, 지금과 같은 욕설이나 폭언을 계속하시면 상담을 이어 가기 어렵습니다. 계속될 경우 통화가 종료될 수 있음을 알려 드립니다.",
  warn_again: "고객님, 다시 한번 말씀드립니다. 욕설이나 폭언이 이어지면 상담을 종료하겠습니다. 필요하신 내용을 차분히 말씀해 주시기 바랍니다.",
  may_end: "여러 차례 안내해 드렸으나 욕설이나 폭언이 계속되어 상담을 종료하겠습니다. 양해 부탁드립니다.",
};

export function strip() {
  const timer = one("#timer");
  const text = one("#step-text");
  const lamps = STEPS.map(([step, name]) => h("li", { class: `lamp ${step}` }, name));
  one("#lamps").append(...lamps);
  let started = null;
  let ended = null;
  let step = "none";

  const tick = () => {
    timer.textContent = started === null ? "00:00" : clock(((ended ?? Date.now()) - started) / 1000);
  };
  setInterval(tick, 500);

  function light(next, words = "") {
    if (ORDER.indexOf(next) < ORDER.indexOf(step)) return; // a call's step never goes back
    step = next;
    lamps.forEach((lamp, place) => {
      lamp.classList.toggle("on", place < ORDER.indexOf(step));
      if (place === ORDER.indexOf(step) - 1) lamp.setAttribute("aria-current", "step");
      else lamp.removeAttribute("aria-current");
    });
    text.textContent = words;
  }

  return {
    light,
    step: () => step,
    seconds: () => (started === null ? 0 : (Date.now() - started) / 1000),
    show(call) {
      step = "none";
      light("none");
      started = call ? Date.parse(call.started_at) : null;
      ended = call?.ended_at ? Date.parse(call.ended_at) : null;
      tick();
    },
    end(at) {
      ended = Date.parse(at);
      tick();
    },
  };
}
