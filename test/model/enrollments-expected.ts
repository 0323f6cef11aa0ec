import { Clerk } from './clerk/clerk.ts';
import { isHeld, isRunning, type Page, type Sheet } from './clerk/sheet.ts';
import type { Payment } from './clerk/till.ts';
import type { EnrollmentHistory, EnrollmentMoment, Learner, ServiceMoment } from './enrollment-history.ts';

/** What became of one enrollment: its end, or `in`; its mails with the address that each went to; and its money, in cents. */
export type EnrollmentStory = { who: Learner; end: string; mails: string[]; came: number; went: number };

/** What a history must come to, as a clerk would work it out. */
export function storiesOf(history: EnrollmentHistory): EnrollmentStory[] {
  const clerk = new Clerk(history);
  const world = new World(clerk);
  for (const moment of history.moments) world.live(moment);
  clerk.passTime(Infinity);
  return clerk.sheets.map(({ who, end, mails, payments }) => {
    const came = payments.reduce((total, { cents }) => total + cents, 0);
    return { who, end: end ?? 'in', mails, came, went: payments.reduce((total, { went }) => total + went, 0) };
  });
}

/** What happens around the clerk: learners, operators and the payment service, of which the clerk receives what is reported. */
class World {
  private readonly clerk: Clerk;
  /** What the moments were at the payment service that are reported later. */
  private readonly reports = new Map<number, { at: number; sheet: Sheet; payment: Payment; isPay: boolean }>();
  private readonly debits = new Map<number, { sheet: Sheet; page: Page }>();
  /** The last payment of each learner that has come. */
  private readonly lastPaid = new Map<Learner, { sheet: Sheet; payment: Payment }>();
  private isUp = true;
  private seen = 0;

  constructor(clerk: Clerk) {
    this.clerk = clerk;
  }

  live(moment: EnrollmentMoment): void {
    if (this.isUp) this.clerk.passTime(moment.at);
    this.clerk.now = moment.at;
    this.happen(moment, this.seen);
    this.seen += 1;
    if (this.isUp) this.clerk.work();
  }

  private happen(moment: EnrollmentMoment, index: number): void {
    switch (moment.kind) {
      case 'down':
      case 'up':
        this.isUp = moment.kind === 'up';
        return;
      case 'grow':
        return this.clerk.resize(1);
      case 'shrink':
        return this.clerk.resize(-1);
      case 'dates':
        return this.clerk.moveDates(moment);
      case 'report':
        return this.report(moment.of, moment.at);
      case 'settle':
      case 'bounce': {
        const debit = this.debits.get(moment.of);
        if (debit) this.settle(debit, moment.kind === 'settle');
        return;
      }
      case 'payBack':
      case 'return':
      case 'dispute':
      case 'rule':
        return this.atTheService(moment, index);
      case 'move':
        this.clerk.moves.set(moment.who, (this.clerk.moves.get(moment.who) ?? 0) + 1);
        return;
      case 'refuse':
      case 'take':
        this.clerk.isMailRefused = moment.kind === 'refuse';
        return;
      case 'shut':
      case 'open':
        this.clerk.isShut = moment.kind === 'shut';
        return;
      // What the outside has said is fact: who is in stays in, with the same mails and money.
      case 'rewind':
        return;
      // These mails are about what the learner booked.
      case 'optOut':
      case 'refused':
        return;
      default:
        this.ask(moment, index);
    }
  }

  /** What a learner does, or another for them. */
  private ask(moment: Extract<EnrollmentMoment, { who: Learner }>, index: number): void {
    if (moment.kind === 'request') return this.clerk.request(moment.who);
    const sheet = this.clerk.sheets.findLast(({ who }) => who === moment.who);
    const isLive = sheet !== undefined && sheet.isLive;
    if (!sheet) return;
    switch (moment.kind) {
      case 'pay':
        return this.pay(sheet, index);
      case 'debit':
        if (sheet.page?.is !== 'open') return;
        sheet.page.is = 'underWay';
        this.debits.set(index, { sheet, page: sheet.page });
        if (moment.isReported) sheet.inbox.push({ kind: 'underWay', page: sheet.page });
        return;
      case 'withdraw':
        if (isLive) sheet.inbox.push({ kind: 'withdraw', at: moment.at });
        return;
      case 'pause':
        if (isRunning(sheet)) sheet.inbox.push({ kind: 'pause', at: moment.at });
        return;
      case 'resume':
        if (isRunning(sheet)) sheet.inbox.push({ kind: 'resume' });
        return;
      case 'stay':
        if (isLive && sheet.is === 'leaving') sheet.inbox.push({ kind: 'stay' });
        return;
      case 'accept':
      case 'decline':
        if (isLive && sheet.isOffer && sheet.offerUntil > this.clerk.now)
          sheet.inbox.push({ kind: moment.kind, at: moment.at });
        return;
      case 'decide': {
        const [gate] = sheet.gates;
        if (!gate || (gate.about === 'refund' && sheet.until <= this.clerk.now && !isHeld(sheet))) return;
        sheet.gates = sheet.gates.slice(1);
        sheet.inbox.push({ kind: 'decided', gate, isYes: moment.isYes });
        return;
      }
      default:
    }
  }

  private pay(sheet: Sheet, index: number): void {
    const { page } = sheet;
    if (page?.is !== 'open') return;
    page.is = 'paid';
    this.come(sheet, page.payment);
    this.reports.set(index, { at: this.clerk.now, sheet, payment: page.payment, isPay: true });
  }

  private come(sheet: Sheet, payment: Payment): void {
    sheet.payments.push(payment);
    this.lastPaid.set(sheet.who, { sheet, payment });
  }

  /** What happens to a payment that has come, of which the school has reports alone. */
  private atTheService(moment: ServiceMoment, index: number): void {
    const last = this.lastPaid.get(moment.who);
    if (last && happensTo(last.payment, moment)) this.reports.set(index, { at: this.clerk.now, ...last, isPay: false });
  }

  /** A report of a payment that is in no book yet is of nothing that the school knows. */
  private report(of: number, at: number): void {
    const reported = this.reports.get(of);
    if (!reported) return;
    const { sheet, payment, isPay } = reported;
    if (isPay) {
      payment.isBooked = true;
      sheet.inbox.push({ kind: 'paid', payment, isLate: at > reported.at });
    } else if (payment.isBooked) sheet.inbox.push({ kind: 'changed', payment });
    // The same event again is the same event.
    if (isPay || payment.isBooked) this.reports.delete(of);
  }

  /** The money of a debit has come, or has not; the service knows it first. */
  private settle({ sheet, page }: { sheet: Sheet; page: Page }, isPaid: boolean): void {
    page.is = isPaid ? 'paid' : 'bounced';
    if (!isPaid) {
      sheet.inbox.push({ kind: 'bounced', page });
      return;
    }
    this.come(sheet, page.payment);
    page.payment.isBooked = true;
    sheet.inbox.push({ kind: 'paid', payment: page.payment, isLate: false });
  }
}

/** Does at the payment service what the moment says. @returns whether there was anything to do */
function happensTo(payment: Payment, moment: ServiceMoment): boolean {
  switch (moment.kind) {
    case 'payBack': {
      const cents = Math.min(moment.cents, payment.leftThere);
      if (cents > 0) payment.payBack(cents, false);
      return cents > 0;
    }
    case 'return':
      return payment.return();
    case 'dispute':
      return payment.open(moment.isInquiry);
    case 'rule':
      return payment.decide(moment.isWon);
  }
}
