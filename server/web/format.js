// Times, dates and numbers as agents read them.

const two = (number) => String(number).padStart(2, "0");

/** Seconds as 03:05, or 1:03:05. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** A length for reading: 3분 5초. */
export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const minutes = Math.floor(whole / 60);
  return minutes ? `${minutes}분 ${whole % 60}초` : `${whole}초`;
}

const MOMENT = new Intl.DateTimeFormat("ko-KR", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul",
});

/** An ISO moment in Seoul: 2025-03-14 16:05. */
export function moment(iso) {
  const when = new Date(iso ?? "");
  if (Number.isNaN(when.getTime())) return "";
  const part = Object.fromEntries(MOMENT.formatToParts(when).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

/** How fresh an entry is, in colour and in words: up to 180 days, up to 365, older or unknown. */
export function freshness(confirmedOn, now = Date.now()) {
  const when = Date.parse(confirmedOn ?? "");
  if (Number.isNaN(when)) return { tone: "danger", text: "최종확인일 없음" };
  const days = Math.floor((now - when) / 86_400_000);
  if (days <= 180) return { tone: "success", text: `최종확인 ${confirmedOn} · 최신` };
  if (days <= 365) return { tone: "warning", text: `최종확인 ${confirmedOn} · 재확인 권장` };
  return { tone: "danger", text: `최종확인 ${confirmedOn} · 오래됨` };
}
