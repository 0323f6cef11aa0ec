import type { JsonObject } from '../../contracts/core/machine.ts';
import { factOf, instantText, type Fact } from '../../domain/approvals/content-words.ts';
import { claimEffect } from '../../platform/db/ledger/claim-effects.ts';
import { handOffEffects } from '../../platform/db/ledger/hand-off-effects.ts';
import {
  freezeEffect,
  mayAct,
  returnClaim,
  settleEffect,
  suppressedFor,
  type EffectRow,
} from '../../platform/db/runs/effects.ts';
import { assigneesOf, type Assignee } from '../../platform/db/gates/assignees.ts';
import { createGateLink } from '../../platform/db/gates/gate-links.ts';
import {
  finishGateMails,
  isMailedOut,
  leaveOutGateMails,
  type GateToMail,
} from '../../platform/db/gates/gate-mails.ts';
import { findGate, type GateWithRun } from '../../platform/db/views/gates-list.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { findWorkspace } from '../../platform/db/access/workspaces.ts';
import { buildMessage, envelopeOf } from '../providers/email/build-message.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { MessagingDeps } from './messaging.activities.ts';
import { renderMessage } from '../../domain/messaging/render-message.ts';
import { type MailRoute, storedMail, waitsForMailServer } from './mail-of-workspace.ts';

/** A longer text does not help to decide; the page shows all of it. */
const shownFacts = 8;
const shownLength = 300;

const words = {
  subject: 'Please decide: {{ title }}',
  markdown: `Hello {{ name }},

**{{ title }}** waits for your decision in *{{ run }}*{% if contact %} for {{ contact }}{% endif %}.

{% for fact in facts %}- {{ fact.label }}: {{ fact.text }}
{% endfor %}

[Look and decide]({{ url }})

Opening the link decides nothing. It is yours alone; do not pass it on.{% if due %} Without a decision until {{ due }} it ends as “{{ timeout }}”.{% endif %}`,
};

/**
 * Mails an open gate to each member who may decide it, with a link of their own, once per member and round through the
 * effect ledger. Done when every mail was sent, refused or is unknown; a mail server that says "later" gets the mail again
 * with the next pass.
 */
export async function mailGate(deps: MessagingDeps, gate: GateToMail): Promise<void> {
  const { workspaceId, gateId } = gate;
  const mails = await inWorkspace(deps.db, workspaceId, async (tx) => {
    const row = await findGate(tx, workspaceId, gateId);
    if (row?.status !== 'open') return [];
    const assignees = await assigneesOf(tx, {
      workspaceId,
      assigneeKind: row.assignee_kind,
      assigneeId: row.assignee_id,
      requestedBy: row.requested_by,
    });
    const members = assignees.map(({ id }) => id);
    await leaveOutGateMails(tx, { ...gate, runId: row.run_id }, members);
    return assignees.map((member) => ({ row, member }));
  });
  let isDone = true;
  for (const { row, member } of mails) {
    if (!(await mailMember(deps, row, member))) isDone = false;
  }
  if (isDone) await inWorkspace(deps.db, workspaceId, (tx) => finishGateMails(tx, gate));
}

/** @returns whether nothing is left to do for this member */
async function mailMember(deps: MessagingDeps, gate: GateWithRun, member: Assignee): Promise<boolean> {
  const claimed = await inWorkspace(deps.db, gate.workspace_id, (tx) => claim(deps, tx, gate, member));
  if (claimed === 'settled' || claimed === 'held') return claimed === 'settled';
  const { effect, raw, route } = claimed;
  const outcome = await route.email.send({
    envelope: envelopeOf(raw),
    raw,
    fence: async () => (await handOffEffects(deps.db, gate.workspace_id, [{ effect }]))[0] === true,
  });
  if (outcome.kind === 'fenced') {
    await returnClaim(deps.db, effect);
    return false;
  }
  const settlement =
    outcome.kind === 'sent'
      ? { state: 'done' as const, result: { reply: outcome.reply } }
      : { state: outcome.kind, error: outcome.error };
  await inWorkspace(deps.db, gate.workspace_id, (tx) => settleEffect(tx, effect, settlement));
  return outcome.kind !== 'deferred';
}

