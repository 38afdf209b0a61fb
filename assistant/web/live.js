// A call's events over SSE. The browser reconnects by itself; where it gives up, we do.

const LONGEST = 15_000; // milliseconds between attempts

/**
 * Follow a call from the event after `after`. `hear(event)` gets each event, and after a reconnect
 * may get one again; `reload()` must fetch the call anew (events were lost); `connection(state)` is
 * told "lost" and "back". Returns a function that stops.
 */
export function follow(callId, after, { hear, reload, connection }) {
  let source;
  let last = after;
  let lost = false;
  let wait = 1000;
  let timer;
  let stopped = false;

  const open = () => {
    source = new EventSource(`/api/calls/${encodeURIComponent(callId)}/events?after=${encodeURIComponent(last ?? "")}`);
    source.addEventListener("open", () => {
      wait = 1000;
      if (lost) connection("back");
      lost = false;
    });
    source.addEventListener("message", (message) => {
      if (message.lastEventId) last = message.lastEventId;
      const event = JSON.parse(message.data);
      if (event.type === "gap") reload();
      else hear(event);
    });
    source.addEventListener("error", () => {
      if (stopped) return;
      if (!lost) connection("lost");
      lost = true;
      if (source.readyState === EventSource.CLOSED) {
        // The server answered with an error: the browser will not try again.
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, LONGEST);
      }
    });
  };

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}
