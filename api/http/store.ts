import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { Principal } from './caller/principal.ts';

/** The transaction of a request that carries an idempotency key. */
const ambient = new AsyncLocalStorage<{ workspaceId: string; tx: Tx; later: (() => Promise<void>)[] }>();

/**
 * What a service uses to reach Postgres. One instance is injected everywhere; `app` is there for what has no workspace yet
 * (sign-in, links) and for readiness.
 */
export class Store {
  constructor(readonly app: Db) {}

  /**
   * Runs `work` in one transaction that sees the caller's workspace alone, and commits. In a request with an idempotency
   * key all calls share one transaction, which commits when the answer is known; so do not catch an SQL error and go on.
   * Keep it short (≤ 2 s): a long transaction stalls the change feed. No call to another service inside.
   */
  inWorkspace<T>(caller: Pick<Principal, 'workspaceId'>, work: (tx: Tx) => Promise<T>): Promise<T> {
    const current = ambient.getStore();
    if (current && current.workspaceId === caller.workspaceId) return work(current.tx);
    return inWorkspace(this.app, caller.workspaceId, work);
  }

  /** Whether what the caller does now is part of one transaction that is open. */
  isInTransaction({ workspaceId }: Pick<Principal, 'workspaceId'>): boolean {
    return ambient.getStore()?.workspaceId === workspaceId;
  }

  /** Runs `work` in a transaction of its own once what the caller has done until now is committed: where it fails, that stays. */
  async afterwards(
    { workspaceId }: Pick<Principal, 'workspaceId'>,
    { work, failed }: { work: (tx: Tx) => Promise<void>; failed: (error: unknown) => void },
  ): Promise<void> {
    const run = () => inWorkspace(this.app, workspaceId, work).catch(failed);
    const current = ambient.getStore();
    if (current) current.later.push(run);
    else await run();
  }

  /** Opens the one transaction that every `inWorkspace` inside `work` takes part in. */
  async oneTransaction<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const later: (() => Promise<void>)[] = [];
    const result = await inWorkspace(this.app, workspaceId, (tx) =>
      ambient.run({ workspaceId, tx, later }, () => work(tx)),
    );
    for (const run of later) await run();
    return result;
  }
}
