import { sql } from 'kysely';
import type { HashedAddress } from '../contacts/suppression.ts';
import { kysely } from '../core/kysely.ts';
import type { Reading } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import type { RunToAct } from '../runs/turns.ts';

/** The version of a journey that lets each person in once, and whom it has let in. */
export type EnteredOnce = { versionId: string; contactId: string };

/** By which such version a run was begun; null for any other run. */
export function enteredOnce(run: RunToAct): Reading<EnteredOnce | null> {
  return {
    query: sql`
      select v.id as "versionId", r.contact_id as "contactId" from journey_run r
      join journey_version v on v.workspace_id = r.workspace_id and v.id = r.version_id
      where r.workspace_id = ${run.workspaceId} and r.run_id = ${run.runId} and v.definition ->> 'reentry' = 'once'`,
    from: ([row]) => (row as EnteredOnce | undefined) ?? null,
  };
}

/** A run that is about to mail an address from a step. */
export type Mailing = { runId: string; step: string; entered: EnteredOnce | null; address: HashedAddress };

/**
 * Takes addresses for the mails that runs of one workspace send from one step each. A version of a journey that is entered `once` mails an address from a step for
 * one contact alone, so that contacts that share the address get its mail once; in other journeys each run has its own reason to write, as
 * another run of the same contact has, after one that failed. An address whose run sent nothing from the step, since it was refused or left
 * out, is free again. Called again by the same run it gives the same. Of several that want one address the first has it.
 * @returns whether each may mail its address, in the order of `all`
 */
export async function takeAddresses(tx: Tx, workspaceId: string, all: readonly Mailing[]): Promise<boolean[]> {
  const once = all.flatMap(({ entered, address, ...mailing }) =>
    entered ? [{ ...mailing, ...entered, hash: address.hash, hashes: address.hashes }] : [],
  );
  if (once.length === 0) return all.map(() => true);
  const nameOf = (of: { versionId: string; step: string; hash: string }): string =>
    `${of.versionId} ${of.hash} ${of.step}`;
  const firsts = [...new Map(once.toReversed().map((mailing) => [nameOf(mailing), mailing])).values()];
  const wanted = sql`unnest(${firsts.map(({ versionId }) => versionId)}::uuid[], ${firsts.map(({ step }) => step)}::text[],
    ${firsts.map(({ hash }) => hash)}::text[], ${firsts.map(({ runId }) => runId)}::uuid[]) as w(version_id, step, hash, run_id)`;
  await sql`
    insert into mailed_address (workspace_id, version_id, step, address_hash, run_id)
    select ${workspaceId}::uuid, version_id, step, hash, run_id from ${wanted} order by version_id, step, hash
    on conflict (workspace_id, version_id, step, address_hash) do update set run_id = mailed_address.run_id`.execute(
    kysely(tx),
  );
  // Only a statement that begins once the rows are locked sees what runs that claimed them at the same instant have written.
  await sql`update mailed_address set run_id = w.run_id from ${wanted} where mailed_address.workspace_id = ${workspaceId}
    and mailed_address.version_id = w.version_id and mailed_address.step = w.step and mailed_address.address_hash = w.hash
    and mailed_address.run_id <> w.run_id and not ${hasMailed(workspaceId)}`.execute(kysely(tx));
  const asked = once.flatMap(({ hashes, ...mailing }) => hashes.map((hash) => ({ ...mailing, hash })));
  const { rows } = await sql<{ runId: string; step: string }>`
    select w.run_id as "runId", w.step from unnest(${asked.map(({ versionId }) => versionId)}::uuid[], ${asked.map(({ step }) => step)}::text[],
      ${asked.map(({ hash }) => hash)}::text[], ${asked.map(({ runId }) => runId)}::uuid[], ${asked.map(({ contactId }) => contactId)}::uuid[])
      as w(version_id, step, hash, run_id, contact_id)
    join mailed_address on mailed_address.workspace_id = ${workspaceId} and mailed_address.version_id = w.version_id
      and mailed_address.step = w.step and mailed_address.address_hash = w.hash
    where ${hasMailed(workspaceId)} and exists (
      select from journey_run r where r.workspace_id = ${workspaceId} and r.run_id = mailed_address.run_id and r.contact_id <> w.contact_id offset 0)`.execute(
    kysely(tx),
  );
  const taken = new Set(rows.map(({ runId, step }) => `${runId} ${step}`));
  return all.map(({ runId, step }) => !taken.has(`${runId} ${step}`));
}

/** Whether the run of the row has a mail from the step that was sent or may be yet; asked of the one row, and never of all mails of the step. */
function hasMailed(workspaceId: string) {
  return sql`exists (select from effect e where e.workspace_id = ${workspaceId} and e.run_id = mailed_address.run_id
    and e.step = mailed_address.step and e.kind = 'email' and e.state not in ('suppressed', 'rejected') offset 0)`;
}

/** A mail that has gone to the person already: by the step and the visit that wrote it. */
export type WrittenMail = { step: string; visit: number };

/** What runs have mailed, or may have, that were ended for this one when their contacts were joined: what had not left by then never will. */
export function mailedForJoined(run: RunToAct): Reading<WrittenMail[]> {
  return {
    query: sql`
      select e.step, e.visit from journey_run r join effect e on e.workspace_id = r.workspace_id and e.run_id = r.run_id and e.kind = 'email'
        and e.state not in ('suppressed', 'rejected')
      where r.workspace_id = ${run.workspaceId} and r.merged_into = ${run.runId}`,
    from: (rows) => rows as WrittenMail[],
  };
}
