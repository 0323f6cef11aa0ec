import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { MergedContacts } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { Icon } from '../../ui/icons.tsx';
import classes from './people.module.css';

/** What happens when two people are joined. */
export function JoinEffects({ merged }: { merged: MergedContacts }) {
  const { t } = useLingui();
  const { other, ending, filled, kept, email, formerEmail, isOpen } = merged;
  if (merged.isJoined)
    return (
      <p className="text2">
        <Trans>{other} leads to this person already.</Trans>
      </p>
    );
  return (
    <ul className={classes.effects} aria-label={t`What joining them does`}>
      <li>
        <Icon name="person" size={14} color="var(--text-2)" />
        <span>
          <Plural value={merged.events} one="# event" other="# events" />,{' '}
          <Plural value={merged.mails} one="# mail" other="# mails" />,{' '}
          <Plural value={merged.runs} one="# run" other="# runs" /> <Trans>of {other} come here.</Trans>
        </span>
      </li>
      {ending.map(({ runId, title }) => (
        <li key={runId}>
          <Icon name="exit" size={14} color="var(--text-2)" />
          <span>
            <Link to="/runs/$id" params={{ id: runId }} className="link">
              {title}
            </Link>{' '}
            <Trans>ends at once: the person is in this journey twice.</Trans>
          </span>
        </li>
      ))}
      {filled.length > 0 && (
        <li>
          <Icon name="plus" size={14} color="var(--text-2)" />
          <Trans>Taken over: {filled.join(', ')}</Trans>
        </li>
      )}
      {kept.length > 0 && (
        <li>
          <Icon name="minus" size={14} color="var(--text-2)" />
          <Trans>The other’s values are lost: {kept.join(', ')}</Trans>
        </li>
      )}
      {formerEmail !== null && (
        <li>
          <Icon name="mail" size={14} color="var(--text-2)" />
          <Trans>
            Mails go to {email} and no more to {formerEmail}.
          </Trans>
        </li>
      )}
      {!isOpen && (
        <li>
          <Icon name="warn" size={14} color="var(--amber)" />
          <Trans>One of the two wants no mails of lists: that holds for both.</Trans>
        </li>
      )}
    </ul>
  );
}
