import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, it } from 'vitest';
import { testPort } from '../../test/support/ports.ts';
import { findTemporal } from './binary.ts';
import { startTemporal, type TemporalServer } from './server.ts';

const home = mkdtempSync(join(tmpdir(), 'tl-temporal-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function start(): Promise<TemporalServer> {
  const program = await findTemporal(fileURLToPath(new URL('../../.throughline', import.meta.url)), () => undefined);
  return startTemporal({ program, home, port: await testPort('temporal'), log: join(home, 'temporal.log') });
}

/** Does something with a client of the server. */
async function withClient<T>(server: TemporalServer, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

describe('startTemporal', () => {
  it('keeps histories for 30 days, and what it knew over a kill', async () => {
    const first = await start();
    await withClient(first, async (client) => {
      const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3_600);
      await client.workflow.start('anything', {
        taskQueue: 'nobody',
        workflowId: 'kept',
      });
    });
    first.process.kill('SIGKILL');
    await first.process.exited;

    const second = await start();
    await withClient(second, async (client) => {
      const { status } = await client.workflow.getHandle('kept').describe();
      expect(status.name).toBe('RUNNING');
      const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
        namespace: 'default',
      });
      expect(Object.keys(customAttributes ?? {})).toEqual(
        expect.arrayContaining(['tlDeployment', 'tlKind', 'tlWorkspace']),
      );
    });
    await second.stop();
  });
});