async function claim(
  deps: MessagingDeps,
  tx: Tx,
  gate: GateWithRun,
  member: Assignee,
): Promise<'settled' | 'held' | { effect: EffectRow; raw: Buffer; route: MailRoute }> {
  const run = { workspaceId: gate.workspace_id, runId: gate.run_id, generation: gate.generation };
  const may = await mayAct(tx, run);
  if (may !== 'now') return may === 'later' ? 'held' : 'settled';
  const claimed = await claimEffect(
    tx,
    {
      ...run,
      key: `${gate.run_id}/${gate.step}/gate-mail/${gate.round}/${member.id}`,
      step: gate.step,
      visit: gate.visit,
      kind: 'email',
      mode: 'atMostOnce',
      request: { gate: gate.id, member: member.id },
    },
    () => true,
  );
  if (claimed.kind !== 'claimed') return claimed.kind;
  const { effect } = claimed;
  const route = await deps.mailOf(await readOne(tx, storedMail(gate.workspace_id)), effect.frozen);
  if (route === 'unreadable') {
    await settleEffect(tx, effect, { state: 'deferred', error: waitsForMailServer.error });
    return 'held';
  }
  if (effect.frozen) return { effect, raw: effect.frozen, route };
  const suppress = async (reason: string): Promise<'settled'> => {
    await settleEffect(tx, effect, suppressedFor(reason));
    return 'settled';
  };
  if (await isMailedOut(tx, { ...run, memberId: member.id })) return suppress('many mails about gates within the hour');
  try {
    const raw = await build(deps, tx, { gate, member, effect, route });
    return raw
      ? { effect, raw: await freezeEffect(tx, effect, raw), route }
      : await suppress('the gate is not open any more');
  } catch (error) {
    if (error instanceof ProviderError) return suppress(error.message);
    throw error;
  }
}

/** What a mail about a gate is made of. */
type ToBuild = {
  gate: GateWithRun;
  member: Assignee;
  effect: EffectRow;
  route: MailRoute;
};

async function build(deps: MessagingDeps, tx: Tx, { gate, member, effect, route }: ToBuild): Promise<Buffer | null> {
  const token = await createGateLink(tx, { workspaceId: gate.workspace_id, gateId: gate.id, memberId: member.id });
  if (token === null) return null;
  const zone = (await findWorkspace(tx, gate.workspace_id))?.zone ?? 'UTC';
  const message = renderMessage(
    words,
    {
      title: gate.title,
      run: gate.run_title,
      contact: gate.external_id,
      name: member.name,
      facts: factsOf(gate.content as JsonObject, zone),
      url: `${deps.publicUrl}/g/${token}`,
      due: gate.on_timeout === null || gate.due_at === null ? null : instantText(gate.due_at, zone),
      timeout: gate.on_timeout,
    },
    null,
  );
  const { raw } = await buildMessage(
    {
      key: `${gate.workspace_id}/${effect.key}`,
      from: route.from,
      ...(route.replyTo === undefined ? {} : { replyTo: route.replyTo }),
      to: { name: member.name, address: member.email },
      subject: message.subject,
      html: message.html,
      date: effect.planned_at,
    },
    route.signing,
  );
  return raw;
}

/** What fits on a line; lists and nested things are for the page. */
function factsOf(content: JsonObject, zone: string): Fact[] {
  return Object.entries(content)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name]) => factOf(content, name, zone))
    .filter((fact) => fact !== null)
    .slice(0, shownFacts)
    .map(({ label, text }) => ({ label, text: text.replace(/\s+/g, ' ').slice(0, shownLength) }));
}
