import { Trans } from '@lingui/react/macro';
import { Fragment, type ReactNode } from 'react';
import type { CourseRun } from '../../../../contracts/courses/courses-api.schema.ts';
import { Money } from '../../entities/money/money.tsx';
import { Count } from '../../ui/numbers.tsx';
import classes from './courses.module.css';

/** What a seat costs; what came, what went back and what stands in each currency; and to how many a refund is owed. */
export function RunMoney({ run: { details, money } }: { run: CourseRun }) {
  const { priceMinor, currency } = details;
  const none = { currency, cameMinor: 0, wentMinor: 0, standsMinor: 0 };
  const sums = money.currencies.length > 0 ? money.currencies : [none];
  return (
    <div className={`${classes.money} num`}>
      <Sum label={<Trans>A seat costs</Trans>}>
        <Money minor={priceMinor} currency={currency} />
      </Sum>
      {sums.map((sum) => (
        <Fragment key={sum.currency}>
          <Sum label={<Trans>Received</Trans>}>
            <Money minor={sum.cameMinor} currency={sum.currency} />
          </Sum>
          <Sign>−</Sign>
          <Sum label={<Trans>Given back</Trans>}>
            <Money minor={sum.wentMinor} currency={sum.currency} />
          </Sum>
          <Sign>=</Sign>
          <Sum label={<Trans>Stands</Trans>}>
            <Money minor={sum.standsMinor} currency={sum.currency} />
          </Sum>
        </Fragment>
      ))}
      <Sum label={<Trans>Paid for</Trans>}>
        <Count value={money.paid} />
      </Sum>
      <Sum label={<Trans>Refunds due</Trans>}>
        <Count value={money.refundDue} />
      </Sum>
    </div>
  );
}

function Sum({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <span>
      <span className={`${classes.label} caption`}>{label}</span>
      <b>{children}</b>
    </span>
  );
}

/** Between the sums of one equation; their order and names say the same. */
function Sign({ children }: { children: string }) {
  return (
    <span aria-hidden className={`${classes.sign} text3`}>
      {children}
    </span>
  );
}
