import { takeGatesToMail, type GateToMail } from '../../platform/db/gates/gate-mails.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';

/** What the gate mails need; `db` is the system role's, `mailGate` sends the mails of one gate. */
export type GateMailDeps = { db: Db; mailGate(gate: GateToMail): Promise<void>; log: Logger };

/** Gates of one pass: few enough that their mails, one after the other, end before they are due again. */
const gatesAPass = 10;

/**
 * One pass over the gates that were opened since: mails each to those who may decide it. A gate whose mails fail is taken again
 * later and holds up no other.
 * @returns how many gates it took
 */
export async function mailGatesOnce(deps: GateMailDeps): Promise<number> {
  const gates = await takeGatesToMail(deps.db, gatesAPass);
  await Promise.all(
    gates.map((gate) =>
      deps.mailGate(gate).catch((error: unknown) => {
        deps.log.warn({ gateId: gate.gateId, err: error }, 'The mails of a gate are tried again');
      }),
    ),
  );
  return gates.length;
}
