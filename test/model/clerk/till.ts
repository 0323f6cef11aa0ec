/** Money that was given back of a payment: here (`isOwn`) or at the payment service. The bank may return it; what was seen here of both. */
type Back = { cents: number; isOwn: boolean; isReturned: boolean; isSeen: boolean; isVoid: boolean };

type Dispute = { cents: number; isInquiry: boolean; is: 'open' | 'won' | 'lost' };

/** One payment: what the payment service knows of it, and what of that a clerk has seen. */
export class Payment {
  readonly cents: number;
  /** Whether it is in the books, so that reports about it reach its enrollment, and whether the enrollment has received it. */
  isBooked = false;
  isReceived = false;
  private readonly backs: Back[] = [];
  private dispute: Dispute | null = null;
  private seenDispute: Dispute | null = null;
  /** What a person said to have given back elsewhere, until it is seen. */
  private readonly settled: number[] = [];

  constructor(cents: number) {
    this.cents = cents;
  }

  /** All that has gone at the payment service. */
  get went(): number {
    return sum(this.backs.filter(({ isReturned }) => !isReturned)) + taken(this.dispute);
  }

  /** What the payment service would still give back. */
  get leftThere(): number {
    return this.cents - this.went;
  }

  /** What is left of it as far as it was seen. */
  get left(): number {
    return this.cents - this.seenBack - taken(this.seenDispute);
  }

  /** What a learner has paid by it who wants to leave; what the bank holds may come back. */
  get paid(): number {
    return Math.max(this.left + this.held, 0);
  }

  /** What the payer's bank holds until it has decided, as far as that was seen. */
  get held(): number {
    return this.seenDispute?.is === 'open' ? taken(this.seenDispute) : 0;
  }

  private get seenBack(): number {
    const backs = this.backs.filter(({ isSeen, isVoid }) => isSeen && !isVoid);
    return sum(backs) + this.settled.reduce((total, cents) => total + cents, 0);
  }

  payBack(cents: number, isOwn: boolean): void {
    this.backs.push({ cents, isOwn, isReturned: false, isSeen: isOwn, isVoid: false });
  }

  /** The bank returns the last refund. @returns whether there is one */
  return(): boolean {
    const last = this.backs.findLast(({ isReturned }) => !isReturned);
    if (last) last.isReturned = true;
    return last !== undefined;
  }

  /** @returns whether there is anything to dispute that was not disputed before */
  open(isInquiry: boolean): boolean {
    if (this.dispute || this.leftThere <= 0) return false;
    this.dispute = { cents: this.leftThere, isInquiry, is: 'open' };
    return true;
  }

  /** The bank decides. @returns whether there was anything to decide */
  decide(isWon: boolean): boolean {
    if (this.dispute?.is !== 'open') return false;
    this.dispute = { ...this.dispute, is: isWon || this.dispute.isInquiry ? 'won' : 'lost' };
    return true;
  }

  settle(cents: number): void {
    this.settled.push(cents);
  }

  /** Sees all that is so now. @returns refunds of ours that the bank has returned since */
  look(): number[] {
    const returned = this.backs.filter(({ isSeen, isVoid, isReturned }) => isSeen && !isVoid && isReturned);
    for (const back of returned) back.isVoid = true;
    for (const back of this.backs.filter(({ isSeen, isReturned }) => !isSeen && !isReturned)) {
      back.isSeen = true;
      const at = this.settled.indexOf(back.cents);
      if (at !== -1) this.settled.splice(at, 1);
    }
    this.seenDispute = this.dispute;
    return returned.filter(({ isOwn }) => isOwn).map(({ cents }) => cents);
  }
}

/** An inquiry takes nothing, and what the school has won comes back. */
function taken(dispute: Dispute | null): number {
  return dispute && !dispute.isInquiry && dispute.is !== 'won' ? dispute.cents : 0;
}

function sum(all: readonly Back[]): number {
  return all.reduce((total, { cents }) => total + cents, 0);
}
