import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { CourseRun } from '../../../../contracts/courses/courses-api.schema.ts';
import { Money } from '../../entities/money/money.tsx';
import { Count } from '../../ui/numbers.tsx';
import classes from './courses.module.css';

/** What a seat costs, what came in, and to how many a refund is owed. */
export function RunMoney({ run: { details, money } }: { run: CourseRun }) {
  const { priceMinor, currency } = details;
  return (
    <div className={`${classes.money} num`}>
      <Sum label={<Trans>A seat costs</Trans>}>
        <Money minor={priceMinor} currency={currency} />
      </Sum>
      <Sum label={<Trans>Received</Trans>}>
        <Money minor={money.receivedMinor} currency={currency} />
      </Sum>
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
