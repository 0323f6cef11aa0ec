import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { gateMailsQuery, testGateMail } from '../../api/gates.ts';
import { MailText } from '../../entities/mail/mail-text.tsx';

/** The mails that each outcome of an open approval would send at once, as their reader would see them. */
export function GateMails({ gate }: { gate: Gate }) {
  const { data } = useQuery(gateMailsQuery(gate.id));
  return (data?.mails ?? []).map(({ outcome, step, title, mail, fault }) => {
    const label = gate.outcomes.find(({ name }) => name === outcome)?.label ?? outcome;
    return (
      <section key={`${outcome} ${step}`}>
        <p className="small text2">
          <Trans>
            “{label}” sends “{title}”:
          </Trans>
        </p>
        {mail ? (
          <MailText mail={mail} sendTest={() => testGateMail(gate.id, { outcome, step })} />
        ) : (
          <p className="small red">{fault}</p>
        )}
      </section>
    );
  });
}
