import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testPort } from '../../test/support/ports.ts';
import { createTemporal } from './client.ts';

describe('a client of Temporal', () => {
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);
  beforeEach(() => void process.on('uncaughtException', note));
  afterEach(() => void process.off('uncaughtException', note));

  it.each([
    ['an idle', 0],
    ['a busy', 300],
  ])(
    'that is closed on %s machine while a call waits to be tried again throws nothing out of a timer',
    async (_, ms) => {
      const address = `127.0.0.1:${await testPort('nothing')}`;
      const temporal = createTemporal({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' });
      const call = temporal.client.connection.workflowService.getSystemInfo({}).then(
        () => 'answered',
        () => 'failed',
      );
      await sleep(400);
      for (const until = Date.now() + ms; Date.now() < until;);
      await temporal.close();
      expect(await call).toBe('failed');
      await sleep(1_500);
      expect(thrown).toEqual([]);
    },
  );
});
