import type { ArgumentsHost } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../../platform/log.ts';
import { AppError } from './app-error.ts';
import { ProblemFilter } from './problem.filter.ts';

type Line = { level: string; code?: unknown; ip?: unknown; actorId?: unknown };

const token = 'the-token-of-a-mailed-link';
const lines: Line[] = [];
const noting = (level: string) => (entry: object) => lines.push({ level, ...entry });
const log = { error: noting('error'), warn: noting('warn'), debug: noting('debug') } as unknown as Logger;

/** Puts an error through the filter, as it comes of a request in this state. @returns the status of the answer; null: none was sent */
function statusOf(thrown: unknown, raw: object = { destroyed: false, errored: null, complete: true }): number | null {
  let status: number | null = null;
  const reply = {
    sent: false,
    raw: { headersSent: false, destroy: () => undefined },
    header: () => reply,
    status: (given: number) => ((status = given), reply),
    send: () => reply,
  };
  const request = {
    id: 'r1',
    method: 'POST',
    url: `/reset-password/${token}`,
    ip: '203.0.113.5',
    headers: {},
    routeOptions: { url: '/reset-password/:token' },
    principal: { workspaceId: 'w1', actor: { kind: 'member', id: 'm1' } },
    raw,
  };
  const http = { getRequest: () => request, getResponse: () => reply };
  new ProblemFilter(log).catch(thrown, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return status;
}

const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

describe('what the filter writes down (security 14)', () => {
  beforeEach(() => void lines.splice(0));

  it.each([
    [401, 'auth.required'],
    [403, 'gate.separationOfDuties'],
    [429, 'session.throttled'],
    [400, 'payment.bad_signature'],
  ])('a refusal with %i, by whom and from where', (status, code) => {
    expect(statusOf(new AppError(status, code))).toBe(status);
    expect(lines).toMatchObject([{ level: 'warn', code, ip: '203.0.113.5', actorId: 'm1', workspaceId: 'w1' }]);
  });

  it.each([401, 403, 429, 500, 503])(
    'no token of a link, whatever the answer: %i (natlas 139, Node 3951)',
    (status) => {
      statusOf(new AppError(status, 'some.code'));
      expect(lines).toHaveLength(1);
      expect(JSON.stringify(lines)).toContain('/reset-password/:token');
      expect(JSON.stringify(lines)).not.toContain(token);
    },
  );

  it('nothing of a request that is only wrong', () => {
    expect(statusOf(new AppError(422, 'request.invalid'))).toBe(422);
    expect(lines).toEqual([]);
  });

  it('no fault of ours where the caller broke off', () => {
    expect(statusOf(aborted, { destroyed: true, errored: aborted, complete: false })).toBeNull();
    expect(lines).toMatchObject([{ level: 'debug' }]);
  });

  it('a database that is shutting down', () => {
    expect(statusOf(Object.assign(new Error('terminating connection'), { code: '57P01' }))).toBe(503);
    expect(lines).toMatchObject([{ level: 'error', code: 'database.unavailable' }]);
  });
});
