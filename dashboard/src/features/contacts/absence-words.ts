import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { FindingCode } from '../../../../contracts/contacts/absence-api.schema.ts';

/** What was looked at, and what was found there. */
type Words = { label: MessageDescriptor; says: MessageDescriptor };

const event = msg`Event`;
const journey = msg`Journey`;
const path = msg`Path`;
const mail = msg`Mail`;
const run = msg`In the journey`;

/** Each finding in words; `{what}`, `{took}` and `{wanted}` are names, `{reason}` is as it was recorded or a word for it. */
export const findingWords: Readonly<Record<FindingCode, Words>> = {
  'event.none': {
    label: event,
    says: msg({ message: 'No event that lets people in is on record of them: {what}' }),
  },
  'event.came': { label: event, says: msg({ message: '{what} came' }) },
  'event.history': { label: event, says: msg({ message: '{what} was imported as history, which starts nothing' }) },
  'event.otherVersion': {
    label: event,
    says: msg({ message: 'v{version}, which was live when it came, does not begin with {what}' }),
  },
  'event.filter': { label: msg`Filter`, says: msg({ message: '{what} does not fit the filter of v{version}' }) },
  'event.filterNow': {
    label: msg`Filter`,
    says: msg({
      message:
        '{what} does not fit the filter of v{version}, by what is known of the person now. That has changed since it came, and what it was then is not on record.',
    }),
  },
  'event.tooLate': {
    label: msg`Lateness`,
    says: msg({ message: '{what} had happened longer before it came than the journey takes: {reason}' }),
  },
  'event.withoutKey': {
    label: msg`Key`,
    says: msg({ message: '{what} came without a key, and there is one run for each' }),
  },
  'journey.notPublished': { label: journey, says: msg({ message: 'It was not published yet when the event came' }) },
  'journey.stopped': { label: journey, says: msg({ message: 'It was stopped' }) },
  'journey.kept': { label: journey, says: msg({ message: 'It is paused: they enter when it goes on' }) },
  'journey.dropped': { label: journey, says: msg({ message: 'It was paused, and lets nobody in of that time' }) },
  'journey.wasPaused': {
    label: journey,
    says: msg({ message: 'It was paused when the event came, and looked at it again when it went on' }),
  },
  reentry: { label: msg`Once more`, says: msg({ message: 'Another run of theirs stood in the way: {reason}' }) },
  entered: { label: run, says: msg({ message: 'They entered, and are in v{version}' }) },
  'step.notInVersion': {
    label: path,
    says: msg({ message: 'v{version}, which they are in, does not have this mail' }),
  },
  'step.otherBranch': { label: path, says: msg({ message: '“{what}” led to “{took}”; the mail is in “{wanted}”' }) },
  'step.branch': { label: path, says: msg({ message: '“{what}” led to “{took}”, where the mail is' }) },
  'step.skipped': { label: mail, says: msg({ message: 'It was left out: {reason}' }) },
  'step.failed': { label: mail, says: msg({ message: 'Its step failed: {reason}' }) },
  'step.waits': { label: mail, says: msg({ message: 'It waits for the end of quiet hours' }) },
  'run.ended': { label: run, says: msg({ message: 'Their run had ended before it came to the mail: {reason}' }) },
  'run.paused': { label: run, says: msg({ message: 'Their run is paused at “{what}”, before the mail' }) },
  'run.ahead': { label: run, says: msg({ message: 'Their run is at “{what}”, before the mail' }) },
  'consent.closed': { label: msg`Consent`, says: msg({ message: 'It would be held back: {reason}' }) },
  'mail.sent': { label: mail, says: msg({ message: 'It was sent: their mail server took it' }) },
  'mail.returned': { label: mail, says: msg({ message: 'It came back: {reason}' }) },
  'mail.heldBack': { label: mail, says: msg({ message: 'It was held back: {reason}' }) },
  'mail.refused': { label: mail, says: msg({ message: 'It was refused: {reason}' }) },
  'mail.waits': { label: mail, says: msg({ message: 'It waits and is tried again: {reason}' }) },
  'mail.onItsWay': { label: mail, says: msg({ message: 'It is on its way to the mail server' }) },
  'mail.unknown': { label: mail, says: msg({ message: 'Whether it arrived is unknown: {reason}' }) },
  'nothing.maybeFilter': {
    label: msg`On record`,
    says: msg({
      message:
        'The event fits now. What is known of the person has changed since it came, so it may not have fitted then; that is not on record.',
    }),
  },
  nothing: { label: msg`On record`, says: msg({ message: 'Nothing on record says why it let them in nowhere' }) },
};

/** What was recorded as a word of the engine's, for people. */
export const recordedWords: Readonly<Record<string, MessageDescriptor>> = {
  once: msg`everybody goes through once`,
  afterExit: msg`one run at a time`,
  perKey: msg`one run for each key`,
  unsubscribed: msg`they unsubscribed`,
  optedOut: msg`they want no more mails`,
  complained: msg`they complained about a mail`,
  bounced: msg`there is no such address`,
  completed: msg`it reached the end`,
};
