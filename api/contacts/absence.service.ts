import { Inject, Injectable } from '@nestjs/common';
import type { Absence, AbsenceQuery } from '../../contracts/contacts/absence-api.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import {
  entryAbsence,
  type EntryRecords,
  type RunOnRecord,
  statusAt,
  unletEvent,
} from '../../domain/journeys/absence/entry-absence.ts';
import type { Explained } from '../../domain/journeys/absence/finding.ts';
import { mailAbsence, mailSteps } from '../../domain/journeys/absence/mail-absence.ts';
import { closuresOf } from '../../platform/db/contacts/consents.ts';
import { findContact, type ContactRow } from '../../platform/db/contacts/contacts.ts';
import { findJourney, type JourneyRow } from '../../platform/db/journeys/journeys.ts';
import { findJourneyVersion } from '../../platform/db/journeys/journey-versions.ts';
import { entryRecordsOf, mailRecordsOf } from '../../platform/db/views/absence.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { invalid, notFound } from '../http/errors/app-error.ts';
import type { Principal } from '../http/caller/principal.ts';
import { KEYS } from '../http/parts.ts';
import { Store } from '../http/store.ts';

/** Says from what is on record why a journey, or a mail of it, did not come to a person. */
@Injectable()
export class AbsenceService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
  ) {}

  async explain(caller: Principal, externalId: string, query: AbsenceQuery): Promise<Absence> {
    const { journey: slug, step, run: runId } = query;
    return this.store.inWorkspace(caller, async (tx) => {
      const contact = await findContact(tx, caller.workspaceId, externalId);
      if (!contact) throw notFound('contact');
      const journey = await findJourney(tx, caller.workspaceId, slug);
      if (!journey) throw notFound('journey');
      const records = await entryRecordsOf(tx, journey, contact);
      const live = await definitionOf(tx, journey, journey.live_version);
      const run = records.runs.find((one) => runId === undefined || one.runId === runId);
      if (runId !== undefined && !run) throw notFound('run');
      const followed = await definitionOf(tx, journey, run?.version ?? null);
      const mails = [live, followed].flatMap((definition) => (definition ? mailSteps(definition) : []));
      if (step !== undefined && !mails.some((mail) => mail.step === step)) throw unknownStep(step, mails);
      const explained =
        step !== undefined && run && followed
          ? await this.ofMail(tx, { contact, run, definition: followed, step })
          : await ofEntry(tx, journey, { records, live });
      const distinct = [...new Map(mails.map((mail) => [mail.step, mail])).values()];
      return { journey: { slug, name: journey.name }, step: step ?? null, ...explained, mails: distinct };
    });
  }

  private async ofMail(
    tx: Tx,
    of: { contact: ContactRow; run: RunOnRecord; definition: JourneyDefinition; step: string },
  ): Promise<Explained> {
    const { contact, run, definition, step } = of;
    const { workspace_id: workspaceId, id, email } = contact;
    const people = { workspaceId, people: [{ id, email }] };
    const closures = (await closuresOf(tx, await this.keys(), people)).get(id) ?? [];
    const closed = closures.map(({ reason, since }) => ({ reason, since: since.toISOString() }));
    const read = await mailRecordsOf(tx, { workspaceId, run, step });
    return mailAbsence({ ...read, definition, closures: closed }, step);
  }
}

async function ofEntry(
  tx: Tx,
  journey: JourneyRow,
  { records, live }: { records: EntryRecords; live: JourneyDefinition | null },
): Promise<Explained> {
  const event = unletEvent(records);
  const then = event ? await definitionOf(tx, journey, statusAt(records, event.receivedAt).version) : null;
  const names = [...new Set(live?.entry.map((trigger) => trigger.event))];
  return entryAbsence(records, then, names);
}

async function definitionOf(tx: Tx, journey: JourneyRow, version: number | null): Promise<JourneyDefinition | null> {
  if (version === null) return null;
  const row = await findJourneyVersion(tx, journey, version);
  // What is published has been checked.
  return (row?.definition as JourneyDefinition | undefined) ?? null;
}

function unknownStep(step: string, mails: readonly { step: string }[]): Error {
  const ids = [...new Set(mails.map((mail) => mail.step))].join(', ');
  const hint = ids === '' ? 'it sends none: leave `step` out' : `take one of ${ids}`;
  const message = `The journey has no step “${step}” that sends a mail; ${hint}`;
  return invalid('request.invalid', [{ path: 'step', code: 'absence.unknownStep', message }]);
}
