import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../contracts/core/json.ts';
import type { Entries, EntriesRequest, JourneyPolicy } from '../../../contracts/journeys/entries-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { Execution } from '../../../contracts/runs/execution.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { type BulkRow, insertBulk } from '../../../platform/db/bulk/bulk-operations.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import {
  countPeople,
  insertPeople,
  lastContact,
  type PeopleCount,
} from '../../../platform/db/journeys/entries/people-meant.ts';
import { findJourneyVersion } from '../../../platform/db/journeys/journey-versions.ts';
import { journeyPolicy, type JourneyRow, setJourneyPolicy } from '../../../platform/db/journeys/journeys.ts';
import { findSegment } from '../../../platform/db/segments/segments.ts';
import { auditActor, type Principal, requesterOf } from '../../http/caller/principal.ts';
import { conflict, invalid } from '../../http/errors/app-error.ts';
import { Store } from '../../http/store.ts';
import { requireJourney } from '../find-journey.ts';

/** External ids that nobody has: so many are named, enough to see what is wrong with a list. */
const unknownNamed = 20;

/** Lets many people into a journey, or says how many that would be. */
@Injectable()
export class EntriesService {
  constructor(private readonly store: Store) {}

  /** What is to be done is noted and counted; the server does it piece by piece. @throws AppError 409 where the journey lets nobody in */
  async enter(caller: Principal, slug: string, request: EntriesRequest): Promise<Entries> {
    return this.store.inWorkspace(caller, async (tx) => {
      const journey = await requireJourney(tx, caller, slug);
      const { reentry, pausedEntries, execution = 'pooled' } = await liveDefinition(tx, journey);
      const isPaused = journey.status === 'paused';
      if (isPaused && pausedEntries === 'drop')
        throw conflict('journey.dropsEntries', 'The journey is paused and drops who would enter meanwhile; resume it');
      const { people, key = null } = request;
      if (people.segment !== undefined && !(await findSegment(tx, caller.workspaceId, people.segment)))
        throw invalid('segment.unknown', [
          { path: 'people.segment', code: 'segment.unknown', message: `There is no segment ${people.segment}` },
        ]);
      const counted = await countPeople(tx, journey, { people, reentry, key });
      const row = request.dryRun
        ? null
        : await this.begin(tx, caller, journey, request, {
            ...counted,
            execution: request.execution ?? execution,
          });
      return {
        id: row?.id ?? null,
        people: counted.people,
        keptOut: counted.keptOut,
        waiting: isPaused ? counted.people - counted.keptOut : 0,
        unknown: counted.unknownIds.length,
        unknownIds: counted.unknownIds.slice(0, unknownNamed),
      };
    });
  }

  async policy(caller: Principal): Promise<JourneyPolicy> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => ({ execution: await journeyPolicy(tx, workspaceId) }));
  }

  async setPolicy(caller: Principal, { execution }: JourneyPolicy): Promise<JourneyPolicy> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      if (await setJourneyPolicy(tx, workspaceId, execution)) {
        const subject = { kind: 'workspace', id: workspaceId };
        await recordAudit(tx, { ...auditActor(caller), act: 'journey.policySet', subject, detail: { execution } });
      }
      return { execution };
    });
  }

  private async begin(
    tx: Tx,
    caller: Principal,
    { id: journeyId, slug }: JourneyRow,
    { people, key, variables, rate, reason }: EntriesRequest,
    { people: known, unknownIds, execution }: PeopleCount & { execution: Execution },
  ): Promise<BulkRow> {
    const { workspaceId } = caller;
    const { externalIds } = people;
    const whom = externalIds ? {} : { filter: people as JsonObject, until: await lastContact(tx, workspaceId) };
    const unknown = unknownIds.length;
    const row = await insertBulk(tx, {
      workspaceId,
      kind: 'enterMany',
      reason,
      // JSON came in and went through the schema, so it is JSON.
      selection: { ...whom, rate, execution, key: key ?? null, variables: variables as JsonObject },
      subjectId: journeyId,
      actor: caller.actor,
      requestedBy: requesterOf(caller),
      total: known + unknown,
      reasons: unknown > 0 ? { 'contact.notFound': unknown } : {},
    });
    if (externalIds) await insertPeople(tx, row, externalIds);
    await recordAudit(tx, {
      ...auditActor(caller),
      act: 'journey.entered',
      subject: { kind: 'journey', id: journeyId },
      detail: { slug, reason, people: known, bulkId: row.id, rate, execution },
    });
    return row;
  }
}

/** The version that people enter. @throws AppError 409 `journey.notLive` */
async function liveDefinition(tx: Tx, journey: JourneyRow): Promise<JourneyDefinition> {
  const { status, live_version: number } = journey;
  const isOpen = status === 'live' || status === 'paused';
  const version = isOpen && number !== null ? await findJourneyVersion(tx, journey, number) : undefined;
  if (!version) throw conflict('journey.notLive', 'Only a live journey takes people in; publish or resume it');
  return version.definition as JourneyDefinition;
}
