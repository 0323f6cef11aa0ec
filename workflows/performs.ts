import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { OpenPerform, PerformFailure, RunRef } from '../contracts/core/engine.ts';
import { performActivity } from './activities.ts';

/**
 * The performs of one run that this execution has started. Each has a scope of its own, so that one is cancelled without
 * the others. A settled one stays known until it is no longer open: it is not started twice.
 */
export class Performs {
  private readonly started = new Map<string, { scope: CancellationScope; isSettled: boolean }>();
  private failures: PerformFailure[] = [];
  /** Whether a perform settled since the last `match`. */
  hasSettled = false;

  constructor(private readonly run: RunRef) {}

  /** How many are in flight. */
  get count(): number {
    return [...this.started.values()].filter((perform) => !perform.isSettled).length;
  }

  /** The final failures since the last call; the engine notes them once, by key. */
  takeFailures(): PerformFailure[] {
    const taken = this.failures;
    this.failures = [];
    this.hasSettled = false;
    return taken;
  }

  /** Starts what is open and not started, cancels what is started and no longer open. */
  match(open: OpenPerform[]): void {
    const keys = new Set(open.map((perform) => perform.key));
    for (const [key, perform] of this.started) {
      if (keys.has(key)) continue;
      this.started.delete(key);
      if (!perform.isSettled) perform.scope.cancel();
    }
    for (const perform of open) {
      if (!this.started.has(perform.key)) this.start(perform);
    }
  }

  private start({ key, activity }: OpenPerform): void {
    const scope = new CancellationScope();
    const perform = { scope, isSettled: false };
    this.started.set(key, perform);
    const work = scope.run(() =>
      performActivity(activity)({ workspaceId: this.run.workspaceId, runId: this.run.runId, key }),
    );
    const settle = (): void => {
      perform.isSettled = true;
      if (this.started.get(key) === perform) this.hasSettled = true;
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
