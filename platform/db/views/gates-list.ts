import { type RawBuilder, sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { nobodyIsNamed, othersDecide } from '../gates/assignees.ts';
import { type GateRow, heldByPause } from '../gates/gates.ts';
import { aboutRun } from './runs/runs-list.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A gate with its run's kind and title, and whom and what the run is about. */
export type GateWithRun = GateRow & {
  run_title: string;
  run_kind: string;
  external_id: string | null;
  contact_name: string | null;
  subject: Record<string, unknown> | null;
  /** A pause of the run holds the deadline. */
  is_held: boolean;
  /** Nobody is there whom the gate names, so that it is the admins'. */
  is_left: boolean;
  /** Another member than who asked for it may decide: who did may not. */
  do_others_decide: boolean;
  /** The definition of the journey's version that the run goes by, one object for all gates of a version; null for other runs. */
  definition: JsonObject | null;
};

/**
 * Whose gates: those assigned to one of the roles, or to the member; for a member who is an admin, also those that name nobody who is there. Not
 * those that they, or who made the key (`requesterId`), have asked for and others decide.
 */
export type Mine = { roles: readonly string[]; memberId: string | null; requesterId: string | null };

/** What comes first: the newest, the next to be due (then those that wait longest), the last to be decided. */
export type GateSort = 'newest' | 'due' | 'decided';

/** Which gates a list shows; `mine` keeps those assigned to a member's roles or to the member. */
export type GateFilter = {
  workspaceId: string;
  status: string | null;
  kind: string | null;
  mine: Mine | null;
  runId: string | null;
  sort: GateSort;
  before: string | null;
  limit: number;
};

/** A page of gates in their order, behind the gate `before`; one more than `limit` shows that there is a next page. */
export async function listGates(tx: Tx, filter: GateFilter): Promise<GateWithRun[]> {
  const { workspaceId, status, kind, mine, runId, sort, before, limit } = filter;
  const { key, sign, direction } = orders[sort];
  const conditions = [sql`g.workspace_id = ${workspaceId}`];
  if (status !== null) conditions.push(sql`g.status = ${status}`);
  if (kind !== null) conditions.push(sql`r.kind = ${kind}`);
  if (runId !== null) conditions.push(sql`g.run_id = ${runId}`);
  if (sort === 'decided') conditions.push(sql`g.decided_at is not null`);
  // The place of a gate is looked up, since a cursor would cut its instant to milliseconds.
  if (before !== null)
    conditions.push(
      sort === 'newest'
        ? sql`g.id < ${before}`
        : sql`(${key}, g.id) ${sign} (select ${key}, g.id from gate g where g.workspace_id = ${workspaceId} and g.id = ${before})`,
    );
  if (mine !== null) conditions.push(isMine(mine));
  return gates(
    tx,
    sql`${sql.join(conditions, sql` and `)} order by ${sql.join(sort === 'newest' ? [sql`g.id desc`] : [sql`${key} ${direction}`, sql`g.id ${direction}`])} limit ${sql.lit(limit + 1)}`,
  );
}

/** The orders with an index each. */
const orders = {
  newest: { key: sql`g.id`, sign: sql`<`, direction: sql`desc` },
  due: { key: sql`coalesce(g.due_at, 'infinity')`, sign: sql`>`, direction: sql`asc` },
  decided: { key: sql`g.decided_at`, sign: sql`<`, direction: sql`desc` },
};

/** One gate; undefined where the workspace has none with that id. */
export async function findGate(tx: Tx, workspaceId: string, id: string): Promise<GateWithRun | undefined> {
  const [row] = await gates(tx, sql`g.workspace_id = ${workspaceId} and g.id = ${id}`);
  return row;
}

/** How many gates are open, and how many of them are `mine`. */
export async function countGates(tx: Tx, workspaceId: string, mine: Mine): Promise<{ open: number; mine: number }> {
  const { rows } = await sql<{ open: number; mine: number }>`
    select count(*)::int as open, count(*) filter (where ${isMine(mine)})::int as mine
    from gate g where g.workspace_id = ${workspaceId} and g.status = 'open'`.execute(kysely(tx));
  return rows[0] ?? { open: 0, mine: 0 };
}

/** The condition that the gate `g` is theirs to decide. */
export function isMine({ roles, memberId, requesterId }: Mine) {
  const left = memberId !== null && roles.includes('admin') ? isLeftGate : sql`false`;
  return sql<boolean>`((g.assignee_kind = 'role' and g.assignee_id = any(${[...roles]}::text[])
    or g.assignee_kind = 'member' and g.assignee_id = ${memberId} or ${left})
    and (g.requested_by is distinct from ${requesterId}::uuid or not ${isOthers}))`;
}

const named = { workspaceId: sql`g.workspace_id`, kind: sql`g.assignee_kind`, id: sql`g.assignee_id` };
const isLeftGate = nobodyIsNamed(named);
const isOthers = othersDecide({ ...named, requestedBy: sql`g.requested_by` });

async function gates(tx: Tx, where: RawBuilder<unknown>): Promise<GateWithRun[]> {
  const { rows } = await sql<Omit<GateWithRun, 'definition'> & { version_id: string | null }>`
    select g.*, r.title as run_title, r.kind as run_kind, ${aboutRun},
      (select ${heldByPause} from gate join run on run.workspace_id = gate.workspace_id and run.id = gate.run_id
        where gate.workspace_id = g.workspace_id and gate.id = g.id) as is_held, ${isLeftGate} as is_left, ${isOthers} as do_others_decide,
      (select version_id from journey_run jr where jr.workspace_id = g.workspace_id and jr.run_id = g.run_id) as version_id
    from gate g join run r on r.workspace_id = g.workspace_id and r.id = g.run_id
    where ${where}`.execute(kysely(tx));
  const definitions = await definitionsOf(tx, [...new Set(rows.flatMap(({ version_id }) => version_id ?? []))]);
  return rows.map(({ version_id, ...row }) => ({ ...row, definition: definitions.get(version_id ?? '') ?? null }));
}

/** The definitions of versions by their ids: a page of gates has few, and each may be long. */
async function definitionsOf(tx: Tx, versionIds: string[]): Promise<Map<string, JsonObject>> {
  if (versionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; definition: JsonObject }>`
    select id, definition from journey_version where id = any(${versionIds}::uuid[])`.execute(kysely(tx));
  return new Map(rows.map(({ id, definition }) => [id, definition]));
}

/** A decision with the name of who made it. */
export type DecisionRow = {
  gateId: string;
  deciderKind: 'member' | 'apiKey';
  deciderId: string;
  name: string;
  outcome: string;
  comment: string | null;
  form: JsonObject;
  via: 'api' | 'mail';
  at: Date;
};

/** The decisions on gates, oldest first. */
export async function decisionsOf(tx: Tx, workspaceId: string, gateIds: string[]): Promise<DecisionRow[]> {
  if (gateIds.length === 0) return [];
  const { rows } = await sql<DecisionRow>`
    select v.gate_id as "gateId", v.voter_kind as "deciderKind", v.voter_id as "deciderId",
      coalesce(m.name, k.name, 'a former member') as name, v.outcome, v.comment, coalesce(v.form, '{}') as form, v.via, v.at
    from gate_vote v
    left join member m on v.voter_kind = 'member' and m.workspace_id = v.workspace_id and m.id = v.voter_id
    left join api_key k on v.voter_kind = 'apiKey' and k.workspace_id = v.workspace_id and k.id = v.voter_id
    where v.workspace_id = ${workspaceId} and v.gate_id = any(${gateIds}::uuid[]) order by v.at, v.voter_id`.execute(
    kysely(tx),
  );
  return rows;
}
