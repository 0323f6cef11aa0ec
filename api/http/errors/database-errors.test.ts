import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { ConnectionLost } from '../../../platform/db/core/lost-connection.ts';
import { fromDatabase } from './database-errors.ts';

const ofServer = (code: string): Error => Object.assign(new pg.DatabaseError('x', 0, 'error'), { code });

describe('an error of the database', () => {
  it.each([
    ['a server that is shutting down', ofServer('57P01'), 503, 'database.unavailable'],
    ['a full disk', ofServer('53100'), 503, 'database.unavailable'],
    ['a lock that is not had', ofServer('55P03'), 503, 'database.busy'],
    ['a broken text', ofServer('22021'), 422, 'value.unusable'],
    [
      'D8: a connection that was lost',
      new ConnectionLost(new Error('not queryable'), false),
      503,
      'database.unavailable',
    ],
    [
      'D8: one lost during the commit',
      new ConnectionLost(new Error('terminated'), true),
      503,
      'database.outcomeUnknown',
    ],
  ])('%s', (_, error, status, code) => {
    const found = fromDatabase(error);
    expect(found).toMatchObject({ status, code });
    expect(found?.options.retryAfterSeconds !== undefined).toBe(status === 503);
  });

  it('is none of a file or of a program', () => {
    expect(fromDatabase(Object.assign(new Error('no such file'), { code: 'ENOENT' }))).toBeUndefined();
    expect(fromDatabase(new TypeError('x is not a function'))).toBeUndefined();
  });
});
