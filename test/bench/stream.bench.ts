import pg from 'pg';
import { roleUrl } from '../../platform/db/core/role-logins.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { createOperatorKey } from '../../platform/db/access/provisioning.ts';
import { startTestStack } from '../support/stack.ts';
import { startProgram } from './http/program.ts';
import { prepareWorkspace } from './http/workspace.ts';
import { openViewer } from './stream/viewer.ts';

/** Open pages, and transitions a second: a busy morning of a team. */
const viewers = 50;
const perSecond = 200;
const roundMs = 15_000;
/** Some changes are still on their way when the last was committed. */
const settleMs = 3_000;

type Round = { name: string; p50: number; p95: number; lost: number; transitions: number };

const stack = await startTestStack();
const stops: (() => Promise<void>)[] = [() => stack.stop()];
try {
  const { settings } = await prepareWorkspace(stack.adminUrl);
  const owner = createDb(settings, 'tl_owner', 1);
  const { id: workspaceId } = await kysely(owner).selectFrom('workspace').select('id').executeTakeFirstOrThrow();
  // Each page is another person's: one person may have only so many streams open.
  const keys: string[] = [];
  for (let n = 0; n < viewers; n += 1)
    keys.push(await createOperatorKey(owner, { workspaceId, name: `page ${n}`, scopes: ['runs:read', 'gates:read'] }));
  await owner.destroy();
  const pool = new pg.Pool({ connectionString: roleUrl(settings, 'tl_system'), max: 8 });
  stops.push(() => pool.end());
  const { rows } = await pool.query<{ id: string }>('select id from run where ended_at is null order by id limit 500');
  const ids = rows.map(({ id }) => id);
  const rounds: Round[] = [];
  for (const { name, address, count } of [
    { name: 'one page', address: stack.temporalAddress, count: 1 },
    { name: `${viewers} pages`, address: stack.temporalAddress, count: viewers },
    { name: `${viewers} pages, Temporal away`, address: '127.0.0.1:9', count: viewers },
  ]) {
    const env = { ...settings, TEMPORAL_ADDRESS: address, API_RATE_PER_MINUTE: '1000000000' };
    const program = await startProgram('../../../api/main.js', 24_600, env);
    rounds.push(await round(name, program.origin, count));
    await program.stop();
  }
  for (const { name, p50, p95, lost, transitions } of rounds)
    console.log(
      `${name.padEnd(26)} lag p50 ${p50} ms, p95 ${p95} ms; ${lost} of ${transitions} changed runs unseen by a page`,
    );
  const [alone, together] = rounds;
  const ratio = alone && together ? Math.round((together.p95 / alone.p95) * 100) / 100 : null;
  console.log(JSON.stringify({ bench: 'stream', perSecond, rounds, p95Ratio: ratio }));

  /** Changes runs at an even pace while the pages look on. */
  async function round(name: string, origin: string, count: number): Promise<Round> {
    const commits = new Map<string, number>();
    const last = new Map<string, number>();
    const committed = (id: string, rev: number): number | undefined => commits.get(`${id} ${rev}`);
    const pages = await Promise.all(keys.slice(0, count).map((key) => openViewer(origin, key, committed)));
    const end = performance.now() + roundMs;
    const changing: Promise<void>[] = [];
    for (let n = 0; performance.now() < end; n += 1) {
      changing.push(change(ids[n % ids.length] ?? ''));
      await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond));
    }
    await Promise.all(changing);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    await Promise.all(pages.map((page) => page.close()));
    const lags = pages.flatMap((page) => page.lags).toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(lags[Math.floor(lags.length * share)] ?? Number.NaN);
    const unseen = pages.flatMap((page) => [...last].filter(([id, rev]) => (page.seen.get(id) ?? 0) < rev));
    return { name, p50: at(0.5), p95: at(0.95), lost: unseen.length, transitions: changing.length };

    async function change(id: string): Promise<void> {
      const { rows: changed } = await pool.query<{ rev: string }>(
        'update run set rev = rev + 1, updated_at = now() where id = $1 returning rev',
        [id],
      );
      const rev = Number(changed[0]?.rev);
      commits.set(`${id} ${rev}`, performance.now());
      last.set(id, Math.max(rev, last.get(id) ?? 0));
    }
  }
} finally {
  for (const stop of stops.reverse()) await stop();
}
