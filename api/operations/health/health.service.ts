import { Inject, Injectable } from '@nestjs/common';
import type { Readiness } from '../../../contracts/operations/health-api.schema.ts';
import { isMigrated } from '../../../platform/db/migrations/bootstrap.ts';
import { queuesWithoutWorker } from '../../../platform/db/runs/heartbeats.ts';
import type { Temporal } from '../../../platform/temporal/client.ts';
import { TEMPORAL } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';

/** A part that takes longer counts as unavailable: probes have a time-out of a few seconds. */
const probeMs = 2_000;

/** Asks each part whether it is there. */
@Injectable()
export class HealthService {
  constructor(
    private readonly store: Store,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
  ) {}

  async readiness(): Promise<Readiness> {
    const [postgres, isTemporalThere] = await Promise.all([
      within(probeMs, async () => ({
        isMigrated: await isMigrated(this.store.app),
        withoutWorker: await queuesWithoutWorker(this.store.app),
      })),
      within(probeMs, () => this.pingTemporal()),
    ]);
    const isWhole = postgres?.isMigrated === true && isTemporalThere === true;
    const withoutWorker = postgres?.withoutWorker ?? [];
    return {
      status: isWhole ? (withoutWorker.length > 0 ? 'degraded' : 'ok') : 'unavailable',
      postgres: postgres ? 'ok' : 'away',
      temporal: isTemporalThere ? 'ok' : 'away',
      migrations: postgres ? (postgres.isMigrated ? 'ok' : 'behind') : 'unknown',
      queuesWithoutWorker: withoutWorker,
    };
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
