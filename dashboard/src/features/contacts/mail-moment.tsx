import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactMoment } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { mailReportKinds } from '../../../../contracts/contacts/mail-reports.ts';
import { EffectState } from '../../../../contracts/runs/effects-api.schema.ts';
import { useCan } from '../../api/session.ts';
import { DeliveryWord } from '../../entities/mail/delivery-word.tsx';
import { ReadMail } from '../../entities/mail/read-mail.tsx';
import { EffectWord } from '../../entities/run/step-words.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import classes from './people.module.css';

/** States of an effect in which there is a mail to read: it left, or may have. */
const withMail: readonly string[] = ['handedOff', 'done', 'unknown', 'resolved', 'deferred'];

/** States of an effect in which there is something to ask. */
const didNotCome: readonly string[] = ['suppressed', 'rejected', 'unknown', 'deferred'];

/** A mail to the person, or what was reported of one: its subject, why it went out and how it ended, and the mail on a click. */
export function MailMoment({ externalId, moment }: { externalId: string; moment: ContactMoment }) {
  const { kind, title, status, detail, runId } = moment;
  const maySee = useCan('effects:resolve');
  const [isRead, setRead] = useState(false);
  const { effectId, step, stepId, journey, reason, words, delivery } = detail;
  const reported = mailReportKinds.find((name) => name === (kind === 'mailReport' ? status : kindOf(delivery)));
  const state = EffectState.safeParse(status).data;
  const isReadable =
    maySee && typeof effectId === 'string' && (kind === 'mailReport' || withMail.includes(status ?? ''));
  return (
    <span>
      <Trans>Mail: {title}</Trans>{' '}
      <span className={`small text2 ${classes.outcome}`}>
        {kind === 'mail' && typeof step === 'string' && step !== title && `${step}, `}
        {reported ? (
          <DeliveryWord kind={reported} />
        ) : state === 'done' ? (
          <Trans>Sent</Trans>
        ) : (
          state && <EffectWord state={state} />
        )}
        {textOf(kind === 'mail' ? reason : words)}
      </span>
      {typeof journey === 'string' && typeof stepId === 'string' && didNotCome.includes(status ?? '') && (
        <Link
          to="/contacts/$externalId"
          params={{ externalId }}
          search={{ journey, mail: stepId, ...(runId === null ? {} : { run: runId }) }}
          className="link small"
        >
          <Trans>Why?</Trans>
        </Link>
      )}
      {isReadable && (
        <Button size="compact-sm" onClick={() => setRead(true)}>
          <Trans>Read the mail</Trans>
        </Button>
      )}
      {isRead && typeof effectId === 'string' && (
        <Dialog onClose={() => setRead(false)} title={title}>
          <ReadMail id={effectId} />
        </Dialog>
      )}
    </span>
  );
}

function kindOf(delivery: unknown): unknown {
  return typeof delivery === 'object' && delivery !== null && 'kind' in delivery ? delivery.kind : undefined;
}

function textOf(reason: unknown): string {
  return typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
}
