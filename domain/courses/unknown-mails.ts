import { LATE_REPLY, type GateSpec, type MailboxItem, type StepChange } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { answers, decides, text } from '../machine/received.ts';
import { noteTask, sendMail } from './side-tasks.ts';
import type { AwaitedMail, EnrollmentState, SideTask, StageKind } from './state.ts';
import type { Turn } from './turn.ts';

const suffix = '-unknown';

/** The mails without which a learner cannot go on, by their step, with the stage in which they are waited for. */
const awaitedIn: Readonly<Record<string, StageKind>> = { 'payment-mail': 'payment', 'offer-mail': 'offered' };

type Mail = Extract<SideTask, { kind: 'mail' }>;

/** Whether the learner waits now for a mail of this step, and whether it arrived is known. Before its link is there no mail about it is awaited. */
export function isAwaitedMail(state: EnrollmentState, step: string): boolean {
  if (state.stage.kind === 'payment' && !state.stage.isMade) return false;
  return awaitedIn[step] === state.stage.kind && !awaitedNow(state).some((mail) => mail.step === step);
}

/** What a person can say of a mail that may have arrived or not, and what follows. */
export const unknownMailOutcomes = [
  { name: 'arrived', label: 'It arrived', follows: 'nothing more is sent' },
  { name: 'again', label: 'Send it again', follows: 'a second copy is sent; the learner may have two' },
  { name: 'leave', label: 'Leave it', follows: 'nothing more is sent' },
] as const;

/** Whether a gate's step asks about a mail of unknown end. */
export function isUnknownMailStep(step: string): boolean {
  return step.endsWith(suffix);
}

/** The gates of mails that the learner waits for now and of which nobody knows whether they arrived. */
export function unknownMailGates(state: EnrollmentState): GateSpec[] {
  return awaitedNow(state).map((mail) => ({
    ...gateOf(mail),
    title: 'Did this mail arrive?',
    outcomes: unknownMailOutcomes.map(({ name, label }) => ({ name, label, comment: 'optional' })),
    assignee: { kind: 'role', id: 'operator' },
    content: {
      mail: mail.title,
      hint: 'The mail server took it over and gave no answer. Its log knows it by the Message-ID.',
    },
    dueAt: null,
    onTimeout: null,
  }));
}

/** What a message changes about mails of unknown end; null when it is about none of them. */
export function receiveForUnknownMail(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState | null {
  if (item.kind === ACTION_DONE && item.payload['unknown'] === true) {
    const sent = state.errands.find((task): task is Mail => task.kind === 'mail' && answers(item, task));
    const { stage } = state;
    if (!sent || stage.kind === 'ended' || awaitedIn[sent.step] !== stage.kind) return null;
    noteTask(turn, sent, 'failed', { reason: 'nobody knows whether it arrived' });
    const awaited = { ...sent, awaitedIn: { stage: stage.kind, visit: stage.visit } };
    const errands = state.errands.filter((task) => task !== sent);
    return { ...state, errands, unknownMails: [...awaitedNow(state), awaited] };
  }
  if (item.kind === LATE_REPLY) return arrivedAfterAll(state, item, turn);
  const asked = awaitedNow(state).find((mail) => decides(item, gateOf(mail)));
  return asked ? decided(state, asked, item, turn) : null;
}

/** The mails of which a person has said in a turn what became of them, by its lines; `happened`: that they arrived. */
export function settledMails(lines: readonly StepChange[]): { step: string; visit: number; happened: boolean }[] {
  return lines.flatMap(({ step, visit, detail }) => {
    const said = detail?.['decided'];
    return typeof said === 'string' ? [{ step, visit, happened: said === 'arrived' }] : [];
  });
}

function arrivedAfterAll(state: EnrollmentState, { payload }: MailboxItem, turn: Turn): EnrollmentState {
  const isMeant = ({ step, visit }: AwaitedMail): boolean => step === payload['step'] && visit === payload['visit'];
  const mails = awaitedNow(state);
  for (const mail of mails.filter(isMeant)) noteTask(turn, mail, 'done', {});
  return { ...state, unknownMails: mails.filter((mail) => !isMeant(mail)) };
}

function decided(state: EnrollmentState, mail: AwaitedMail, item: MailboxItem, turn: Turn): EnrollmentState {
  const outcome = text(item.payload, 'outcome') ?? 'leave';
  noteTask(turn, mail, outcome === 'arrived' ? 'done' : 'failed', { decided: outcome });
  const after = { ...state, unknownMails: awaitedNow(state).filter((other) => other !== mail) };
  return outcome === 'again' ? sendMail(after, turn, mail.step, mail.title, mail.params) : after;
}

/** Once the stage is over that a mail was sent for, nobody waits for it any more. */
function awaitedNow({ stage, unknownMails = [] }: EnrollmentState): AwaitedMail[] {
  if (stage.kind === 'ended') return [];
  return unknownMails.filter(({ awaitedIn }) => awaitedIn.stage === stage.kind && awaitedIn.visit === stage.visit);
}

function gateOf({ step, visit }: AwaitedMail): { step: string; visit: number } {
  return { step: `${step}${suffix}`, visit };
}
