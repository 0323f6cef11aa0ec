import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { ContactMoment } from '../../../../contracts/contacts/contacts-api.schema.ts';
import classes from './people.module.css';

/** What people have said about mails, by how they said it. */
const saidWords: Readonly<Record<string, MessageDescriptor>> = {
  unsubscribed: msg`Unsubscribed from mails`,
  resubscribed: msg`Subscribed to mails again`,
  optedOut: msg`Wants no more mails, as was noted here`,
  optedIn: msg`Wants mails again, as was noted here`,
  complained: msg`Complained about a mail`,
};

/** What a person has said about mails, in their story. */
export function ConsentMoment({ moment: { title, detail } }: { moment: ContactMoment }) {
  const { i18n } = useLingui();
  const words = saidWords[title];
  return (
    <span>
      {words ? i18n._(words) : title}
      <span className={`small text2 ${classes.outcome}`}>{typeof detail['note'] === 'string' && detail['note']}</span>
    </span>
  );
}
