import { type Dates, type EnrollmentHistory, type Learner, terms } from '../enrollment-history.ts';
import {
  type Gate,
  isAtWork,
  isHeldBack,
  isRunning,
  keepGates,
  type Message,
  newSheet,
  type Owed,
  owedOf,
  type Page,
  type Sheet,
  stand,
} from './sheet.ts';
import { Payment } from './till.ts';

/**
 * Keeps enrollments with a calendar and a list of seats. In plain code: no stages, no turns, no database. What needs a worker happens when there is
 * one, first to whom asked first.
 */
export class Clerk {
  readonly sheets: Sheet[] = [];
  private readonly run: EnrollmentHistory;

  readonly moves = new Map<Learner, number>();
  private capacity: number;
  private dates: Dates;
  /** The mail server takes no mail; the payment service makes no page and no refund. */
  isMailRefused = false;
  isShut = false;
  now = 0;

  constructor(run: EnrollmentHistory) {
    this.run = run;
    this.capacity = run.capacity;
    this.dates = run.dates;
  }

  /** Lets what falls due happen at its time. */
  passTime(to: number): void {
    for (let due = this.nextDue(); due <= to && due < Infinity; due = this.nextDue()) {
      this.now = due;
      this.work();
    }
  }

  /** Seats are given in the order of asking, at the request itself. */
  request(who: Learner): void {
    if (this.isOver() || this.sheets.some((sheet) => sheet.who === who && sheet.isLive)) return;
    this.sheets.push(newSheet(who, this.placeFor(who)));
  }

  private nextDue(): number {
    return Math.min(Infinity, ...this.sheets.map((sheet) => this.dueOf(sheet)));
  }

  isOver(): boolean {
    return this.dates.endsAt !== null && this.dates.endsAt <= this.now;
  }

  /** The next of the dates. */
  private nextDate(): number {
    const { startsAt, endsAt } = this.dates;
    return [startsAt, endsAt].find((date) => date !== null && date > this.now) ?? Infinity;
  }

  /** Until when an enrollment waits: what was promised, and no longer than the course run lasts. */
  private untilOf({ is, until }: Sheet): number {
    const end = this.dates.endsAt ?? Infinity;
    return is === 'offered' || is === 'holding' || is === 'in' ? Math.min(until, end) : until;
  }

  /** When it goes on by itself. A pause puts off by a day what is due, and what is to be done without a time of its own by a day from its beginning. */
  private dueOf(sheet: Sheet): number {
    const { isPaused, pausedAt, tasks, linkAsked, holdUntil } = sheet;
    const end = this.dates.endsAt ?? Infinity;
    const until = linkAsked === null ? this.untilOf(sheet) : Math.min(linkDue(linkAsked, holdUntil), end);
    if (!isPaused) return until;
    const isToDo = isAtWork(sheet) || tasks.some((task) => task.kind !== 'refund' || !isHeldBack(task.owed));
    return isToDo && until > pausedAt + day ? pausedAt + day : until + day;
  }

  /** New seats go to the queue at once; fewer than are taken there cannot be. */
  resize(by: number): void {
    const wanted = Math.max(this.capacity + by, 0);
    if (wanted < this.taken()) return;
    this.capacity = wanted;
    this.offerSeats();
  }

  /** Moved dates are sent to all who are enrolled. */
  moveDates({ startsAt, endsAt }: Dates): void {
    const before = this.dates;
    if (areSame(before, { startsAt, endsAt })) return;
    this.dates = { startsAt, endsAt };
    for (const sheet of this.sheets.filter(({ isLive }) => isLive)) sheet.inbox.push({ kind: 'dates', before });
    this.offerSeats();
  }

  /** Who comes again goes on in the seat that they still have. */
  private placeFor(who: Learner): Sheet['place'] {
    if (this.isOver()) return 'none';
    const earlier = this.sheets.find((sheet) => sheet.who === who && sheet.place === 'seat');
    if (earlier) {
      earlier.place = 'none';
      return 'seat';
    }
    if (this.free() > 0 && this.queue().length === 0) return 'seat';
    return this.queue().length < this.run.places ? 'queue' : 'none';
  }

