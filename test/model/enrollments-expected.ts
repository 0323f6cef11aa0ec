import { type EnrollmentHistory, type EnrollmentMoment, type Learner, terms } from './enrollment-history.ts';

/** What became of one enrollment: its end, or `in`; its mails with the address that each went to; and its money, in cents. */
export type EnrollmentStory = { who: Learner; end: string; mails: string[]; came: number; went: number };

type Message =
  | { kind: 'accept' | 'decline' | 'withdraw'; at: number }
  | { kind: 'paid' | 'underWay' | 'bounced' }
  | { kind: 'offer'; until: number };

/** One enrollment as a clerk with a list of seats would keep it. `link`: what became of the last page to pay on. */
type Sheet = EnrollmentStory & {
  is: 'asked' | 'queued' | 'offered' | 'seating' | 'holding' | 'paid' | 'in' | 'leaving' | 'over';
  place: 'seat' | 'queue' | 'none';
  isOffer: boolean;
  link: 'none' | 'open' | 'paid' | 'underWay' | 'bounced' | 'closed';
  isCounted: boolean;
  wantsOut: boolean;
  since: number;
  until: number;
  holdUntil: number;
  offerUntil: number;
  isDebited: boolean;
  back: number;
  inbox: Message[];
};

/**
 * What a history must come to, as a clerk would work it out with a calendar and a list of seats. In plain code: no stages, no turns, no database.
 * What needs a worker happens when there is one, first to whom asked first.
 */
export function storiesOf(history: EnrollmentHistory): EnrollmentStory[] {
  const clerk = new Clerk(history);
  for (const moment of history.moments) clerk.live(moment);
  clerk.passTime(Infinity);
  return clerk.sheets.map(({ who, end, mails, came, went }) => ({ who, end, mails, came, went }));
}

class Clerk {
  readonly sheets: Sheet[] = [];
  private readonly run: EnrollmentHistory;
  private readonly moves = new Map<Learner, number>();
  private readonly payers = new Map<number, Sheet>();
  private capacity: number;
  private now = 0;
  private isUp = true;
  private seen = 0;

  constructor(run: EnrollmentHistory) {
    this.run = run;
    this.capacity = run.capacity;
  }

  live(moment: EnrollmentMoment): void {
    if (this.isUp) this.passTime(moment.at);
    this.now = moment.at;
    this.happen(moment, this.seen);
    this.seen += 1;
    if (this.isUp) this.work();
  }

  /** Lets what falls due happen at its time. */
  passTime(to: number): void {
    for (let due = this.nextDue(); due <= to && due < Infinity; due = this.nextDue()) {
      this.now = due;
      this.work();
    }
  }

  private nextDue(): number {
    return Math.min(Infinity, ...this.sheets.map(({ until }) => until));
  }

  private happen(moment: EnrollmentMoment, index: number): void {
    if (moment.kind === 'down' || moment.kind === 'up') {
      this.isUp = moment.kind === 'up';
      return;
    }
    if (!('who' in moment) && !('of' in moment)) return this.resize(moment.kind === 'grow' ? 1 : -1);
    if ('of' in moment) {
      const payer = this.payers.get(moment.of);
      if (payer && moment.kind === 'report') payer.inbox.push({ kind: 'paid' });
      else if (payer) this.settle(payer, moment.kind === 'settle');
      return;
    }
    const sheet = this.sheets.findLast(({ who }) => who === moment.who);
    const isLive = sheet !== undefined && sheet.is !== 'over';
    switch (moment.kind) {
      case 'request':
        if (!isLive) this.sheets.push(this.newSheet(moment.who));
        return;
      case 'move':
        this.moves.set(moment.who, (this.moves.get(moment.who) ?? 0) + 1);
        return;
      case 'pay':
        if (sheet?.link !== 'open') return;
        sheet.link = 'paid';
        sheet.came += terms.price;
        this.payers.set(index, sheet);
        return;
      case 'debit':
        if (sheet?.link !== 'open' || sheet.isDebited) return;
        Object.assign(sheet, { link: 'underWay', isDebited: true });
        this.payers.set(index, sheet);
        if (moment.isReported) sheet.inbox.push({ kind: 'underWay' });
        return;
      case 'withdraw':
        if (isLive) sheet.inbox.push({ kind: 'withdraw', at: moment.at });
        return;
      case 'accept':
      case 'decline':
        if (isLive && sheet.isOffer && sheet.offerUntil > this.now)
          sheet.inbox.push({ kind: moment.kind, at: moment.at });
        return;
      case 'refused':
    }
  }

