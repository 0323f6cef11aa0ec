import type { JsonObject } from '../../contracts/core/machine.ts';
import type { RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import { receivedNow } from '../../platform/db/contacts/events.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeyOfRun, startJourneyRun } from '../../platform/db/journeys/journey-starts.ts';
import { findLiveJourney } from '../../platform/db/journeys/journeys.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import type { ListedRun } from '../../platform/db/views/runs/runs-list.ts';
import { conflict } from '../http/errors/app-error.ts';

/**
 * Begins a new run in the place of one that has ended: the same journey as it is now, the same person, with other input where that is given. Of the
 * re-entry policy's runs this one does not count.
 * @returns the new run's id
 * @throws AppError where the run is live or no journey's, the journey takes nobody in, or another run stands in the way
 */
export async function restart(
  tx: Tx,
  run: ListedRun,
  operation: Extract<RunOperation, { kind: 'restart' }>,
  requestedBy: string | null,
): Promise<string> {
  const { workspace_id: workspaceId, id } = run;
  const locked = await lockRun(tx, workspaceId, id);
  const contact = locked?.contact_id ? await contactById(tx, workspaceId, locked.contact_id) : undefined;
  const of = await journeyOfRun(tx, run);
  // An erasure that came first has taken the person.
  if (!of || !contact)
    throw conflict('run.noRestart', 'Only a person’s run of a journey begins anew', { runKind: run.kind });
  if (locked?.ended_at === null)
    throw conflict('run.live', 'This run is still under way: rewind it, or cancel it first', { runStatus: run.status });
  const { slug, entry } = of;
  const journey = await findLiveJourney(tx, workspaceId, slug);
  if (!journey) throw conflict('journey.notLive', 'Only a live journey takes people in; publish or resume it');
  const { runId, created } = await startJourneyRun(tx, workspaceId, {
    journeyId: journey.id,
    versionId: journey.versionId,
    title: journey.name,
    reentry: journey.definition.reentry,
    contactId: contact.id,
    requestedBy: requestedBy ?? journey.publisher,
    execution: journey.execution,
    inPlaceOf: id,
    entry: {
      eventId: null,
      event: 'startedByHand',
      key: operation.key ?? entry.key,
      // JSON came in and went through the schema, so it is JSON.
      properties: (operation.properties as JsonObject | undefined) ?? entry.properties,
      receivedAt: await receivedNow(tx),
    },
  });
  if (!created) throw conflict('journey.reentry', 'The journey’s re-entry policy keeps this contact out', { runId });
  return runId;
}
