import { Injectable } from '@nestjs/common';
import type { Overview } from '../../../contracts/operations/overview-api.schema.ts';
import { countIncidents } from '../../../platform/db/views/incidents-list.ts';
import { gateFigures, liveFigures, upcomingDeadlines, workByHour } from '../../../platform/db/views/overview.ts';
import { mineOf, type Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** What Home shows, in one answer. */
@Injectable()
export class OverviewService {
  constructor(private readonly store: Store) {}

  show(caller: Principal): Promise<Overview> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      const gates = await gateFigures(tx, workspaceId, mineOf(caller));
      const hours = await workByHour(tx, workspaceId);
      const upcoming = await upcomingDeadlines(tx, workspaceId);
      const incidents = await countIncidents(tx, workspaceId, null);
      return {
        gates: { ...gates, nextDueAt: gates.nextDueAt?.toISOString() ?? null },
        openIncidents: incidents.open,
        live: await liveFigures(tx, workspaceId),
        hours: hours.map((hour) => ({ ...hour, at: hour.at.toISOString() })),
        upcoming: upcoming.map((deadline) => ({ ...deadline, at: deadline.at.toISOString() })),
      };
    });
  }
}
