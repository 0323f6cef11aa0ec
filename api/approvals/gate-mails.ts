import type { GateMail } from '../../contracts/approvals/gates-api.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { MessageTemplate } from '../../contracts/journeys/templates-api.schema.ts';
import { createPreviews, type StoredMessages } from '../../domain/journeys/simulation/mail-preview.ts';
import { type MailAhead, mailsAhead } from '../../domain/journeys/simulation/mails-ahead.ts';
import { type StoredState, upgradeState } from '../../domain/journeys/state.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeyFacts } from '../../platform/db/journeys/journey-runs.ts';
import { resolveTemplate } from '../../platform/db/journeys/template-refs.ts';
import { readTogether } from '../../platform/db/core/readings.ts';
import { readRun, ofRun, stateOfTurn } from '../../platform/db/runs/turns.ts';
import type { GateWithRun } from '../../platform/db/views/gates-list.ts';
import { viewOf } from './gate-view.ts';

/** Mails that are shown at one approval: more than its outcomes lead to. */
const mostMails = 10;

/** The mails that an open approval's outcomes would send at once, each as its reader would see it; none where it is no journey's. */
export async function mailsOfGate(tx: Tx, gate: GateWithRun): Promise<GateMail[]> {
  const { workspace_id: workspaceId, run_id: runId } = gate;
  const run = await readRun(tx, workspaceId, runId);
  if (gate.status !== 'open' || gate.definition === null || !run) return [];
  const { stored, known } = await readTogether(tx, {
    stored: stateOfTurn(ofRun(run)),
    known: journeyFacts({ workspaceId, runId }),
  });
  if (stored === null) return [];
  const { contact, workspaceZone } = known;
  // A published version was read by its schema when it came in, and the state is what a turn left.
  const definition = gate.definition as JourneyDefinition;
  const state = upgradeState(stored as unknown as StoredState);
  const outcomes = viewOf(gate).outcomes.map(({ name }) => name);
  const waiting = { step: gate.step, visit: gate.visit, round: gate.round, outcomes };
  const facts = { now: new Date().toISOString(), contact, workspaceZone };
  const ahead = mailsAhead(definition, state, waiting, facts).slice(0, mostMails);
  const previewOf = createPreviews(await storedBy(tx, workspaceId, ahead));
  return ahead.map(({ mail, ...place }) => {
    const preview = previewOf(mail, contact);
    if (preview.kind === 'mail') return { ...place, mail: preview.mail, fault: null };
    return { ...place, mail: null, fault: preview.kind === 'fault' ? preview.message : preview.why };
  });
}

async function storedBy(tx: Tx, workspaceId: string, ahead: readonly MailAhead[]): Promise<StoredMessages> {
  const stored: Record<string, MessageTemplate> = {};
  for (const { mail } of ahead) {
    if (mail.content.kind !== 'template') continue;
    const { template } = mail.content;
    const read = MessageTemplate.safeParse((await resolveTemplate(tx, workspaceId, 'message', template))?.content);
    if (read.success) stored[template] = read.data;
  }
  return stored;
}
