// The web API: JSON in and out, and failures in words an agent can act on.

let leaving = false;
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export class Failure extends Error {
  /** `status` 0: the server was not reached. `body` is what it said, when that was JSON. */
  constructor(status, message, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

const WORDS = {
  0: "서버에 연결하지 못했습니다. 네트워크를 확인한 뒤 다시 시도해 주세요.",
  400: "보낸 내용에 잘못된 것이 있습니다.",
  401: "로그인 시간이 지났습니다. 다시 로그인해 주세요.",
  403: "이 작업을 할 권한이 없습니다.",
  404: "찾는 항목이 없습니다.",
  409: "이미 처리되었거나 상태가 바뀌었습니다. 화면을 새로 고친 뒤 확인해 주세요.",
  413: "파일이나 글이 너무 큽니다.",
  422: "보낸 내용에 잘못된 것이 있습니다.",
  429: "요청이 너무 잦습니다. 잠시 뒤 다시 시도해 주세요.",
  503: "저장소나 검색이 응답하지 않습니다. 잠시 뒤 다시 시도해 주세요.",
  notReady: "먼저 해야 할 일이 남아 있습니다. 상담 지식이 게시되어 있는지 관리자에게 확인해 주세요.",
};

/** The server's own sentence when it is Korean, else ours for that status. */
function words(status, body) {
  const said = [body?.message, body?.detail, body?.error].find((text) => typeof text === "string");
  if (said && /[가-힣]/.test(said)) return said;
  if (["NotReady", "NothingPublished", "IndexMismatch"].includes(body?.error)) return WORDS.notReady;
  return WORDS[status] ?? "처리하지 못했습니다. 잠시 뒤 다시 시도해 주세요.";
}

async function ask(method, path, { json, form, background } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = token;
  if (background) headers["X-Background"] = "1";
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: json === undefined ? form : JSON.stringify(json), credentials: "same-origin" });
  } catch {
    throw new Failure(0, WORDS[0]);
  }
  const body = await response.json().catch(() => null);
  if (response.status === 401 && !leaving) {
    leaving = true; // asked once: somebody with unsaved words may choose to stay
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  if (!response.ok) throw new Failure(response.status, words(response.status, body), body);
  return body;
}

/** `query`: empty values are left out. `background`: asked by a timer, which does not keep anybody signed in. */
export function get(path, query = {}, { background = false } = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(wanted).toString();
  return ask("GET", search ? `${path}?${search}` : path, { background });
}

export const post = (path, json = {}) => ask("POST", path, { json });

export const upload = (path, form) => ask("POST", path, { form });
