import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, Response } from 'light-my-request';
import { createApi } from '../../api/api.ts';
import type { Role, Scope } from '../../contracts/access.ts';
import { type Config, readConfig } from '../../platform/config.ts';
import { createDb, type Db } from '../../platform/db/pool.ts';
import { createOperatorKey, ensureMember } from '../../platform/db/provisioning.ts';
import { openSession } from '../../platform/db/sessions.ts';
import { createLogger } from '../../platform/log.ts';
import { createTemporal } from '../../platform/temporal/client.ts';
import { hashToken, newToken } from '../../platform/tokens.ts';
import type { TestDatabase } from './database.ts';

/** The API over a test database, called without a socket. */
export type TestApi = {
  app: NestFastifyApplication;
  config: Config;
  /** Opened as `tl_owner`, for provisioning. */
  owner: Db;
  /** Sends one request; `body` is JSON. */
  call(request: TestCall): Promise<Answer>;
  /** Makes a key in a workspace (the database's own unless given). */
  key(scopes: Scope[], workspaceId?: string): Promise<string>;
  /** Makes a member with roles and signs them in; send `cookie` with a call. */
  member(roles: Role[], workspaceId?: string): Promise<{ memberId: string; email: string; cookie: string }>;
  stop(): Promise<void>;
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

/** An answer with its JSON, if it is some. */
export type Answer = { status: number; headers: Response['headers']; text: string; json: Record<string, unknown> };

/** Starts the API in this process over `database`. */
export async function createTestApi(database: TestDatabase, overrides: Partial<Config> = {}): Promise<TestApi> {
  const config: Config = { ...readConfig({ ...database.config, LOG_LEVEL: 'silent' }), ...overrides };
  const temporal = createTemporal({
    TEMPORAL_ADDRESS: process.env['TL_TEST_TEMPORAL_ADDRESS'] ?? config.TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: 'default',
  });
  const log = createLogger({ name: 'api', level: process.env['TL_TEST_LOG'] ?? 'silent' });
  const app = await createApi({ config, log, app: database.app, system: database.system, temporal });
  const owner = createDb(database.config, 'tl_owner', 1);
  return {
    app,
    config,
    owner,
    call: (request) => call(app, request),
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
    async stop() {
      await app.close();
      await Promise.all([owner.destroy(), temporal.close()]);
    },
  };
}

async function call(app: NestFastifyApplication, request: TestCall): Promise<Answer> {
  const headers: Record<string, string> = { ...request.headers };
  if (request.key) headers['authorization'] ??= `Bearer ${request.key}`;
  if (request.cookie) {
    headers['cookie'] ??= request.cookie;
    headers['sec-fetch-site'] ??= 'same-origin';
  }
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  const payload = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const options: InjectOptions = {
    method: request.method ?? 'GET',
    url: request.url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  };
  const response = await app.inject(options);
  const isJson = String(response.headers['content-type'] ?? '').includes('json') && response.body !== '';
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json: isJson ? (JSON.parse(response.body) as Record<string, unknown>) : {},
  };
}
