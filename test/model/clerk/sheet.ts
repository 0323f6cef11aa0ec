import type { Dates, Learner } from '../enrollment-history.ts';
import type { Payment } from './till.ts';

/** What an enrollment receives. */
export type Message =
  | { kind: 'accept' | 'decline' | 'withdraw'; at: number }
  | { kind: 'pause'; at: number }
  | { kind: 'stay' | 'resume' }
  | { kind: 'paid'; payment: Payment; isLate: boolean }
  | { kind: 'changed'; payment: Payment }
  | { kind: 'underWay' | 'bounced'; page: Page }
  | { kind: 'decided'; gate: Gate; isYes: boolean }
  | { kind: 'dates'; before: Dates }
  | { kind: 'offer'; until: number };

/** A page to pay on, as the payment service has it. */
export type Page = { is: 'open' | 'paid' | 'underWay' | 'bounced' | 'closed'; payment: Payment };
/** What a person is asked. */
export type Gate = { about: 'refund' | Owed };
/** Money to be given back; `isStuck`: the payment service would not. */
export type Owed = { payment: Payment; cents: number; isStuck: boolean; gate: Gate | null };
/** What is done beside the way of the enrollment, one after the other. */
export type Task =
  { kind: 'mail'; word: string; asked: number } | { kind: 'look'; payment: Payment } | { kind: 'refund'; owed: Owed };

/** One enrollment as a clerk with a list of seats would keep it. */
export type Sheet = {
  who: Learner;
  /** How it has ended last; it may go on after that, with money that came late. */
  end: string | null;
  mails: string[];
  /** When the last mail about what they may do now was asked for and sent. */
  told: { asked: number; sent: number } | null;
  payments: Payment[];
  is:
    | 'asked'
    | 'checking'
    | 'seating'
    | 'queued'
    | 'offered'
    | 'holding'
    | 'paid'
    | 'in'
    | 'quoting'
    | 'leaving'
    | 'closing'
    | 'over';
  isLive: boolean;
  /** Since when it is paused, or was last. */
  isPaused: boolean;
  pausedAt: number;
  place: 'seat' | 'queue' | 'none';
  isOffer: boolean;
  /** The last page to pay on, and whether the money for the seat may still come by it. */
  page: Page | null;
  isOpen: boolean;
  /** When a page was asked for that is not there yet. */
  linkAsked: number | null;
  /** Whether the seat is still to be kept for money on its way. */
  isKeeping: boolean;
  accepted: Payment | null;
  wantsOut: number | null;
  since: number;
  until: number;
  holdUntil: number;
  offerUntil: number;
  /** The dates of the last mail about them. */
  datesSent: Dates | null;
  isKeptOnce: boolean;
  /** Of a withdrawal: what was paid, and what is given back. */
  quote: { asked: number; paid: number; back: number };
  closing: { end: string; isPageDone: boolean; isTold: boolean; keepsSeat: boolean };
  tasks: Task[];
  gates: Gate[];
  inbox: Message[];
};

/** The sheet of who has just asked, with the place that they got. */
export function newSheet(who: Learner, place: Sheet['place']): Sheet {
  return {
    who,
    end: null,
    mails: [],
    told: null,
    payments: [],
    is: 'asked',
    isLive: true,
    isPaused: false,
    pausedAt: 0,
    place,
    isOffer: false,
    page: null,
    isOpen: false,
    linkAsked: null,
    isKeeping: false,
    accepted: null,
    wantsOut: null,
    since: 0,
    until: Infinity,
    holdUntil: Infinity,
    offerUntil: Infinity,
    datesSent: null,
    isKeptOnce: false,
    quote: { asked: 0, paid: 0, back: 0 },
    closing: { end: '', isPageDone: false, isTold: false, keepsSeat: false },
    tasks: [],
    gates: [],
    inbox: [],
  };
}

/** News of money alone wake one that is over. */
export function isRunning({ is, inbox }: Sheet): boolean {
  return is !== 'over' || inbox.some(({ kind }) => kind === 'paid' || kind === 'changed');
}

/** Whether the enrollment's own way waits for an action. */
export function isAtWork({ is, closing, place, linkAsked, isKeeping }: Sheet): boolean {
  if (is === 'holding') return linkAsked !== null || isKeeping;
  if (is === 'closing') return !closing.isPageDone || (place !== 'none' && !closing.keepsSeat);
  return is === 'checking' || is === 'seating' || is === 'paid' || is === 'quoting';
}

/** A refund that waits for a person, or for the payer's bank. */
export function isHeldBack({ isStuck, payment }: Owed): boolean {
  return isStuck || payment.held > 0;
}

/** Whether a pause holds the deadline of what a person is asked. */
export function isHeld({ isPaused, inbox, until }: Sheet): boolean {
  return isPaused || inbox.some((message) => message.kind === 'pause' && message.at < until);
}

/** What is owed of a payment. */
export function owedOf({ tasks }: Sheet, payment: Payment): number {
  return tasks.reduce(
    (total, task) => total + (task.kind === 'refund' && task.owed.payment === payment ? task.owed.cents : 0),
    0,
  );
}

/** How an enrollment stands, to see whether anything has led on. */
export function stand({ is, tasks, closing, place, end, mails, linkAsked, isKeeping }: Sheet): string {
  return JSON.stringify([is, tasks.length, closing, place, end, mails.length, linkAsked, isKeeping, refundsOf(tasks)]);
}

function refundsOf(tasks: readonly Task[]): unknown[] {
  return tasks.map((task) => (task.kind === 'refund' ? [task.owed.cents, task.owed.isStuck] : task.kind));
}

/** What a person is asked is what waits for them, the first question first. */
export function keepGates(sheet: Sheet): void {
  const stuck = sheet.tasks.flatMap((task) => (task.kind === 'refund' && task.owed.isStuck ? [task.owed] : []));
  // What is still to be looked at may have been made elsewhere.
  const isSeen = ({ payment }: Owed): boolean =>
    sheet.tasks.every((task) => task.kind !== 'look' || task.payment !== payment);
  for (const owed of stuck.filter(isSeen)) owed.gate ??= { about: owed };
  const own = stuck.flatMap(({ gate }) => gate ?? []);
  const asked = sheet.gates.filter((gate) => (gate.about === 'refund' ? sheet.is === 'leaving' : own.includes(gate)));
  sheet.gates = [...asked, ...own.filter((gate) => !asked.includes(gate))];
}
