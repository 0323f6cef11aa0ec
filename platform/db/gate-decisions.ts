import { sql } from 'kysely';
import type { JsonObject } from '../../contracts/machine.ts';
import type { GateRow } from './gates.ts';
import type { Tx } from './workspace.ts';

/** A gate with the title of its run and the external id of whom the run is about, null where it is about nobody. */
export type GateWithRun = GateRow & { run_title: string; contact: string | null };

/** Which gates a list shows; `mine` keeps those assigned to a member's roles or to the member. */
export type GateFilter = {
  workspaceId: string;
  status: string | null;
  mine: { roles: readonly string[]; memberId: string | null } | null;
  runId: string | null;
  before: string | null;
  limit: number;
};

/** A page of gates, newest first, below `before`; one more than `limit` tells that there is a next page. */
export async function listGates(tx: Tx, filter: GateFilter): Promise<GateWithRun[]> {
  let query = gates(tx).where('gate.workspace_id', '=', filter.workspaceId);
  if (filter.status !== null) query = query.where('gate.status', '=', filter.status);
  if (filter.runId !== null) query = query.where('gate.run_id', '=', filter.runId);
  if (filter.before !== null) query = query.where('gate.id', '<', filter.before);
  if (filter.mine !== null) {
    const { roles, memberId } = filter.mine;
    query = query.where(
      sql<boolean>`(gate.assignee_kind = 'role' and gate.assignee_id = any(${[...roles]}::text[])
        or gate.assignee_kind = 'member' and gate.assignee_id = ${memberId})`,
    );
  }
  return query
    .orderBy('gate.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
}

/** One gate; undefined where the workspace has none with that id. */
export async function findGate(tx: Tx, workspaceId: string, id: string): Promise<GateWithRun | undefined> {
  return gates(tx).where('gate.workspace_id', '=', workspaceId).where('gate.id', '=', id).executeTakeFirst();
}

function gates(tx: Tx) {
  return tx
    .selectFrom('gate')
    .innerJoin('run', (join) =>
      join.onRef('run.workspace_id', '=', 'gate.workspace_id').onRef('run.id', '=', 'gate.run_id'),
    )
    .leftJoin('contact', (join) =>
      join.onRef('contact.workspace_id', '=', 'run.workspace_id').onRef('contact.id', '=', 'run.contact_id'),
    )
    .selectAll('gate')
    .select(['run.title as run_title', 'contact.external_id as contact']);
}

/** A decision with the name of who made it. */
export type VoteRow = {
  gateId: string;
  voterKind: 'member' | 'apiKey';
  voterId: string;
  name: string;
  outcome: string;
  comment: string | null;
  via: 'api' | 'mail';
  at: Date;
};

/** The decisions on gates, oldest first. */
export async function votesOf(tx: Tx, workspaceId: string, gateIds: string[]): Promise<VoteRow[]> {
  if (gateIds.length === 0) return [];
  const { rows } = await sql<VoteRow>`
    select v.gate_id as "gateId", v.voter_kind as "voterKind", v.voter_id as "voterId",
      coalesce(m.name, k.name, 'a former member') as name, v.outcome, v.comment, v.via, v.at
    from gate_vote v
    left join member m on v.voter_kind = 'member' and m.workspace_id = v.workspace_id and m.id = v.voter_id
    left join api_key k on v.voter_kind = 'apiKey' and k.workspace_id = v.workspace_id and k.id = v.voter_id
    where v.workspace_id = ${workspaceId} and v.gate_id = any(${gateIds}::uuid[]) order by v.at, v.voter_id`.execute(
    tx,
  );
  return rows;
}

/** Notes a decision. A voter has one on a gate. */
export async function insertVote(
  tx: Tx,
  vote: {
    workspaceId: string;
    gateId: string;
    voter: { kind: 'member' | 'apiKey'; id: string };
    outcome: string;
    comment: string | null;
    form: JsonObject | null;
    via: 'api' | 'mail';
  },
): Promise<void> {
  await tx
    .insertInto('gate_vote')
    .values({
      workspace_id: vote.workspaceId,
      gate_id: vote.gateId,
      voter_kind: vote.voter.kind,
      voter_id: vote.voter.id,
      outcome: vote.outcome,
      comment: vote.comment,
      form: vote.form === null ? null : JSON.stringify(vote.form),
      via: vote.via,
    })
    .execute();
}
