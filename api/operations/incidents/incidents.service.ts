import { Injectable } from '@nestjs/common';
import {
  type HurtRun,
  type Incident,
  type IncidentCounts,
  type IncidentDetail,
  ignoredDays,
  type IncidentIgnored,
  type IncidentOwner,
  type IncidentQuery,
  type IncidentResolution,
} from '../../../contracts/operations/incidents-api.schema.ts';
import { RunStatus } from '../../../contracts/runs/runs-api.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { findMember } from '../../../platform/db/access/members.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { heedIncident, ignoreIncident, ownIncident } from '../../../platform/db/incidents/owners.ts';
import {
  actsOnIncident,
  countIncidents,
  findIncident,
  type IncidentRow,
  lastResolution,
  listIncidents,
  runsOfIncident,
} from '../../../platform/db/views/incidents-list.ts';
import { resolveIncident } from '../../../platform/db/runs/incidents.ts';
import { wakeParkedRun } from '../../../platform/db/runs/runs.ts';
import { forgetWakes, silentKinds } from '../../../platform/db/runs/silent-runs.ts';
import { conflict, invalid, notFound } from '../../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import { auditActor, mineOf, type Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** Lists incidents, says who looks after them, lets them be ignored for a while, and marks them as dealt with. */
@Injectable()
export class IncidentsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: IncidentQuery): Promise<Page<Incident>> {
    const { memberId } = mineOf(caller);
    // A key looks after nothing.
    if (query.owner === 'me' && memberId === null) return { items: [], nextCursor: null };
    const filter = {
      workspaceId: caller.workspaceId,
      state: query.state ?? null,
      runId: query.runId ?? null,
      ownerId: query.owner === 'me' ? memberId : null,
    };
    const page = { before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listIncidents(tx, filter, page));
    return pageById(rows, query.limit, incidentOf);
  }

  count(caller: Principal): Promise<IncidentCounts> {
    const { memberId } = mineOf(caller);
    return this.store.inWorkspace(caller, (tx) => countIncidents(tx, caller.workspaceId, memberId));
  }

  show(caller: Principal, id: string): Promise<IncidentDetail> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await find(tx, workspaceId, id);
      const { runs, count } = await runsOfIncident(tx, row);
      const acts = await actsOnIncident(tx, workspaceId, id);
      const before = await lastResolution(tx, row);
      return {
        ...incidentOf(row),
        runs: runs.map((run): HurtRun => ({ ...run, status: RunStatus.parse(run.status) })),
        runCount: count,
        acts: acts.map((act) => ({ ...act, at: act.at.toISOString() })),
        before: before === undefined ? null : { ...before, at: before.at.toISOString() },
      };
    });
  }

  /** Only an open incident has an owner; nobody takes it from another whom the caller does not know of. */
  own(caller: Principal, id: string, { memberId, was }: IncidentOwner): Promise<Incident> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      const now = await find(tx, workspaceId, id);
      if (now.owner_id === memberId) return incidentOf(now);
      if (memberId !== null) await requireMember(tx, workspaceId, memberId);
      if (!(await ownIncident(tx, { workspaceId, id, memberId, was }))) throw await notChanged(tx, workspaceId, id);
      const isOwn = memberId === null || memberId === caller.actor.id;
      await recordAudit(tx, {
        ...auditActor(caller),
        act: memberId === null ? 'incident.givenBack' : isOwn ? 'incident.taken' : 'incident.given',
        subject: { kind: 'incident', id },
        detail: { was, ...(isOwn ? {} : { memberId }) },
      });
      return incidentOf(await find(tx, workspaceId, id));
    });
  }

  ignore(caller: Principal, id: string, input: IncidentIgnored): Promise<Incident> {
    const { workspaceId } = caller;
    const until = untilOf(input);
    return this.store.inWorkspace(caller, async (tx) => {
      const { size } = await find(tx, workspaceId, id);
      const { above = size, reason } = input;
      if (above < size) throw invalidField('above', `It is ${size} already: use that or more`);
      if (!(await ignoreIncident(tx, { workspaceId, id, until, above, reason }))) throw isResolved();
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'incident.ignored',
        subject: { kind: 'incident', id },
        detail: { reason, until: until.toISOString(), above },
      });
      return incidentOf(await find(tx, workspaceId, id));
    });
  }

  heed(caller: Principal, id: string): Promise<Incident> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      await find(tx, workspaceId, id);
      if (await heedIncident(tx, { workspaceId, id }))
        await recordAudit(tx, {
          ...auditActor(caller),
          act: 'incident.heeded',
          subject: { kind: 'incident', id },
        });
      return incidentOf(await find(tx, workspaceId, id));
    });
  }

  /** Wakes the run too, or those that stand still, so that they check again whether they can go on. */
  async resolve(caller: Principal, id: string, { note }: IncidentResolution): Promise<Incident> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      await find(tx, workspaceId, id);
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
      return incidentOf(await find(tx, workspaceId, id));
    });
  }
}

/** @throws AppError 404 */
async function find(tx: Tx, workspaceId: string, id: string): Promise<IncidentRow> {
  const row = await findIncident(tx, workspaceId, id);
  if (!row) throw notFound('incident');
  return row;
}

/** @throws AppError 422 where nobody has that id, or they are shut out */
async function requireMember(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const member = await findMember(tx, workspaceId, id);
  if (!member || member.disabled_at !== null)
    throw invalidField('memberId', 'Nobody with that id may sign in here: use the id of a member');
}

/** Why nobody was put on an incident. */
async function notChanged(tx: Tx, workspaceId: string, id: string): Promise<Error> {
  const now = await find(tx, workspaceId, id);
  if (now.state === 'resolved') return isResolved();
  const who = now.owner_name === null ? 'Nobody looks' : `${now.owner_name} looks`;
  return conflict('incident.ownerChanged', `${who} after it meanwhile. Send that as \`was\` if you still want it`, {
    owner: ownerOf(now),
  });
}

function isResolved(): Error {
  return conflict('incident.isResolved', 'It is resolved: there is nothing left to look after or to ignore');
}

/** @throws AppError 422 where that is over already, or too far away */
function untilOf({ until }: IncidentIgnored): Date {
  const at = new Date(until);
  const days = (at.getTime() - Date.now()) / 86_400_000;
  if (days <= 0) throw invalidField('until', 'That is over already: use an instant to come');
  if (days > ignoredDays) throw invalidField('until', `That is more than ${ignoredDays} days away: resolve it instead`);
  return at;
}

function invalidField(path: string, message: string): Error {
  return invalid('request.invalid', [{ path, code: `incident.${path}`, message }]);
}

function incidentOf(row: IncidentRow): Incident {
  const { ignored_until: until, ignored_above: above, ignored_because: reason } = row;
  const isIgnored = row.is_ignored && until !== null && above !== null && reason !== null;
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind,
    message: row.message,
    detail: row.detail,
    state: row.state === 'resolved' ? 'resolved' : isIgnored ? 'ignored' : 'open',
    size: row.size,
    owner: ownerOf(row),
    ignored: isIgnored ? { until: until.toISOString(), above, reason } : null,
    openedAt: row.opened_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  };
}

function ownerOf({ owner_id: id, owner_name: name }: IncidentRow): Incident['owner'] {
  return id === null || name === null ? null : { id, name };
}
