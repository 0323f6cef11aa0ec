import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { freePort } from '../../local/ports.ts';
import { startPostgres } from '../../local/postgres/server.ts';
import { ensureWorkspace } from '../../platform/db/access/provisioning.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { roleUrl } from '../../platform/db/core/role-logins.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { newToken } from '../../platform/tokens.ts';
import { fill } from './lists/fill.ts';
import { looksAt } from './lists/looks.ts';
import { measure, type Measured } from './lists/measure.ts';
import { placesOf, sizesOf } from './lists/places.ts';

const { values: given } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, only: { type: 'string', default: '' } },
});
const runs = Number(given.runs);
/** Wanted of every list, count and search. */
const wantedMs = 100;

const home = join(fileURLToPath(new URL('../../..', import.meta.url)), '.throughline/test/bench-lists');
mkdirSync(home, { recursive: true });
const server = await startPostgres({ home, port: await freePort(28_400), log: join(home, 'postgres.log') });
try {
  const settings = { DATABASE_URL: server.adminUrl, THROUGHLINE_KEY: newToken() };
  await prepareDatabase(settings);
  const owner = createDb(settings, 'tl_owner', 1);
  const workspaceId = await ensureWorkspace(owner, { slug: 'bench', name: 'Bench' });
  await owner.destroy();
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await fill(admin, { workspaceId, runs }, (what) => console.log(`  ${what}`));
  const places = await placesOf(admin, workspaceId);
  const bytes = await sizesOf(admin, runs);
  await admin.end();

  const app = createDb(settings, 'tl_app', 1);
  const measured: Measured[] = [];
  const of = { workspaceId, appUrl: roleUrl(settings, 'tl_app') };
  for (const look of looksAt(places).filter(({ name }) => name.includes(given.only))) {
    const one = await measure(app, look, of);
    measured.push(one);
    console.log(
      `${one.p95 > wantedMs ? '!' : ' '} ${one.name.padEnd(44)}${one.least.toFixed(1).padStart(9)}${one.p50.toFixed(1).padStart(9)}${one.p95.toFixed(1).padStart(9)}  ${one.plan}`,
    );
  }
  await app.destroy();
  for (const { table, each } of bytes) console.log(`  ${table.padEnd(44)}${each.toFixed(0).padStart(9)} bytes a run`);
  const slow = measured.filter(({ p95 }) => p95 > wantedMs).map(({ name, p95 }) => [name, Math.round(p95)]);
  console.log(
    JSON.stringify({ bench: 'lists', runs, looks: measured.length, wantedMs, slow: Object.fromEntries(slow) }),
  );
} finally {
  await server.stop();
  rmSync(server.data, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}