  private free(): number {
    return this.capacity - this.taken();
  }

  private taken(): number {
    return this.sheets.filter(({ place }) => place === 'seat').length;
  }

  private queue(): Sheet[] {
    return this.sheets.filter(({ place }) => place === 'queue');
  }

  /** Does what there is to do for those who have something to be done, first for whom asked first. */
  work(): void {
    const next = (): Sheet | undefined => this.sheets.find((sheet) => isAwaiting(sheet, this.dueOf(sheet), this.now));
    for (let sheet = next(); sheet; sheet = next()) {
      const inbox = [...sheet.inbox, ...this.decidedByTime(sheet)];
      sheet.inbox = [];
      if (sheet.is === 'asked') Object.assign(sheet, { is: 'checking', since: this.now });
      for (const message of inbox) this.receive(sheet, message);
      this.goOn(sheet);
      if (this.dueOf(sheet) <= this.now) {
        sheet.isPaused = false;
        if (this.untilOf(sheet) <= this.now && (sheet.linkAsked === null || this.isOver())) this.fallDue(sheet);
      }
      this.goOn(sheet);
      keepGates(sheet);
    }
  }

  /** Whom nobody has asked in time has said yes; a pause that came before puts that off. */
  private decidedByTime(sheet: Sheet): Message[] {
    if (sheet.is !== 'leaving' || this.dueOf(sheet) > this.now) return [];
    const pause = sheet.inbox.find((message) => message.kind === 'pause');
    const isHeldOff = pause?.kind === 'pause' && pause.at < sheet.until;
    const gate = sheet.gates.find(({ about }) => about === 'refund');
    return isHeldOff || !gate ? [] : [{ kind: 'decided', gate, isYes: true }];
  }

  private receive(sheet: Sheet, message: Message): void {
    switch (message.kind) {
      case 'paid':
        if (this.takeIn(sheet, message.payment) && message.isLate)
          sheet.tasks.push({ kind: 'look', payment: message.payment });
        break;
      case 'changed':
        sheet.tasks.push({ kind: 'look', payment: message.payment });
        break;
      case 'underWay':
        if (sheet.is === 'holding' && message.page === sheet.page && !sheet.isKeptOnce) this.waitForMoney(sheet);
        break;
      case 'bounced':
        if (sheet.is === 'holding' && message.page === sheet.page) this.linkAgain(sheet);
        break;
      case 'offer':
        if (sheet.is !== 'queued') return;
        takeMailsBack(sheet);
        // There was no worker until it was over: the seat is theirs to pay for.
        if (message.until <= this.now) {
          sheet.is = 'seating';
          break;
        }
        Object.assign(sheet, { is: 'offered', until: message.until });
        this.mail(sheet, 'offer');
        break;
      case 'accept':
        if (sheet.is === 'offered' && message.at < sheet.until) this.seatOffered(sheet);
        break;
      case 'decline':
        if (sheet.is === 'seating') sheet.wantsOut ??= message.at;
        if (sheet.is === 'offered' && message.at < sheet.until) this.close(sheet, 'offerDeclined');
        break;
      case 'withdraw':
        this.withdraw(sheet, message.at);
        break;
      case 'stay':
        if (sheet.is === 'leaving' || sheet.is === 'quoting') Object.assign(sheet, { is: 'in', until: Infinity });
        else sheet.wantsOut = null;
        break;
      case 'dates':
        this.sendDates(sheet, message.before);
        break;
      case 'pause':
        // Nothing holds up what is over.
        if (!sheet.isPaused && sheet.is !== 'over') Object.assign(sheet, { isPaused: true, pausedAt: this.now });
        break;
      case 'resume':
        sheet.isPaused = false;
        break;
      case 'decided':
        this.decided(sheet, message.gate, message.isYes);
        break;
      default:
    }
    this.askAgain(sheet);
  }

