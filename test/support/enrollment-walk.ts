import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { enrollmentRun } from '../../contracts/courses/run.schema.ts';
import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { Dates } from '../../domain/courses/dates/dates.ts';
import { advanceEnrollment } from '../../domain/courses/machine.ts';
import type { EnrollmentState } from '../../domain/courses/state.ts';
import { enrollmentTerms } from './enrollment-terms.ts';

type Result = Advanced<EnrollmentState>;

/** One enrollment that a test leads by hand: it answers actions by name, sends messages and lets time pass. */
export class EnrollmentWalk {
  terms: EnrollmentTerms;
  last: Result;
  now: string;
  /** All lines that were written, the newest last. */
  readonly lines: Result['steps'] = [];
  /** Each turn: what was received in it, and the state after it. */
  private readonly turns: { mailbox: MailboxItem[]; state: EnrollmentState }[] = [];

  constructor(now: string, terms: Partial<EnrollmentTerms> = {}) {
    this.terms = { ...enrollmentTerms, ...terms };
    this.now = now;
    this.last = this.turn([]);
  }

  /** Answers the open action of that name, with `null` as a failure. @throws Error where none is open */
  answer(activity: string, payload: JsonObject | null): this {
    const action = this.last.actions.find((open) => open.activity === activity);
    if (!action) throw new Error(`${activity} is not open: ${JSON.stringify(this.last.actions)}`);
    return this.answerOne(action, payload);
  }

  /** As `answer`, of one of several actions of that name. */
  answerOne(action: Action, payload: JsonObject | null): this {
    const failure = { type: 'test', message: 'it failed' };
    this.turn([{ kind: payload ? ACTION_DONE : 'failed', ref: action.id, payload: payload ?? failure }]);
    return this;
  }

  /** Sends a message. */
  send(kind: string, payload: JsonObject = {}): this {
    this.turn([{ kind, ref: null, payload }]);
    return this;
  }

  /** Sends several messages that are received in one turn. */
  sendAll(messages: { kind: string; payload: JsonObject }[]): this {
    this.turn(messages.map((message) => ({ ...message, ref: null })));
    return this;
  }

  /** Moves the dates of the course run. */
  move(dates: Partial<Dates>): this {
    const { startsAt, endsAt } = this.terms;
    this.terms = { ...this.terms, ...dates };
    return this.send('datesMoved', { startsAt, endsAt });
  }

  /** Sends a message that is received now and was stored at that instant. */
  sendAt(at: string, kind: string, payload: JsonObject): this {
    this.advance(this.last.state, [{ seq: this.turns.length * 100, kind, ref: null, payload, at }]);
    return this;
  }

  /** Goes on to an instant; without one, to when the enrollment wants to be called. */
  until(instant: string | null = this.last.dueAt): this {
    if (instant === null) throw new Error('Nothing is due');
    this.now = instant;
    this.turn([]);
    return this;
  }

  /** Decides the open gate. @throws Error where none is open */
  decide(outcome: string): this {
    const [gate] = this.last.gates;
    if (!gate) throw new Error('No gate is open');
    return this.send('gate', { step: gate.step, visit: gate.visit, outcome });
  }

  /** Leads to the checkout's link, with a seat held until then. */
  toLink(expiresAt: string, checkoutId = 'cs_1'): this {
    return this.answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'held', expiresAt })
      .answer('createCheckout', { url: 'https://pay.example', checkoutId })
      .answer('sendMessage', {});
  }

  /** Answers all mails and notes that are open. */
  settleMails(): this {
    for (let open = this.open('sendMessage', 'addCrmNote'); open; open = this.open('sendMessage', 'addCrmNote'))
      this.answer(open, {});
    return this;
  }

  private open(...names: string[]): string | undefined {
    return this.last.actions.find(({ activity }) => names.includes(activity))?.activity;
  }

  /** The number of the last turn, 1 the first. */
  get turnNumber(): number {
    return this.turns.length;
  }

  /** Goes back behind a turn, as the engine does: what was reported since then is received again. */
  rewind(turn: number): this {
    const { facts } = enrollmentRun;
    const since = this.turns.slice(turn).flatMap(({ mailbox }) => mailbox);
    const reported = since.filter(({ kind }) => (facts as readonly string[]).includes(kind));
    this.advance(this.turns[turn - 1]?.state ?? null, reported);
    return this;
  }

  private turn(messages: Pick<MailboxItem, 'kind' | 'ref' | 'payload'>[]): Result {
    const mailbox = messages.map((message, index) => ({
      ...message,
      seq: this.turns.length * 100 + index,
      at: this.now,
    }));
    return this.advance(this.last?.state ?? null, mailbox);
  }

  private advance(state: EnrollmentState | null, mailbox: MailboxItem[]): Result {
    this.last = advanceEnrollment(this.terms, state, { now: this.now, mailbox });
    this.turns.push({ mailbox, state: this.last.state });
    this.lines.push(...this.last.steps);
    return this.last;
  }
}
