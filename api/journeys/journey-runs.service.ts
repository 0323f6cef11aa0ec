import { Injectable } from '@nestjs/common';
import type {
  JourneyStartRequest,
  JourneyStats,
  JourneyStatsQuery,
  StartedRun,
} from '../../contracts/journeys/journeys-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findContact, lockContacts } from '../../platform/db/contacts/contacts.ts';
import { receivedNow } from '../../platform/db/contacts/events.ts';
import { startJourneyRun } from '../../platform/db/journeys/journey-starts.ts';
import {
  countJourneyEdges,
  countJourneyFailures,
  countJourneyRuns,
  countJourneySteps,
  countJourneyTrouble,
  figuresOfJourneys,
} from '../../platform/db/views/journey-figures.ts';
import { findLiveJourney } from '../../platform/db/journeys/journeys.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { conflict, invalid } from '../http/errors/app-error.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { countKept } from '../../platform/db/journeys/kept-entries.ts';
import { requireJourney } from './find-journey.ts';
import { journeyStatsOf } from './journey-figures.ts';

/** Starts people by hand and counts those on their way. */
@Injectable()
export class JourneyRunsService {
  constructor(private readonly store: Store) {}

  async start(caller: Principal, slug: string, input: JourneyStartRequest): Promise<StartedRun> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      await requireJourney(tx, caller, slug);
      const contactId = await lockKnown(tx, caller, input.contact);
      const journey = await findLiveJourney(tx, workspaceId, slug);
      if (!journey) throw conflict('journey.notLive', 'Only a live journey takes people in; publish or resume it');
      const now = await receivedNow(tx);
      const { runId, created } = await startJourneyRun(tx, workspaceId, {
        journeyId: journey.id,
        versionId: journey.versionId,
        title: journey.name,
        reentry: journey.definition.reentry,
        contactId,
        requestedBy: requesterOf(caller) ?? journey.publisher,
        execution: journey.execution,
        entry: {
          eventId: null,
          event: 'startedByHand',
          key: input.key ?? null,
          // JSON came in and went through the schema, so it is JSON.
          properties: input.variables as JsonObject,
          occurredAt: now,
          receivedAt: now,
        },
      });
      if (!created)
        throw conflict('journey.reentry', 'The journey’s re-entry policy keeps this contact out', { runId });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'journey.started',
        subject: { kind: 'run', id: runId },
        detail: { slug, contactId },
      });
      return { runId };
    });
  }

  async stats(caller: Principal, slug: string, { version }: JourneyStatsQuery): Promise<JourneyStats> {
    return this.store.inWorkspace(caller, async (tx) => {
      const journey = await requireJourney(tx, caller, slug);
      const { id: journeyId, workspace_id: workspaceId } = journey;
      const scope = { workspaceId, journeyId, version: version ?? null };
      const { versions } = await figuresOfJourneys(tx, workspaceId, [journeyId]);
      return journeyStatsOf({
        runs: await countJourneyRuns(tx, scope),
        trouble: await countJourneyTrouble(tx, scope),
        steps: await countJourneySteps(tx, scope),
        failures: await countJourneyFailures(tx, scope),
        edges: await countJourneyEdges(tx, scope),
        kept: await countKept(tx, journey),
        versions: versions.map(({ version: number, live }) => ({ version: number, live })),
      });
    });
  }
}

async function lockKnown(tx: Tx, caller: Principal, externalId: string): Promise<string> {
  const known = await findContact(tx, caller.workspaceId, externalId);
  const row = known && (await lockContacts(tx, caller.workspaceId, [externalId])).get(externalId);
  if (row) return row.id;
  throw invalid('request.invalid', [
    { path: 'contact', code: 'contact.notFound', message: 'there is no such contact here' },
  ]);
}
