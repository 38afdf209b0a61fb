// The sound of one call: plays a stretch, stops at its end, and says where it is. Only what is played is fetched.

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** `address(side)` is the sound's address for "both", "citizen" or "agent". `told(seconds, playing)` is called while it plays and on every change. */
export function player(audio, address, told) {
  let side = null;
  let stretch = { start: 0, end: Infinity };

  const tell = () => told(audio.currentTime, !audio.paused);

  function watch() {
    if (audio.paused) return;
    if (audio.currentTime >= stretch.end) {
      audio.pause();
      audio.currentTime = stretch.end;
    }
    tell();
    requestAnimationFrame(watch);
  }
  audio.addEventListener("play", watch);
  for (const event of ["pause", "seeked", "ended"]) audio.addEventListener(event, tell);
  // A tab in the background draws no frames.
  audio.addEventListener("timeupdate", () => document.hidden && !audio.paused && audio.currentTime >= stretch.end && audio.pause());

  /** Point the element at a side's sound, keeping its place. */
  async function listenTo(wanted) {
    if (wanted === side) return;
    side = wanted;
    const { currentTime, playbackRate } = audio;
    audio.src = address(wanted);
    await new Promise((resolve, reject) => {
      audio.addEventListener("loadedmetadata", resolve, { once: true });
      audio.addEventListener("error", () => reject(new Error("소리를 불러오지 못했습니다.")), { once: true });
    });
    audio.currentTime = currentTime;
    audio.playbackRate = playbackRate;
  }

  async function go(at) {
    audio.currentTime = Math.max(0, at);
    // Pausing while it begins to play rejects the promise, and is no fault.
    await audio.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  /** Play from `at` (its start when left out) to the end of the stretch. */
  async function play({ start, end, side: wanted = "both" }, at = start) {
    stretch = { start, end };
    await listenTo(wanted);
    await go(at);
  }

  /** Play the stretch on, from its start when it is over or another one was heard; pause when it plays. */
  async function toggle(wanted) {
    if (!audio.paused) return audio.pause();
    const same = wanted.start === stretch.start && wanted.end === stretch.end;
    const within = same && audio.currentTime > wanted.start && audio.currentTime < wanted.end - 0.05;
    await play(wanted, within ? audio.currentTime : wanted.start);
  }

  /** Go back some seconds, at most to the start of the stretch, and play. */
  async function back(wanted, seconds) {
    await play(wanted, Math.max(wanted.start, Math.min(audio.currentTime, wanted.end) - seconds));
  }

  const speed = () => audio.playbackRate;
  function setSpeed(rate) {
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
  }
  const step = (by) => setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(speed()) + by))]);

  /** Another sound under the same address: with or without beeps. */
  function renew() {
    audio.pause();
    side = null;
  }

  return { play, toggle, back, pause: () => audio.pause(), speed, setSpeed, step, renew, listenTo };
}

export const speeds = SPEEDS.map((rate) => [rate, rate === 1 ? "보통" : `${rate}배`]);
