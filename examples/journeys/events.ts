import { z } from 'zod';
import { defineEvent } from '../../sdk/journey/journey.ts';

/** Someone opened an account. */
export const SignedUp = defineEvent(
  'user.signed_up',
  z.object({ plan: z.enum(['free', 'pro']), company: z.string().optional() }),
);

/** They used it for the first time, or again. */
export const LoggedIn = defineEvent('user.logged_in', z.object({ device: z.string().optional() }));

/** The contact sent a first campaign: the goal of the welcome series. */
export const CampaignSent = defineEvent('campaign.sent', z.object({ recipients: z.number().int() }));

/** The contact left; nothing must reach them after this. */
export const AccountClosed = defineEvent('account.closed', z.object({}));

/** A company began a trial with so many seats. */
export const TrialStarted = defineEvent('trial.started', z.object({ company: z.string(), seats: z.number().int() }));

/** They took a plan that is paid for. */
export const Subscribed = defineEvent('plan.subscribed', z.object({ plan: z.string() }));