  private seatOffered(sheet: Sheet): void {
    takeMailsBack(sheet);
    Object.assign(sheet, { is: 'seating', until: Infinity });
  }

  /** A queue that was open until the start closes at the new one. */
  private sendDates(sheet: Sheet, sent: Dates): void {
    const before = sheet.datesSent ?? sent;
    const isTold = !['checking', 'seating', 'closing', 'over'].includes(sheet.is);
    if (areSame(before, this.dates) || isTold) sheet.datesSent = this.dates;
    if (areSame(before, this.dates) || !isTold) return;
    if (sheet.is === 'queued') {
      const isForStart = sheet.until === before.startsAt && this.dates.startsAt !== null;
      sheet.until = isForStart ? (this.dates.startsAt ?? Infinity) : this.nextDate();
    }
    if (sheet.is === 'holding' && sheet.isKeptOnce && sheet.until === Infinity) sheet.isKeeping = true;
    this.mail(sheet, 'dates');
  }

  /** Money has come. @returns whether it is news */
  private takeIn(sheet: Sheet, payment: Payment): boolean {
    if (payment.isReceived) return false;
    payment.isReceived = true;
    const isEnding = sheet.is === 'closing' || sheet.is === 'over';
    const end = sheet.is === 'over' ? sheet.end : sheet.closing.end;
    const isDue = isEnding ? end === 'holdExpired' : !['in', 'quoting', 'leaving'].includes(sheet.is);
    if (sheet.accepted || sheet.wantsOut !== null || !isDue || this.isOver()) {
      this.owe(sheet, payment, payment.cents);
      this.mail(sheet, 'back');
      if (sheet.is === 'holding') this.linkAgain(sheet);
      return true;
    }
    Object.assign(sheet, { accepted: payment, isOpen: false });
    if (sheet.is === 'holding') {
      takeMailsBack(sheet);
      Object.assign(sheet, { is: 'paid', until: Infinity, linkAsked: null, isKeeping: false });
    }
    return true;
  }

  private owe(sheet: Sheet, payment: Payment, wanted: number): void {
    const cents = Math.min(wanted, payment.left + payment.held - owedOf(sheet, payment));
    if (cents > 0) sheet.tasks.push({ kind: 'refund', owed: { payment, cents, isStuck: false, gate: null } });
  }

  private withdraw(sheet: Sheet, at: number): void {
    // The first word to that counts.
    sheet.wantsOut ??= at;
    switch (sheet.is) {
      case 'checking':
      case 'queued':
      case 'offered':
      case 'holding':
        return this.close(sheet, 'withdrawn');
      case 'in':
        return this.leave(sheet);
      case 'quoting':
      case 'leaving':
        sheet.wantsOut = null;
        return;
      default:
    }
  }

  private decided(sheet: Sheet, gate: Gate, isYes: boolean): void {
    const { about } = gate;
    if (about === 'refund') {
      if (sheet.is === 'leaving') this.close(sheet, 'withdrawn', isYes ? sheet.quote.back : 0);
      return;
    }
    const task = sheet.tasks.find((each) => each.kind === 'refund' && each.owed === about);
    if (!task) return;
    Object.assign(about, { isStuck: false, gate: null });
    if (isYes) return;
    about.payment.settle(about.cents);
    sheet.tasks = sheet.tasks.filter((each) => each !== task);
  }

  /** What leads on without a message: the enrollment's own way, and what is done beside it. */
  private goOn(sheet: Sheet): void {
    for (let before = ''; before !== stand(sheet);) {
      before = stand(sheet);
      if (!sheet.isPaused) this.doTasks(sheet);
      if (!sheet.isPaused || !isAtWork(sheet)) this.goOnce(sheet);
      this.askAgain(sheet);
    }
  }

