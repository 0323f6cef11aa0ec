import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { SentMail } from '../../../../contracts/runs/mails-api.schema.ts';
import { DeliveryWord } from '../../entities/mail/delivery-word.tsx';
import { EffectWord } from '../../entities/run/step-words.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';

/** The columns of a list of mails: to whom, what, from where, and what became of it. */
export function useMailColumns(): readonly Column<SentMail>[] {
  const { t } = useLingui();
  return [
    { id: 'person', header: t`Person`, width: 'minmax(150px, 1.2fr)', cell: (mail) => <Person mail={mail} /> },
    { id: 'recipient', header: t`Address`, width: 'minmax(150px, 1.2fr)', cell: ({ recipient }) => recipient ?? '–' },
    { id: 'subject', header: t`Subject`, width: 'minmax(120px, 1fr)', cell: ({ subject }) => subject ?? '–' },
    {
      id: 'from',
      header: t`From`,
      width: 'minmax(140px, 1.8fr)',
      cell: ({ journey, stepTitle, template }) => (
        <>
          {journey ? `${journey.name} v${journey.version}` : stepTitle}{' '}
          <span className="small text2">{journey && stepTitle}</span> <span className="small text3">{template}</span>
        </>
      ),
    },
    {
      id: 'state',
      header: t`What became of it`,
      width: 'minmax(140px, 1.2fr)',
      cell: ({ state, reason, delivery }) =>
        delivery ? (
          <DeliveryWord kind={delivery.kind} />
        ) : state === 'done' ? (
          <Trans>Sent</Trans>
        ) : (
          <span title={reason ?? undefined}>
            <EffectWord state={state} />
            {reason !== null && `: ${reason}`}
          </span>
        ),
    },
    { id: 'at', header: t`When`, width: '84px', cell: ({ at }) => <Time at={at} /> },
  ];
}

function Person({ mail: { contact, runId } }: { mail: SentMail }) {
  if (contact === null)
    return (
      <Link to="/runs/$id" params={{ id: runId }}>
        <Trans>erased</Trans>
      </Link>
    );
  const { externalId, name } = contact;
  return (
    <Link to="/contacts/$externalId" params={{ externalId }}>
      <span className="medium">{name ?? externalId}</span>{' '}
      {name !== null && <code className="mono small text2">{externalId}</code>}
    </Link>
  );
}
