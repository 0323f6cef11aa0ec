import { setTimeout as sleep } from 'node:timers/promises';

/** What the API answered where that was a refusal. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Any JSON object that the API answers; the demo reads few of its members. */
export type Answer = Record<string, unknown>;

/** The API with one key. */
export type Api = {
  get(path: string): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  /** Sends a form with files. */
  form(path: string, form: FormData): Promise<Answer>;
  /** The bytes of an answer. */
  bytes(path: string): Promise<Buffer>;
};

/** Talks to the API with `key`. Refusals throw `ApiRefusal` with the problem's own words. */
export function createApi(baseUrl: string, key: string): Api {
  const call = async (method: string, path: string, body?: string | FormData): Promise<Response> => {
    const json = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const init = {
      method,
      headers: { authorization: `Bearer ${key}`, ...json },
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(`${baseUrl}${path}`, init);
    if (response.ok) return response;
    throw new ApiRefusal(response.status, `${method} ${path}: ${response.status} ${await response.text()}`);
  };
  const json = async (method: string, path: string, body?: string | FormData): Promise<Answer> =>
    (await (await call(method, path, body)).json()) as Answer;
  return {
    get: (path) => json('GET', path),
    put: (path, body) => json('PUT', path, JSON.stringify(body)),
    post: (path, body) => json('POST', path, JSON.stringify(body)),
    form: (path, form) => json('POST', path, form),
    bytes: async (path) => Buffer.from(await (await call('GET', path)).arrayBuffer()),
  };
}

/** The items of a list answer. */
export function itemsOf(answer: Answer): Answer[] {
  return answer['items'] as Answer[];
}

/** Looks every 300 ms until `look` gives something. @throws Error after `withinMs` */
export async function until<T>(what: string, look: () => Promise<T | null>, withinMs: number): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${Math.round(withinMs / 1_000)} s`);
    await sleep(300);
  }
}
