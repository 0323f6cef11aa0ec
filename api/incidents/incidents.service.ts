import { Injectable } from '@nestjs/common';
import { Incident, type IncidentQuery } from '../../contracts/api/incidents.schema.ts';
import { type IncidentRow, listIncidents } from '../../platform/db/incidents-list.ts';
import { beforeId, type Page, pageById } from '../http/paging.ts';
import type { Principal } from '../http/principal.ts';
import { Store } from '../http/store.ts';

/** Reads incidents. */
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
