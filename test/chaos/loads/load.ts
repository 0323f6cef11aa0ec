import type { RunKindName } from '../../../contracts/runs/run-kinds.schema.ts';
import type { Client } from '../../../sdk/client/client.ts';
import type { House } from '../../support/house.ts';

/**
 * Work that goes on while parts of the house are killed. `start` begins it before the first kill; `act` does once what people and
 * other systems would do now and says whether all has ended; `check` expects of the end what must be true of it and says it in figures.
 */
export type Load = { name: string; start(): Promise<void>; act(): Promise<boolean>; check(): Promise<string> };

/** What every load has: the house, and a client and its key that may do everything. `count` is how much of the work there is. */
export type LoadParts = { house: House; client: Client; key: string; count: number };

/** Approves what waits for a person, as `kind` of run alone or one run. What fails is approved the next time. */
export async function approve(client: Client, runs: { kind: RunKindName } | { runId: string }): Promise<void> {
  const { items } = await client.gates.list({ ...runs, status: 'open', limit: 200 });
  for (const gate of items) {
    const decision = { outcome: 'approve', round: gate.round, expectedHash: gate.contentHash };
    await client.gates.decide(gate.id, decision).catch(() => undefined);
  }
}
