import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { testPort } from '../../test/support/ports.ts';
import { isListening, isPortFree } from '../ports.ts';
import { startPostgres, type PostgresServer } from './server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(root, '.throughline/test/pg-'));
const log = join(home, 'postgres.log');
let data = '';

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
});

async function start(): Promise<PostgresServer> {
  const server = await startPostgres({ home, port: await testPort('postgres'), log });
  data = server.data;
  return server;
}

async function query(server: PostgresServer, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process of its own that starts the server and then waits, to be killed. */
async function startElsewhere(port: number): Promise<{ kill(): Promise<void> }> {
  const code = `
    import { startPostgres } from ${JSON.stringify(join(root, 'local/postgres/server.ts'))};
    await startPostgres(${JSON.stringify({ home, port, log })});
    console.log('started');
    setInterval(() => undefined, 1000);`;
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(launcher.stdout, 'data');
  return {
    async kill() {
      launcher.kill('SIGKILL');
      await once(launcher, 'exit');
    },
  };
}

describe('startPostgres', () => {
  it('keeps data and password over a stop and a start, and refuses a login without the password', async () => {
    const first = await start();
    await query(first, 'create table kept (id int)');
    await query(first, 'insert into kept values (7)');
    await first.stop();

    const second = await start();
    expect(await query(second, 'select id from kept')).toEqual([{ id: 7 }]);
    expect(await query(second, 'show fsync')).toEqual([{ fsync: 'on' }]);
    const anonymous = { ...second, adminUrl: second.adminUrl.replace(/:[^:@]*@/, '@') };
    await expect(query(anonymous, 'select 1')).rejects.toThrow(/password/);
    await second.stop();
  });

  it('leaves no server when its launcher is killed, and starts again on the same data', async () => {
    const port = await testPort('postgres');
    const launcher = await startElsewhere(port);
    expect(await isListening(port, 1_000)).toBe(true);
    await launcher.kill();
    await expect.poll(() => isPortFree(port)).toBe(true);

    const again = await start();
    expect(await query(again, 'select id from kept')).toEqual([{ id: 7 }]);
    await again.stop();
  });

  it('recovers from a kill of the server itself', async () => {
    const server = await start();
    await query(server, 'insert into kept values (8)');
    server.process.kill('SIGKILL');
    await server.process.exited;

    const again = await start();
    expect(await query(again, 'select id from kept order by id')).toEqual([{ id: 7 }, { id: 8 }]);
    await again.stop();
  });
});