  /** New seats go to the queue at once; fewer than are taken there cannot be. */
  private resize(by: number): void {
    const wanted = Math.max(this.capacity + by, 0);
    if (wanted < this.taken()) return;
    this.capacity = wanted;
    this.offerSeats();
  }

  /** The money of a debit has come, or has not; the service knows it first. */
  private settle(sheet: Sheet, isPaid: boolean): void {
    if (sheet.link === 'underWay') sheet.link = isPaid ? 'paid' : 'bounced';
    if (isPaid) sheet.came += terms.price;
    sheet.inbox.push({ kind: isPaid ? 'paid' : 'bounced' });
  }

  /** Seats are given in the order of asking, at the request itself. */
  private newSheet(who: Learner): Sheet {
    const place = this.placeFor();
    const story = { who, end: 'in', mails: [], came: 0, went: 0 };
    const nothing = {
      isOffer: false,
      isCounted: false,
      wantsOut: false,
      since: 0,
      until: Infinity,
      holdUntil: Infinity,
      offerUntil: Infinity,
      isDebited: false,
      back: 0,
      inbox: [],
    };
    return { ...story, ...nothing, is: 'asked', place, link: 'none' };
  }

  private placeFor(): Sheet['place'] {
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
  private work(): void {
    const next = (): Sheet | undefined =>
      this.sheets.find(({ is, inbox, until }) => is === 'asked' || inbox.length > 0 || until <= this.now);
    for (let sheet = next(); sheet; sheet = next()) {
      const { inbox } = sheet;
      sheet.inbox = [];
      if (sheet.is === 'asked') this.begin(sheet, inbox);
      else for (const message of inbox) this.receive(sheet, message);
      this.goOn(sheet);
      if (sheet.until <= this.now) this.fallDue(sheet);
    }
  }

  private begin(sheet: Sheet, inbox: readonly Message[]): void {
    sheet.since = this.now;
    if (inbox.some(({ kind }) => kind === 'withdraw')) return this.close(sheet, 'withdrawn');
    if (sheet.place === 'none') sheet.place = this.placeFor();
    if (sheet.place === 'none') return this.close(sheet, 'full');
    sheet.is = sheet.place === 'seat' ? 'seating' : 'queued';
    if (sheet.is === 'queued') this.mail(sheet, 'queue');
  }

  private receive(sheet: Sheet, message: Message): void {
    switch (message.kind) {
      case 'paid':
        if (sheet.isCounted) return;
        if (sheet.is === 'holding') this.takeMoney(sheet);
        else this.refundOf(sheet);
        return;
      case 'underWay':
        if (sheet.is === 'holding' && sheet.link !== 'open') this.waitForMoney(sheet);
        return;
      case 'bounced':
        if (sheet.is === 'holding') this.linkAgain(sheet);
        return;
      case 'offer':
        if (sheet.is !== 'queued') return;
        // There was no worker until it was over: the seat is theirs to pay for.
        if (message.until <= this.now) {
          sheet.is = 'seating';
          return;
        }
        Object.assign(sheet, { is: 'offered', until: message.until });
        this.mail(sheet, 'offer');
        return;
      case 'accept':
        if (sheet.is === 'offered' && message.at < sheet.until) sheet.is = 'seating';
        return;
      case 'decline':
        if (sheet.is === 'seating') sheet.wantsOut = true;
        if (sheet.is === 'offered' && message.at < sheet.until) this.close(sheet, 'offerDeclined');
        return;
      case 'withdraw':
        this.withdraw(sheet, message.at);
    }
  }

  private withdraw(sheet: Sheet, at: number): void {
    switch (sheet.is) {
      case 'seating':
      case 'paid':
        sheet.wantsOut = true;
        // The first word to that counts.
        sheet.back ||= this.refundAt(sheet, at);
        return;
      case 'in':
        return this.leave(sheet, this.refundAt(sheet, at));
      case 'leaving':
      case 'over':
        return;
      default:
        this.close(sheet, 'withdrawn');
    }
  }

  /** What leads on without a message. */
  private goOn(sheet: Sheet): void {
    if (sheet.is === 'seating') {
      sheet.isOffer = false;
      if (sheet.wantsOut) return this.close(sheet, 'withdrawn');
      const until = this.now + terms.hold;
      Object.assign(sheet, { is: 'holding', until, holdUntil: until, link: 'open' });
      this.mail(sheet, 'pay');
    }
    if (sheet.is !== 'paid') return;
    if (sheet.wantsOut) return this.leave(sheet, sheet.back);
    sheet.is = 'in';
    this.mail(sheet, 'welcome');
  }

  private fallDue(sheet: Sheet): void {
    if (sheet.is === 'offered') this.close(sheet, 'offerExpired');
    else if (sheet.is === 'leaving') this.close(sheet, 'withdrawn', sheet.back);
    else if (sheet.link === 'paid') {
      this.takeMoney(sheet);
      this.goOn(sheet);
    } else if (sheet.link === 'underWay') {
      sheet.holdUntil = this.now;
      this.waitForMoney(sheet);
    } else this.close(sheet, 'holdExpired');
  }

  /** Longer than any debit of a history takes. */
  private waitForMoney(sheet: Sheet): void {
    sheet.until = Infinity;
    this.mail(sheet, 'wait');
  }

  private linkAgain(sheet: Sheet): void {
    if (sheet.holdUntil <= this.now) return this.close(sheet, 'holdExpired');
    Object.assign(sheet, { link: 'open', until: sheet.holdUntil });
    this.mail(sheet, 'pay');
  }

  private takeMoney(sheet: Sheet): void {
    Object.assign(sheet, { is: 'paid', isCounted: true, until: Infinity });
  }

  private refundOf(sheet: Sheet): void {
    sheet.isCounted = true;
    sheet.went += terms.price;
    this.mail(sheet, 'back');
  }

  private refundAt(sheet: Sheet, at: number): number {
    return at <= sheet.since + terms.allWithin ? terms.price - terms.fee : terms.later;
  }

  private leave(sheet: Sheet, back: number): void {
    Object.assign(sheet, { is: 'leaving', until: this.now + terms.decide, back });
  }

  private close(sheet: Sheet, end: string, refund = 0): void {
    Object.assign(sheet, { is: 'over', end, until: Infinity, isOffer: false });
    if (sheet.link === 'paid' && !sheet.isCounted) this.refundOf(sheet);
    sheet.link = 'closed';
    sheet.went += refund;
    sheet.place = 'none';
    this.offerSeats();
    this.mail(sheet, 'ended');
  }

  private offerSeats(): void {
    for (const head of this.queue().slice(0, Math.max(0, this.free()))) {
      const until = this.now + terms.offer;
      head.place = 'seat';
      head.isOffer = true;
      head.offerUntil = until;
      head.inbox.push({ kind: 'offer', until });
    }
  }

  private mail(sheet: Sheet, word: string): void {
    sheet.mails.push(`${word} ${this.moves.get(sheet.who) ?? 0}`);
  }
}