  private goOnce(sheet: Sheet): void {
    switch (sheet.is) {
      case 'checking':
        if (this.isOver()) return this.close(sheet, 'courseRunEnded');
        sheet.is = 'seating';
        return;
      case 'seating':
        return this.seat(sheet);
      case 'holding':
        sheet.isKeeping = false;
        return this.link(sheet);
      case 'quoting':
        return this.quote(sheet);
      case 'paid':
        if (this.isOver()) return this.close(sheet, 'courseRunEnded');
        sheet.is = 'in';
        if (sheet.wantsOut !== null) return this.leave(sheet);
        this.mail(sheet, 'welcome');
        return;
      case 'closing':
        return this.goOnClosing(sheet);
      case 'over':
        if (sheet.accepted && sheet.end === 'holdExpired') sheet.is = 'seating';
        else if (sheet.tasks.length > 0) {
          sheet.is = 'closing';
          sheet.closing = { end: sheet.end ?? '', isPageDone: true, isTold: true, keepsSeat: true };
        }
        return;
      default:
    }
  }

  private seat(sheet: Sheet): void {
    if (sheet.accepted && sheet.place !== 'seat') {
      const other = this.sheets.some((each) => each !== sheet && each.who === sheet.who && each.isLive);
      const place = other && !sheet.isLive ? 'none' : this.placeFor(sheet.who);
      if (place !== 'seat') return this.close(sheet, 'noSeatLeft');
      sheet.place = 'seat';
    }
    if (sheet.place === 'none') sheet.place = this.placeFor(sheet.who);
    if (sheet.place === 'none') return this.close(sheet, this.isOver() ? 'courseRunEnded' : 'full');
    if (sheet.place === 'queue') {
      Object.assign(sheet, { is: 'queued', until: this.nextDate() });
      this.mail(sheet, 'queue');
      if (sheet.wantsOut !== null) this.close(sheet, 'withdrawn');
      return;
    }
    Object.assign(sheet, { isOffer: false, isLive: true });
    sheet.end = null;
    if (this.isOver()) return this.close(sheet, 'courseRunEnded');
    if (sheet.accepted) {
      Object.assign(sheet, { is: 'paid', until: Infinity });
      return;
    }
    sheet.is = 'holding';
    if (sheet.wantsOut !== null) return this.close(sheet, 'withdrawn');
    sheet.holdUntil = Math.min(this.now + terms.hold, this.nextDate());
    this.askForLink(sheet);
  }

  private askForLink(sheet: Sheet): void {
    takeMailsBack(sheet);
    Object.assign(sheet, { until: sheet.holdUntil, page: null, isOpen: true, linkAsked: this.now });
  }

  /** A link that comes late takes nothing from the time to pay. */
  private link(sheet: Sheet): void {
    if (sheet.linkAsked === null) return;
    if (this.isShut) return this.close(sheet, 'paymentUnavailable');
    const late = this.now - sheet.linkAsked;
    if (late > 1)
      sheet.holdUntil = Math.max(sheet.holdUntil, Math.min(sheet.holdUntil + late, this.dates.endsAt ?? Infinity));
    const page: Page = { is: 'open', payment: new Payment(terms.price) };
    Object.assign(sheet, { until: sheet.holdUntil, page, linkAsked: null });
    this.mail(sheet, 'pay');
  }

  private fallDue(sheet: Sheet): void {
    switch (sheet.is) {
      case 'offered':
        // They got no mail about it, or too late to answer: the seat is theirs to pay for.
        if (!this.isOver() && cameTooLate(sheet, 'offer')) return this.seatOffered(sheet);
        return this.close(sheet, this.isOver() ? 'courseRunEnded' : 'offerExpired');
      case 'leaving':
        return this.close(sheet, 'withdrawn', sheet.quote.back);
      case 'holding':
        return this.close(sheet, this.isOver() ? 'courseRunEnded' : 'holdExpired');
      case 'in':
        return this.lapse(sheet);
      case 'queued': {
        const { startsAt } = this.dates;
        if (startsAt === null || startsAt <= this.now) return this.close(sheet, 'waitlistClosed');
        sheet.until = startsAt;
        return;
      }
      default:
        sheet.until = Infinity;
    }
  }

