import { Inject, Injectable } from '@nestjs/common';
import { type Storage, type System, standIns } from '../../../contracts/operations/system-api.schema.ts';
import { retainedNames } from '../../../contracts/core/retention.ts';
import type { Config } from '../../../platform/config.ts';
import { queueStates } from '../../../platform/db/runs/heartbeats.ts';
import { areWorkersDying } from '../../../platform/db/runs/worker-lives.ts';
import { storageOf } from '../../../platform/db/views/storage.ts';
import { retentionOf } from '../../../platform/retention.ts';
import { HealthService } from '../health/health.service.ts';
import { CONFIG } from '../../http/parts.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { temporalPage } from './temporal-page.ts';

/** What of the installation is not real or not well. */
@Injectable()
export class SystemService {
  constructor(
    private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
    private readonly health: HealthService,
  ) {}

  async show(caller: Principal): Promise<System> {
    const { STAND_INS, MAIL_URL } = this.config;
    const named = STAND_INS.split(',');
    const queues = await queueStates(this.store.app);
    return {
      standIns: standIns.filter((name) => named.includes(name)),
      queues: queues.map((queue) => ({ ...queue, lastSeenAt: queue.lastSeenAt?.toISOString() ?? null })),
      unavailable: await this.health.unavailable(),
      areWorkersDying: await this.store.inWorkspace(caller, (tx) => areWorkersDying(tx, caller.workspaceId)),
      temporalUiUrl: caller.permissions.has('runs:operate') ? temporalPage(this.config) : null,
      mailUrl: MAIL_URL || null,
    };
  }

  /** The workspace's own figures, with the times of this process's settings. */
  async storage(caller: Principal): Promise<Storage> {
    const retention = retentionOf(this.config);
    return {
      parts: await this.store.inWorkspace(caller, (tx) => storageOf(tx, caller.workspaceId)),
      retention: retainedNames.map((name) => ({ name, hours: retention[name] })),
    };
  }
}
