import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Stores a decision. A decider has one on a gate. */
export async function insertDecision(
  tx: Tx,
  decision: {
    workspaceId: string;
    gateId: string;
    decider: { kind: 'member' | 'apiKey'; id: string };
    outcome: string;
    comment: string | null;
    form: JsonObject | null;
    via: 'api' | 'mail';
  },
): Promise<void> {
  await kysely(tx)
    .insertInto('gate_vote')
    .values({
      workspace_id: decision.workspaceId,
      gate_id: decision.gateId,
      voter_kind: decision.decider.kind,
      voter_id: decision.decider.id,
      outcome: decision.outcome,
      comment: decision.comment,
      form: decision.form === null ? null : JSON.stringify(decision.form),
      via: decision.via,
    })
    .execute();
}