  /** Longer than any debit of a history takes. */
  private waitForMoney(sheet: Sheet): void {
    Object.assign(sheet, { until: Infinity, isKeptOnce: true, isKeeping: true });
    this.mail(sheet, 'wait');
  }

  private linkAgain(sheet: Sheet): void {
    if (sheet.holdUntil <= this.now) return this.close(sheet, 'holdExpired');
    this.askForLink(sheet);
  }

  /** What is paid is quoted, and a person asked; who has got all back already leaves at once. */
  private leave(sheet: Sheet): void {
    const asked = sheet.wantsOut ?? this.now;
    sheet.wantsOut = null;
    const paid = sheet.accepted?.paid ?? 0;
    if (paid === 0) return this.close(sheet, 'withdrawn');
    Object.assign(sheet, { is: 'quoting', quote: { asked, paid, back: 0 } });
  }

  private quote(sheet: Sheet): void {
    const { asked, paid } = sheet.quote;
    const isAll = asked <= sheet.since + terms.allWithin;
    sheet.quote.back = isAll ? paid - Math.min(terms.fee, paid) : Math.ceil(paid * terms.laterShare);
    Object.assign(sheet, { is: 'leaving', until: this.now + terms.decide });
    sheet.gates.push({ about: 'refund' });
  }

  /** What has gone at the service since a person was asked counts towards it, and they are asked anew. */
  private askAgain(sheet: Sheet): void {
    if (sheet.is !== 'leaving') return;
    const gone = sheet.quote.paid - (sheet.accepted?.paid ?? 0);
    if (gone <= 0) return;
    Object.assign(sheet.quote, { paid: sheet.quote.paid - gone, back: Math.max(sheet.quote.back - gone, 0) });
    sheet.gates = [...sheet.gates.filter(({ about }) => about !== 'refund'), { about: 'refund' }];
  }

  private close(sheet: Sheet, end: string, refund?: number): void {
    takeMailsBack(sheet);
    Object.assign(sheet, { is: 'closing', until: Infinity, wantsOut: null, linkAsked: null, isKeeping: false });
    sheet.closing = { end, isPageDone: !sheet.isOpen, isTold: false, keepsSeat: false };
    if (sheet.accepted) this.owe(sheet, sheet.accepted, refund ?? sheet.accepted.cents);
  }

  /** Who was in to the end keeps the seat, and nothing comes back. */
  private lapse(sheet: Sheet): void {
    this.close(sheet, 'lapsed', 0);
    sheet.closing.keepsSeat = true;
  }

  private goOnClosing(sheet: Sheet): void {
    const { closing, page } = sheet;
    if (!closing.isPageDone) {
      closing.isPageDone = true;
      if (page?.is === 'open') page.is = 'closed';
      if (page?.is === 'underWay' && closing.end === 'holdExpired' && !sheet.isKeptOnce) {
        Object.assign(sheet, { is: 'holding', holdUntil: this.now });
        return this.waitForMoney(sheet);
      }
      if (page?.is === 'paid') {
        page.payment.isBooked = true;
        if (this.takeIn(sheet, page.payment)) sheet.tasks.push({ kind: 'look', payment: page.payment });
      }
      sheet.isOpen = false;
      if (sheet.accepted && closing.end === 'holdExpired') sheet.is = 'seating';
      return;
    }
    if (sheet.place !== 'none' && !closing.keepsSeat) {
      Object.assign(sheet, { place: 'none', isOffer: false });
      return this.offerSeats();
    }
    if (sheet.accepted && closing.end === 'holdExpired') {
      if (sheet.wantsOut === null) sheet.is = 'seating';
      else {
        closing.end = 'withdrawn';
        this.owe(sheet, sheet.accepted, sheet.accepted.cents);
      }
      return;
    }
    if (sheet.tasks.some(({ kind }) => kind === 'refund')) return;
    if (!closing.isTold) {
      closing.isTold = true;
      return this.mail(sheet, 'ended');
    }
    if (sheet.tasks.length > 0) return;
    Object.assign(sheet, { is: 'over', end: closing.end, isLive: false });
  }

