import type { StatedPayment } from '../../../contracts/core/providers.ts';
import type { EnrollmentState } from '../state.ts';
import { gaveBack, refundsOf, takenBack } from './balances.ts';

/** A checkout in the books. `amountMinor` is what came where it is paid, else its price; without a payment it is not paid, or was free. */
export type BookedCheckout = {
  status: string;
  paymentIntent: string | null;
  amountMinor: number;
  currency: string;
};

/**
 * What is stored of one enrollment's money. `currency` is that of its terms; `back` is the money that has gone. `state` is null where it cannot
 * be compared now: it was erased, or its run has messages to read.
 */
export type EnrollmentBooks = {
  enrollmentId: string;
  workspace: string;
  currency: string;
  checkouts: BookedCheckout[];
  back: { paymentIntent: string; amountMinor: number; currency: string }[];
  state: Pick<EnrollmentState, 'money' | 'errands'> | null;
};

/** Money of one currency in its smallest unit. What stands is what came and has not gone; what is owed is a part of it. */
export type MoneyTotal = {
  currency: string;
  cameMinor: number;
  wentMinor: number;
  standsMinor: number;
  underWayMinor: number;
  owedMinor: number;
};

/** Two records of one payment that say different things. `problem` is stable; the amounts are in the smallest unit. */
export type Disagreement = {
  workspace: string;
  enrollmentId: string;
  paymentIntent: string;
  currency: string;
  problem:
    'notTaken' | 'notBooked' | 'backNotTaken' | 'unknownThere' | 'unknownHere' | 'otherAmountThere' | 'otherBackThere';
  hereMinor: number;
  thereMinor: number;
};

/** Adds up the books, a total for each currency, by its name. */
export function totalsOf(books: readonly EnrollmentBooks[]): MoneyTotal[] {
  const totals = new Map<string, MoneyTotal>();
  const add = (currency: string, part: Partial<Omit<MoneyTotal, 'currency' | 'standsMinor'>>): void => {
    const known = totals.get(currency);
    const cameMinor = (known?.cameMinor ?? 0) + (part.cameMinor ?? 0);
    const wentMinor = (known?.wentMinor ?? 0) + (part.wentMinor ?? 0);
    totals.set(currency, {
      currency,
      cameMinor,
      wentMinor,
      standsMinor: cameMinor - wentMinor,
      underWayMinor: (known?.underWayMinor ?? 0) + (part.underWayMinor ?? 0),
      owedMinor: (known?.owedMinor ?? 0) + (part.owedMinor ?? 0),
    });
  };
  for (const { checkouts, back, state, currency: usual } of books) {
    for (const { status, amountMinor, currency } of checkouts) {
      if (status === 'paid') add(currency, { cameMinor: amountMinor });
      if (status === 'underWay') add(currency, { underWayMinor: amountMinor });
    }
    for (const { amountMinor, currency } of back) add(currency, { wentMinor: amountMinor });
    for (const { amountMinor, currency = usual } of state ? refundsOf(state) : [])
      add(currency, { owedMinor: amountMinor });
  }
  return [...totals.values()].toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

/**
 * Where the books and the enrollments disagree, and with a statement of the payment service, where it and the books do. Payments of the
 * statement that name none of these enrollments are of something else that the account sells.
 */
export function disagreements(
  books: readonly EnrollmentBooks[],
  statement: readonly StatedPayment[] | null,
): Disagreement[] {
  const known = new Map(books.map((each) => [each.enrollmentId, each]));
  const stated = statement && new Map(statement.map((each) => [each.paymentIntent, each]));
  const here = books.flatMap((each) => [...withState(each), ...(stated ? withStatement(each, stated) : [])]);
  const booked = new Set(books.flatMap(({ checkouts }) => paidOf(checkouts).map(({ paymentIntent }) => paymentIntent)));
  const elsewhere = (statement ?? []).flatMap((there) => {
    const of = known.get(there.enrollmentId ?? '');
    if (!of || booked.has(there.paymentIntent)) return [];
    return [differs(of, there, 'unknownHere', 0, there.cameMinor)];
  });
  return [...here, ...elsewhere];
}

function withState(of: EnrollmentBooks): Disagreement[] {
  if (!of.state) return [];
  const { money } = of.state;
  const paid = paidOf(of.checkouts);
  const found = paid.flatMap((payment) => {
    const taken = money.received.find(({ paymentIntent }) => paymentIntent === payment.paymentIntent);
    if (taken?.amountMinor !== payment.amountMinor)
      return [differs(of, payment, 'notTaken', payment.amountMinor, taken?.amountMinor ?? 0)];
    const booked = backOf(of, payment.paymentIntent);
    const noted = gaveBack(money, payment.paymentIntent) + takenBack(money, payment.paymentIntent);
    return booked === noted ? [] : [differs(of, payment, 'backNotTaken', booked, noted)];
  });
  const unbooked = money.received.filter(({ paymentIntent }) =>
    paid.every((payment) => payment.paymentIntent !== paymentIntent),
  );
  return [
    ...found,
    ...unbooked.map(({ paymentIntent, amountMinor, currency = of.currency }) =>
      differs(of, { paymentIntent, currency }, 'notBooked', 0, amountMinor),
    ),
  ];
}

function withStatement(of: EnrollmentBooks, stated: ReadonlyMap<string, StatedPayment>): Disagreement[] {
  return paidOf(of.checkouts)
    .filter(({ amountMinor }) => amountMinor > 0)
    .flatMap((payment) => {
      const { paymentIntent, amountMinor, currency } = payment;
      const there = stated.get(paymentIntent);
      if (!there) return [differs(of, payment, 'unknownThere', amountMinor, 0)];
      if (there.cameMinor !== amountMinor || there.currency !== currency)
        return [differs(of, payment, 'otherAmountThere', amountMinor, there.cameMinor)];
      const back = backOf(of, paymentIntent);
      return back === there.wentMinor ? [] : [differs(of, payment, 'otherBackThere', back, there.wentMinor)];
    });
}

function paidOf(checkouts: readonly BookedCheckout[]): (BookedCheckout & { paymentIntent: string })[] {
  return checkouts.flatMap((each) =>
    each.status === 'paid' && each.paymentIntent !== null ? [{ ...each, paymentIntent: each.paymentIntent }] : [],
  );
}

function backOf({ back }: EnrollmentBooks, of: string): number {
  return back
    .filter(({ paymentIntent }) => paymentIntent === of)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

function differs(
  { workspace, enrollmentId }: EnrollmentBooks,
  { paymentIntent, currency }: { paymentIntent: string; currency: string },
  problem: Disagreement['problem'],
  hereMinor: number,
  thereMinor: number,
): Disagreement {
  return { workspace, enrollmentId, paymentIntent, currency, problem, hereMinor, thereMinor };
}
