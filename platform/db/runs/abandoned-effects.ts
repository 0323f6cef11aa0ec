import { sql } from 'kysely';
import { passEnded } from '../core/retention.ts';
import type { Db } from '../core/pool.ts';

/** Longer than an attempt may hold an effect after its run has ended: by then its sender has said how it ended, or is gone. */
const settling = sql`interval '15 minutes'`;

/**
 * Ends the effects that a run left open when it ended, for instance because their worker died and Temporal tries the activity of an ended
 * workflow no more. What had not left is `suppressed`; whether what was handed over has arrived is `unknown`, until its sender says so or a
 * person does. The effects of a failed run stay as they are: it can be taken up where it failed. `db` is the system role's.
 * @returns how many ended runs it went through
 */
export async function endAbandonedEffects(db: Db): Promise<number> {
  return passEnded(
    db,
    'effects_ended',
    sql`status <> 'failed' and ended_at < now() - ${settling}`,
    sql`update effect e set
      state = case when e.state = 'handedOff' then 'unknown' else 'suppressed' end,
      error = case when e.state = 'handedOff'
        then '{"code": "effect.noReply", "message": "the run ended before the reply"}'::jsonb
        else '{"code": "effect.suppressed", "message": "the run has ended"}'::jsonb end,
      settled_at = now(), rev = e.rev + 1
      from past where e.workspace_id = past.workspace_id and e.run_id = past.id
        and e.state in ('planned', 'claimed', 'handedOff', 'deferred')`,
  );
}