  private offerSeats(): void {
    if (this.isOver()) return;
    for (const head of this.queue().slice(0, Math.max(0, this.free()))) {
      const until = Math.min(this.now + terms.offer, this.nextDate());
      head.place = 'seat';
      head.isOffer = true;
      head.offerUntil = until;
      head.inbox.push({ kind: 'offer', until });
    }
  }

  /** One after the other; a refund that the service would not make stays, and its payment is looked at. */
  private doTasks(sheet: Sheet): void {
    for (const task of sheet.tasks) {
      if (task.kind === 'refund' && !this.refund(sheet, task.owed)) continue;
      sheet.tasks = sheet.tasks.filter((each) => each !== task);
      if (task.kind === 'mail' && !this.isMailRefused) this.send(sheet, task);
      if (task.kind === 'look') this.look(sheet, task.payment);
    }
  }

  private send(sheet: Sheet, { word, asked }: { word: string; asked: number }): void {
    sheet.mails.push(`${word} ${this.moves.get(sheet.who) ?? 0}`);
    if (ofTheirStage.includes(word)) sheet.told = { asked, sent: this.now };
  }

  /** @returns whether it is done; not while the payer's bank holds the money */
  private refund(sheet: Sheet, owed: Owed): boolean {
    const { payment, cents } = owed;
    if (isHeldBack(owed)) return false;
    if (cents <= payment.leftThere && !this.isShut) {
      payment.payBack(cents, true);
      return true;
    }
    owed.isStuck = true;
    sheet.tasks.push({ kind: 'look', payment });
    return false;
  }

  /** Sees a payment as it is now: what the bank returned is owed again, and what is owed is at most what is left. */
  private look(sheet: Sheet, payment: Payment): void {
    if (!payment.isReceived) return;
    for (const cents of payment.look())
      sheet.tasks.push({ kind: 'refund', owed: { payment, cents, isStuck: true, gate: null } });
    if (payment.held > 0) return;
    let { left } = payment;
    for (const task of sheet.tasks.filter((each) => each.kind === 'refund' && each.owed.payment === payment)) {
      if (task.kind !== 'refund') continue;
      const cents = Math.min(task.owed.cents, left);
      left -= cents;
      if (cents === task.owed.cents) continue;
      Object.assign(task.owed, { cents, isStuck: false });
      if (cents <= 0) sheet.tasks = sheet.tasks.filter((each) => each !== task);
    }
  }

  private mail(sheet: Sheet, word: string): void {
    sheet.tasks.push({ kind: 'mail', word, asked: this.now });
  }
}

/** What these mails say is of where they stand. */
const ofTheirStage = ['queue', 'offer', 'pay'];

/** They are not sent once they stand elsewhere. */
function takeMailsBack(sheet: Sheet): void {
  sheet.told = null;
  sheet.tasks = sheet.tasks.filter((task) => task.kind !== 'mail' || !ofTheirStage.includes(task.word));
}

/** Whether they had no mail about it yet, or less time left by then than it took. */
function cameTooLate({ tasks, told, until }: Sheet, word: string): boolean {
  if (tasks.some((task) => task.kind === 'mail' && task.word === word)) return true;
  return told !== null && until - told.sent < told.sent - told.asked;
}

/** Whether an enrollment has something to be done. */
function isAwaiting(sheet: Sheet, due: number, now: number): boolean {
  return isRunning(sheet) && (sheet.is === 'asked' || sheet.inbox.length > 0 || due <= now);
}

function areSame(a: Dates, b: Dates): boolean {
  return a.startsAt === b.startsAt && a.endsAt === b.endsAt;
}

const day = 24 * 60;

/** A page that cannot be made so long that it would end too soon is asked for anew. */
function linkDue(asked: number, holdUntil: number): number {
  return Math.max(holdUntil, asked + 31) - 30;
}
