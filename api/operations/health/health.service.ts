import { Inject, Injectable } from '@nestjs/common';
import type { Readiness } from '../../../contracts/operations/health-api.schema.ts';
import type { System } from '../../../contracts/operations/system-api.schema.ts';
import { isDiskFull } from '../../../platform/db/core/disk.ts';
import { isMigrated } from '../../../platform/db/migrations/bootstrap.ts';
import { queuesWithoutWorker } from '../../../platform/db/runs/heartbeats.ts';
import type { Temporal } from '../../../platform/temporal/client.ts';
import { TEMPORAL } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';

/** A part that takes longer counts as unavailable: probes have a time-out of a few seconds. */
const probeMs = 2_000;
/** What the last look found holds so long. */
const seenMs = 3_000;

/** Asks each part whether it is there. */
@Injectable()
export class HealthService {
  private seen: { at: number; parts: Promise<System['unavailable']> } | null = null;

  constructor(
    private readonly store: Store,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
  ) {}

  async readiness(): Promise<Readiness> {
    const [postgres, isTemporalThere] = await Promise.all([
      within(probeMs, async () => ({
        isFull: await isDiskFull(this.store.app),
        isMigrated: await isMigrated(this.store.app),
        withoutWorker: await queuesWithoutWorker(this.store.app),
      })),
      within(probeMs, () => this.pingTemporal()),
    ]);
    const isWhole = postgres?.isMigrated === true && isTemporalThere === true;
    const withoutWorker = postgres?.withoutWorker ?? [];
    const isDegraded = withoutWorker.length > 0 || postgres?.isFull === true;
    return {
      status: isWhole ? (isDegraded ? 'degraded' : 'ok') : 'unavailable',
      postgres: postgres ? (postgres.isFull ? 'full' : 'ok') : 'away',
      temporal: isTemporalThere ? 'ok' : 'away',
      migrations: postgres ? (postgres.isMigrated ? 'ok' : 'behind') : 'unknown',
      queuesWithoutWorker: withoutWorker,
    };
  }

  /** The parts without which work stands still, for the dashboard; asked every few seconds, however many look. */
  unavailable(): Promise<System['unavailable']> {
    if (this.seen === null || Date.now() - this.seen.at > seenMs) this.seen = { at: Date.now(), parts: this.look() };
    return this.seen.parts;
  }

  private async look(): Promise<System['unavailable']> {
    const [isFull, isTemporalThere] = await Promise.all([
      within(probeMs, () => isDiskFull(this.store.app)),
      within(probeMs, () => this.pingTemporal()),
    ]);
    return [...(isTemporalThere ? [] : ['temporal' as const]), ...(isFull ? ['databaseDisk' as const] : [])];
  }

  private async pingTemporal(): Promise<true> {
    const { connection } = this.temporal.client;
    await connection.withDeadline(Date.now() + probeMs, () => connection.workflowService.getSystemInfo({}));
    return true;
  }
}

/** What `look` finds; null when it fails or takes too long. */
async function within<T>(limitMs: number, look: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs);
  });
  try {
    return await Promise.race([look().catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
