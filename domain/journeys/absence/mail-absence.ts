import type { AbsenceFinding } from '../../../contracts/contacts/absence-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { graphOf } from '../graph.ts';
import { ON_ERROR } from '../nodes/node-kind.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { titleOf } from '../nodes/node-title.ts';
import { enteredBy, type RunOnRecord } from './entry-absence.ts';
import { passed, stopped, type Explained } from './finding.ts';

/** The newest line of a step in a run's timeline. */
export type LineOnRecord = { step: string; status: string; detail: JsonObject; at: string; until: string | null };

/** A mail of a run's step in the ledger; `happened` is what a person found out of one whose end was unknown. */
export type MailOnRecord = {
  state: string;
  reason: string | null;
  at: string;
  happened: boolean | null;
  delivery: { kind: string; words: string; at: string } | null;
};

/** All that is on record of a mail and the run that was to send it. */
export type MailRecords = {
  run: RunOnRecord & { status: string; reason: string | null; standsAt: string | null; dueAt: string | null };
  definition: JourneyDefinition;
  lines: readonly LineOnRecord[];
  /** The last one; null where it was never asked for. */
  mail: MailOnRecord | null;
  /** Why the person must not be written to now: an address that does not exist keeps all mails back, all else mails of lists. */
  closures: readonly { reason: string; since: string }[];
};

/** The mails of a journey that one can ask about, as the process reads. */
export function mailSteps(definition: JourneyDefinition): { step: string; title: string }[] {
  return [...graphOf(definition).places.values()]
    .filter(({ node }) => kindOf(node).mail(node) !== null)
    .map(({ node }) => ({ step: node.id, title: titleOf(node) }));
}

/** Why a mail of a journey did not come to a person whom the journey has let in. */
export function mailAbsence(records: MailRecords, step: string): Explained {
  const { run, definition, lines, mail } = records;
  const entered = enteredBy(run);
  const way = wayTo(definition.steps, step);
  if (!way) return { outcome: 'missing', findings: [entered, stopped('step.notInVersion', { version: run.version })] };
  const branches = branchesOn(way, lines);
  const line = lines.find((one) => one.step === step);
  const explained = (mail ? ofMail(mail) : null) ?? (line ? ofLine(line) : null);
  if (explained) return { ...explained, findings: [entered, ...branches, ...explained.findings] };
  if (branches.at(-1)?.isStop) return { outcome: 'missing', findings: [entered, ...branches] };
  return ofRun(records, step, [entered, ...branches]);
}

function ofMail({ state, reason, at, happened, delivery }: MailOnRecord): Explained | null {
  const of = (outcome: Explained['outcome'], finding: AbsenceFinding): Explained => ({ outcome, findings: [finding] });
  switch (state) {
    case 'done':
      return delivery !== null && ['bounced', 'softBounced', 'refused'].includes(delivery.kind)
        ? {
            outcome: 'missing',
            findings: [
              passed('mail.sent', { at }),
              stopped('mail.returned', { at: delivery.at, reason: delivery.words }),
            ],
          }
        : of('came', passed('mail.sent', { at, reason: delivery?.kind ?? null }));
    case 'resolved':
      return happened === true
        ? of('came', passed('mail.sent', { at }))
        : of('missing', stopped('mail.refused', { at, reason }));
    case 'suppressed':
      return of('missing', stopped('mail.heldBack', { at, reason }));
    case 'rejected':
      return of('missing', stopped('mail.refused', { at, reason }));
    case 'deferred':
      return of('ahead', passed('mail.waits', { at, reason }));
    case 'planned':
    case 'claimed':
    case 'handedOff':
      return of('ahead', passed('mail.onItsWay', { at }));
    default:
      return of('unknown', passed('mail.unknown', { at, reason }));
  }
}

function ofLine({ status, detail, at, until }: LineOnRecord): Explained | null {
  const reason = typeof detail['reason'] === 'string' ? detail['reason'] : null;
  if (status === 'skipped') return { outcome: 'missing', findings: [stopped('step.skipped', { at, reason })] };
  if (status === 'failed') return { outcome: 'missing', findings: [stopped('step.failed', { at, reason })] };
  if (status === 'waiting') return { outcome: 'ahead', findings: [passed('step.waits', { at, until })] };
  return null;
}

/** The run has not come to the mail: it is over, or still on its way. */
function ofRun({ run, definition, closures }: MailRecords, step: string, before: AbsenceFinding[]): Explained {
  const { status, endedAt, reason, standsAt, dueAt } = run;
  if (endedAt !== null)
    return {
      outcome: 'missing',
      findings: [...before, stopped('run.ended', { at: endedAt, reason: reason ?? status })],
    };
  const { places } = graphOf(definition);
  const place = standsAt === null ? undefined : places.get(standsAt);
  const what = place ? [titleOf(place.node)] : [];
  const ahead =
    status === 'paused' ? passed('run.paused', { what, reason }) : passed('run.ahead', { what, until: dueAt });
  const node = places.get(step)?.node;
  const isTransactional = node !== undefined && kindOf(node).mail(node)?.isTransactional === true;
  const closed = closures
    .filter((closure) => closure.reason === 'bounced' || !isTransactional)
    .slice(0, 1)
    .map((closure) => passed('consent.closed', { reason: closure.reason, at: closure.since }));
  return { outcome: 'ahead', findings: [...before, ahead, ...closed] };
}

type Way = readonly { node: JourneyNode; branch: string }[];

/** The steps that lead to a step by one of their branches, the outermost first, each with that branch; null where the journey has no such step. */
function wayTo(steps: readonly JourneyNode[], step: string): Way | null {
  for (const node of steps) {
    if (node.id === step) return [];
    for (const { name, steps: inside } of kindOf(node).branches(node)) {
      const rest = wayTo(inside, step);
      const isFork = kindOf(node).ways(node).kind === 'fork';
      if (rest) return isFork ? rest : [{ node, branch: name }, ...rest];
    }
  }
  return null;
}

/** The branches that the run took on the way to a step, up to the one that led elsewhere; none of steps that it has not left. */
function branchesOn(way: Way, lines: readonly LineOnRecord[]): AbsenceFinding[] {
  const findings: AbsenceFinding[] = [];
  for (const { node, branch } of way) {
    const line = lines.find(({ step }) => step === node.id);
    const took = line ? branchTaken(node, line) : null;
    if (!line || took === null) return findings;
    const drawn = kindOf(node).draw(node).branches ?? {};
    const words = (name: string): string => drawn[name] ?? name;
    const more = { what: [titleOf(node), words(took), words(branch)], at: line.at };
    if (took !== branch) return [...findings, stopped('step.otherBranch', more)];
    findings.push(passed('step.branch', more));
  }
  return findings;
}

/** The branch that a run took from a step: '' where it went on past all of them, null where that is not on record. */
function branchTaken(node: JourneyNode, { status, detail }: LineOnRecord): string | null {
  const kind = kindOf(node);
  const ways = kind.ways(node);
  if (ways.kind !== 'branches') return null;
  if (status === 'failed') return ways.names.includes(ON_ERROR) ? ON_ERROR : null;
  return status === 'done' || status === 'skipped' ? (kind.took(detail) ?? (ways.next ? '' : null)) : null;
}
