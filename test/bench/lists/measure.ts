import pg from 'pg';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import { askedBy } from '../statements/statements-of.ts';
import type { Look } from './looks.ts';

/** How long one look takes, in milliseconds (`least`: where nothing else was in its way), and how Postgres finds what it asks for last. */
export type Measured = { name: string; least: number; p50: number; p95: number; plan: string };

/** Postgres plans a prepared statement for its values five times before it may keep a plan. */
const warmUps = 6;
const rounds = 20;
/** One that takes this long is looked at less often. */
const slowMs = 500;

/** Measures one look as a request does it: a transaction of its own under row-level security. Null: it was ended for taking too long. */
export async function measure(db: Db, look: Look, of: { workspaceId: string; appUrl: string }): Promise<Measured> {
  const once = async (): Promise<number> => {
    const begun = performance.now();
    await inWorkspace(db, of.workspaceId, (tx) => look.ask(tx));
    return performance.now() - begun;
  };
  try {
    const first = await once();
    const count = first > slowMs ? 2 : rounds;
    for (let index = 1; index < Math.min(warmUps, count); index += 1) await once();
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) times.push(await once());
    times.sort((a, b) => a - b);
    const at = (part: number): number => times[Math.max(0, Math.ceil(part * times.length) - 1)] ?? NaN;
    return { name: look.name, least: at(0), p50: at(0.5), p95: at(0.95), plan: await planOf(db, look, of) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { name: look.name, least: Infinity, p50: Infinity, p95: Infinity, plan: error.message };
  }
}

/** The parts of its slowest statement's plan that read tables, those that took longest first. */
async function planOf(db: Db, look: Look, { workspaceId, appUrl }: { workspaceId: string; appUrl: string }) {
  const statements = await askedBy(() => inWorkspace(db, workspaceId, (tx) => look.ask(tx)));
  const client = new pg.Client({ connectionString: appUrl });
  await client.connect();
  try {
    await client.query(`select set_config('app.workspace', $1, false)`, [workspaceId]);
    const plans: Node[] = [];
    for (const { text, values } of statements.filter((statement) => /^\s*(select|with|\()/i.test(statement.text))) {
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
        `explain (analyze, buffers off, format json) ${text}`,
        values,
      );
      for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) plans.push(Plan);
    }
    const slowest = plans.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
    return slowest === undefined ? '' : wordsOf(slowest);
  } finally {
    await client.end();
  }
}

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Total Time': number;
  'Actual Loops': number;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
};

const timeOf = (node: Node): number => node['Actual Total Time'] * node['Actual Loops'];

function scansOf(node: Node): Node[] {
  const below = (node.Plans ?? []).flatMap(scansOf);
  return node['Relation Name'] === undefined && node['Index Name'] === undefined ? below : [node, ...below];
}

function wordsOf(plan: Node): string {
  const scans = scansOf(plan).toSorted((a, b) => timeOf(b) - timeOf(a));
  const words = scans.slice(0, 2).map((scan) => {
    const rows = (scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0)) * scan['Actual Loops'];
    return `${scan['Node Type']} ${scan['Index Name'] ?? scan['Relation Name']} (${Math.round(rows)} rows)`;
  });
  return words.length === 0 ? plan['Node Type'] : words.join('; ');
}
