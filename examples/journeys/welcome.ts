import {
  approval,
  crm,
  defineJourney,
  delay,
  email,
  event,
  exit,
  goTo,
  llm,
  role,
  updateContact,
  waitFor,
  when,
} from '../../sdk/journey/journey.ts';
import { AccountClosed, CampaignSent, LoggedIn, SignedUp } from './events.ts';
import { SubjectLine } from './schemas.ts';

/**
 * The welcome series: a language model writes the subject, a person approves it, and people who have not logged in get a
 * reminder. The waits are seconds, so that the demo can be watched; each says what it would be in life.
 */
export default defineJourney({
  slug: 'welcome',
  name: 'Welcome series',
  entry: [event(SignedUp)],
  reentry: 'once',
  exitWhen: [event(AccountClosed)],
  goal: { when: event(CampaignSent), within: 'P14D' },

  steps: ({ contact, entry, output }) => [
    llm('subject', {
      title: 'Write a subject',
      instructions:
        'Write the subject line of a friendly welcome mail for a new customer. At most eight words, no exclamation mark.',
      input: { name: contact.firstName.or('there'), plan: entry.plan },
      output: SubjectLine,
      budgetMicros: 5_000,
      fallback: { text: 'Welcome aboard', confidence: 1 },
    }),
    approval('check-subject', {
      title: 'Approve the subject line',
      assign: role('approver'),
      show: { subject: output('subject', SubjectLine).text, plan: entry.plan },
      due: 'PT60S', // in life: PT3H
      outcomes: {
        approve: [],
        again: { label: 'Ask for another', comment: 'optional', max: 3, steps: [goTo('subject')] },
        skip: { label: 'Send nothing', comment: 'required', steps: [exit('subject refused')] },
      },
      onTimeout: 'approve',
    }),
    email('hello', {
      title: 'Welcome mail',
      subject: output('subject', SubjectLine).text,
      markdown: [
        'Hello {{ contact.firstName | default: "there" }},',
        'good to have you on the **{{ plan }}** plan. Log in when you like; we saved you a seat.',
      ].join('\n\n'),
      variables: { plan: entry.plan },
    }),
    waitFor('first-login', event(LoggedIn), {
      title: 'First login',
      timeout: 'PT10S', // in life: P2D
      onEvent: [updateContact('mark-active', { set: { stage: 'active' } })],
      onTimeout: [
        email('reminder', {
          title: 'Reminder',
          subject: 'Your account is waiting',
          markdown:
            'Hello {{ contact.firstName | default: "there" }},\n\nit takes a minute to log in for the first time.',
        }),
      ],
    }),
    when('is-pro', entry.plan.equals('pro'), [
      delay('breathe', 'PT3S'), // in life: P1D
      email('pro-tips', {
        title: 'Tips for the pro plan',
        subject: 'Three things to try first',
        markdown:
          'Hello {{ contact.firstName | default: "there" }},\n\nstart with a segment, a template and a test send.',
      }),
    ]),
    crm('to-crm', { title: 'Tell the CRM', upsert: 'contact', set: { lifecycle: 'onboarding', plan: entry.plan } }),
  ],
});
