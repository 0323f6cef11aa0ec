import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, it } from 'vitest';
import { testPort } from '../../test/support/ports.ts';
import { findTemporal } from './binary.ts';
import { startTemporal, type TemporalServer } from './server.ts';

const home = mkdtempSync(join(tmpdir(), 'tl-temporal-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function start(folder = home): Promise<TemporalServer> {
  const program = await findTemporal(fileURLToPath(new URL('../../.throughline', import.meta.url)), () => undefined);
  return startTemporal({ program, home: folder, port: await testPort('temporal'), log: join(home, 'temporal.log') });
}

/**
 * The namespace with which `start-dev` of CLI 1.5.1 was left: a run under way, and one that has ended. Its timers are taken out: from a
 * day after the recording on, they would have the server delete the run that has ended.
 */
const recorded = fileURLToPath(new URL('../../test/support/temporal-1.5.1.db.gz', import.meta.url));

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

  it('goes on with what the server of CLI 1.5.1 has left', async () => {
    const older = join(home, 'older');
    mkdirSync(older);
    writeFileSync(join(older, 'temporal.db'), gunzipSync(readFileSync(recorded)));
    const server = await start(older);
    await withClient(server, async (client) => {
      const [kept, closed] = [client.workflow.getHandle('kept'), client.workflow.getHandle('closed')];
      expect([(await kept.describe()).status.name, (await closed.describe()).status.name]).toEqual([
        'RUNNING',
        'TERMINATED',
      ]);
      expect((await closed.fetchHistory()).events).toHaveLength(3);
      expect(await client.workflow.count("tlKind = 'journey'")).toMatchObject({ count: 2 });
      await kept.signal('ring');
      expect((await kept.fetchHistory()).events).toHaveLength(3);
      await client.workflow.start('journeyWorkflow', { taskQueue: 'nobody', workflowId: 'new' });
    });
    await server.stop();
  });
});
