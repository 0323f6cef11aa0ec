import { patched, workflowInfo } from '@temporalio/workflow';
import type { HistoryLimits } from '../contracts/core/engine.ts';
import { limits } from '../contracts/core/limits.ts';

/** 0.1 did not drain: it made way at twice the events, whatever was in flight. Its histories have no such patch. */
const PATCH = 'drain-2026-11';

/**
 * When an execution makes way for its successor. Once its history is long it drains: it starts no new action, and the successor comes when
 * nothing is in flight, so that no call that has been paid for is thrown away. An action that is retried without end holds it up to a bound.
 */
export class Handover {
  private drains: boolean | null = null;
  private until: number | null = null;
  private readonly bounds: HistoryLimits;

  constructor(bounds: Partial<HistoryLimits> = {}) {
    this.bounds = { ...limits, ...bounds };
  }

  /** Until when it waits for what is in flight, in epoch milliseconds; null while it does not drain. */
  get drainsUntil(): number | null {
    return this.until;
  }

  /** Begins to drain where the history has become long; to be asked once a turn. The patch is asked for in long histories alone. */
  check(): void {
    if (this.drains !== null || !this.isLong()) return;
    this.drains = patched(PATCH);
    if (this.drains) this.until = Date.now() + this.bounds.drainMs;
  }

  /** Whether the successor must come now. */
  isDue(inFlight: number): boolean {
    return this.isLong() && (inFlight === 0 || this.isForced());
  }

  private isLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > this.bounds.maxEvents;
  }

  private isForced(): boolean {
    const { historyLength, historySize } = workflowInfo();
    if (this.until === null) return historyLength > 2 * this.bounds.maxEvents;
    const isTooLong =
      historyLength > limits.drainFactor * this.bounds.maxEvents || historySize > this.bounds.historyBytes;
    return isTooLong || Date.now() >= this.until;
  }
}
