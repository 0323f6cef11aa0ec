import { Injectable } from '@nestjs/common';
import {
  Incident,
  type IncidentQuery,
  type IncidentResolution,
} from '../../../contracts/operations/incidents-api.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { findIncident, type IncidentRow, listIncidents } from '../../../platform/db/views/incidents-list.ts';
import { resolveIncident } from '../../../platform/db/runs/incidents.ts';
import { wakeParkedRun } from '../../../platform/db/runs/runs.ts';
import { forgetWakes, silentKinds } from '../../../platform/db/runs/silent-runs.ts';
import { notFound } from '../../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import { auditActor, type Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** Lists incidents and marks them as dealt with. */
@Injectable()
export class IncidentsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: IncidentQuery): Promise<Page<Incident>> {
    const page = {
      workspaceId: caller.workspaceId,
      state: query.state ?? null,
      runId: query.runId ?? null,
      before: beforeId(query.cursor),
      limit: query.limit,
    };
    const rows = await this.store.inWorkspace(caller, (tx) => listIncidents(tx, page));
    return pageById(rows, query.limit, incidentOf);
  }

  /** Wakes the run too, or those that stand still, so that they check again whether they can go on. */
  async resolve(caller: Principal, id: string, { note }: IncidentResolution): Promise<Incident> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      if (!(await findIncident(tx, workspaceId, id))) throw notFound('incident');
      const resolved = await resolveIncident(tx, { workspaceId, id });
      if (resolved) {
        if (resolved.runId !== null) await wakeParkedRun(tx, workspaceId, resolved.runId);
        else if (silentKinds.includes(resolved.kind)) await forgetWakes(tx, workspaceId);
        await recordAudit(tx, {
          ...auditActor(caller),
          act: 'incident.resolved',
          subject: { kind: 'incident', id },
          detail: { note, runId: resolved.runId },
        });
      }
      const row = await findIncident(tx, workspaceId, id);
      if (!row) throw notFound('incident');
      return incidentOf(row);
    });
  }
}

function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind,
    message: row.message,
    detail: row.detail,
    state: Incident.shape.state.parse(row.state),
    openedAt: row.opened_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  };
}
