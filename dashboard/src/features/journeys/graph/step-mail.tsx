import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { stepMailAddress, stepMailQuery, testStepMail } from '../../../api/journeys.ts';
import { MailFrame } from '../../../entities/mail/mail-frame.tsx';
import { PersonInput } from '../../../entities/person/person-input.tsx';
import classes from '../journeys.module.css';

/** The mail that a step sends, for a real person or a made-up one, and the way to those who got it. */
export function StepMail({ slug, step, version }: { slug: string; step: string; version: number | undefined }) {
  const { t } = useLingui();
  const [contact, setContact] = useState('');
  const mail = { slug, step, version, contact: contact.trim() };
  const made = useQuery(stepMailQuery(mail));
  return (
    <section className={classes.mail} aria-label={t`The mail`}>
      <h3 className="caption">
        <Trans>The mail</Trans>
      </h3>
      <PersonInput
        label={t`External id of a real person`}
        description={t`Leave empty for a made-up one. What only the run knows is shown as “…”.`}
        value={contact}
        onChange={setContact}
      />
      <MailFrame mail={made} address={stepMailAddress(mail)} width={600} sendTest={() => testStepMail(mail)} />
      <Link
        to="/mails"
        search={{ journey: slug, step, ...(version ? { version: String(version) } : {}) }}
        className="link"
      >
        <Trans>Who got this mail</Trans>
      </Link>
    </section>
  );
}
