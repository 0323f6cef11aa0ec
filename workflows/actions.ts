import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ActionFailure, OpenAction, RunRef } from '../contracts/core/engine.ts';
import { activityFor } from './activities.ts';

/**
 * The actions of one run that this execution has started. Each has a scope of its own, so that one is cancelled without the
 * others. A settled one stays known until it is no longer open: it is not started twice.
 */
export class Actions {
  private readonly started = new Map<string, { scope: CancellationScope; isSettled: boolean }>();
  private failures: ActionFailure[] = [];
  /** Whether an action settled since the last `match`. */
  hasSettled = false;
  private readonly run: RunRef;

  constructor(run: RunRef) {
    this.run = run;
  }

  /** How many are in flight. */
  get count(): number {
    return [...this.started.values()].filter((action) => !action.isSettled).length;
  }

  /** The final failures since the last call; the engine notes them once, by key. */
  takeFailures(): ActionFailure[] {
    const taken = this.failures;
    this.failures = [];
    this.hasSettled = false;
    return taken;
  }

  /** Cancels what is started and no longer open, and starts what is open and not started unless the execution is `draining`. */
  match(open: OpenAction[], { draining }: { draining: boolean }): void {
    const keys = new Set(open.map((action) => action.key));
    for (const [key, action] of this.started) {
      if (keys.has(key)) continue;
      this.started.delete(key);
      if (!action.isSettled) action.scope.cancel();
    }
    if (draining) return;
    for (const action of open) {
      if (!this.started.has(action.key)) this.start(action);
    }
  }

  private start({ key, activity }: OpenAction): void {
    const scope = new CancellationScope();
    const action = { scope, isSettled: false };
    this.started.set(key, action);
    const stepAndVisit = key.slice(key.indexOf('/') + 1);
    const run = activityFor(activity, stepAndVisit);
    const work = scope.run(() => run({ workspaceId: this.run.workspaceId, runId: this.run.runId, key }));
    const settle = (): void => {
      action.isSettled = true;
      if (this.started.get(key) === action) this.hasSettled = true;
    };
    void work.then(settle, (error: unknown) => {
      if (!isCancellation(error)) this.failures.push({ key, ...describe(error) });
      settle();
    });
  }
}

function describe(error: unknown): { type: string; message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  return { type: 'ActivityFailure', message: cause instanceof Error ? cause.message : String(cause) };
}
