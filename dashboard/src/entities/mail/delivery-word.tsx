import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { MailReportKind } from '../../../../contracts/contacts/mail-reports.ts';

/** What was reported of a mail, in a word. */
export function DeliveryWord({ kind }: { kind: MailReportKind }): ReactNode {
  switch (kind) {
    case 'delivered':
      return <Trans>delivered</Trans>;
    case 'delayed':
      return <Trans>under way for long</Trans>;
    case 'refused':
      return <Trans>refused by their mail server</Trans>;
    case 'softBounced':
      return <Trans>came back for now</Trans>;
    case 'bounced':
      return <Trans>came back: no such address</Trans>;
    case 'complained':
      return <Trans>called unwanted by its reader</Trans>;
    case 'unsubscribed':
      return <Trans>its reader unsubscribed</Trans>;
  }
}
