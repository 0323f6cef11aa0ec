import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Tx } from '../core/workspace.ts';

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
