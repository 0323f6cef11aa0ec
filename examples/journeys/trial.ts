import {
  approval,
  defineJourney,
  email,
  event,
  role,
  updateContact,
  waitFor,
  when,
} from '../../sdk/journey/journey.ts';
import { LoggedIn, Subscribed, TrialStarted } from './events.ts';

/**
 * A trial of fourteen days, with the waits it has in life: people stand in it for days, so that there is something to see in the
 * dashboard. A large company is offered a longer one, if a person agrees.
 */
export default defineJourney({
  slug: 'trial',
  name: 'Trial of fourteen days',
  entry: [event(TrialStarted)],
  reentry: 'once',
  goal: { when: event(Subscribed), within: 'P30D' },

  steps: ({ entry }) => [
    email('begins', {
      title: 'The trial begins',
      subject: 'Your fourteen days have begun',
      markdown: [
        'Hello {{ contact.firstName | default: "there" }},',
        'your trial is open for fourteen days. Start with your own data: one file is enough to see what comes out.',
      ].join('\n\n'),
    }),
    waitFor('first-login', event(LoggedIn), {
      title: 'First login',
      timeout: 'P2D',
      onTimeout: [
        email('nudge', {
          title: 'A hand with the first step',
          subject: 'Shall we take the first step together?',
          markdown:
            'Hello {{ contact.firstName | default: "there" }},\n\nanswer this mail and we will look at it together.',
        }),
      ],
    }),
    when('is-large', entry.seats.atLeast(50), [
      approval('offer-more', {
        title: 'Offer a longer trial',
        assign: role('approver'),
        show: { company: entry.company, seats: entry.seats },
        due: 'P3D',
        outcomes: {
          offer: {
            label: 'Offer two more weeks',
            steps: [
              email('two-more-weeks', {
                title: 'Two more weeks',
                subject: 'Two more weeks for your team',
                markdown:
                  'Hello {{ contact.firstName | default: "there" }},\n\na large team needs time: your trial is open two weeks longer.',
              }),
            ],
          },
          keep: { label: 'Keep the fourteen days', steps: [] },
        },
        onTimeout: 'keep',
      }),
    ]),
    waitFor('subscribes', event(Subscribed), {
      title: 'Subscription',
      timeout: 'P12D',
      onEvent: [updateContact('mark-customer', { set: { stage: 'customer' } })],
      onTimeout: [
        email('ends', {
          title: 'The trial ends',
          subject: 'Your trial ends today',
          markdown:
            'Hello {{ contact.firstName | default: "there" }},\n\nwhat you have made stays with us for thirty days.',
        }),
      ],
    }),
  ],
});
