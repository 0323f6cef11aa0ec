import type { Role, Scope } from '../../contracts/access/access.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { createOperatorKey, ensureMember } from '../../platform/db/access/provisioning.ts';
import { openSession } from '../../platform/db/access/sessions.ts';
import { hashToken, newToken } from '../../platform/tokens.ts';
import type { TestDatabase } from './database.ts';

/** A caller of the API, with what provisions it in one workspace. */
export type Caller = {
  /** Sends one request; `body` is JSON. */
  call(request: TestCall): Promise<Answer>;
  /** Makes a key in a workspace (the database's own unless given). */
  key(scopes: Scope[], workspaceId?: string): Promise<string>;
  /** Makes a member with roles and signs them in; send `cookie` with a call. */
  member(roles: Role[], workspaceId?: string): Promise<{ memberId: string; email: string; cookie: string }>;
};

/** A request: with a key, a cookie (sent as a browser on our own page would), or neither. */
export type TestCall = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PATCH';
  url: string;
  key?: string;
  cookie?: string;
  body?: unknown;
  headers?: Record<string, string>;
  raw?: string | Buffer;
};

/** Headers of an answer by their lower-case names; one that came more than once is a list. */
export type AnswerHeaders = Record<string, string | string[] | undefined>;

/** An answer with its JSON, if it is some. */
export type Answer = { status: number; headers: AnswerHeaders; text: string; json: Record<string, unknown> };

/** A request as it goes out. */
export type SentCall = {
  method: NonNullable<TestCall['method']>;
  url: string;
  headers: Record<string, string>;
  payload?: string | Buffer;
};

/** Makes a caller over whatever carries its requests; `owner` is opened as `tl_owner`. */
export function createCaller(
  database: TestDatabase,
  owner: Db,
  send: (request: SentCall) => Promise<Omit<Answer, 'json'>>,
): Caller {
  return {
    call: (request) => call(send, request),
    key: (scopes, workspaceId = database.workspaceId) =>
      createOperatorKey(owner, { workspaceId, name: 'test', scopes: [...scopes] }),
    async member(roles, workspaceId = database.workspaceId) {
      const email = `${newToken().slice(0, 10).toLowerCase()}@example.test`;
      const memberId = await ensureMember(owner, { workspaceId, email, name: `Test ${roles.join(' ')}`, roles });
      const token = newToken();
      const expiresAt = new Date(Date.now() + 3_600_000);
      await openSession(database.app, { tokenHash: hashToken(token), workspaceId, memberId, expiresAt });
      return { memberId, email, cookie: `tl=${token}` };
    },
  };
}

async function call(send: (request: SentCall) => Promise<Omit<Answer, 'json'>>, request: TestCall): Promise<Answer> {
  const headers: Record<string, string> = { ...request.headers };
  if (request.key) headers['authorization'] ??= `Bearer ${request.key}`;
  if (request.cookie) {
    headers['cookie'] ??= request.cookie;
    headers['sec-fetch-site'] ??= 'same-origin';
  }
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  const payload = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const answer = await send({
    method: request.method ?? 'GET',
    url: request.url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  const isJson = String(answer.headers['content-type'] ?? '').includes('json') && answer.text !== '';
  return { ...answer, json: isJson ? (JSON.parse(answer.text) as Record<string, unknown>) : {} };
}
