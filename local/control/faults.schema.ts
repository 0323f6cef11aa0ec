import { z } from 'zod';

/**
 * How long and for which requests a fault holds. Without any of them it holds for every request until it is cleared.
 * `count`: that many requests; `durationMs`: that long from now; `match`: only requests whose text (envelope, prompt, path
 * and body) contains it; `rate`: for that share of requests, chosen by a fixed sequence so that a run can be repeated.
 */
const when = {
  count: z.int().min(1).optional(),
  durationMs: z.int().min(1).optional(),
  match: z.string().min(1).optional(),
  rate: z.number().min(0).max(1).optional(),
};
const http = {
  status: z.int().min(400).max(599),
  retryAfterSeconds: z.number().min(0).optional(),
};
const delayMs = z.int().min(0);

/** The moments of an SMTP dialogue at which mail faults act; `dot` is after the whole message was received. */
export const SmtpMoment = z.enum(['greeting', 'mail', 'rcpt', 'data', 'body', 'dot']);
export type SmtpMoment = z.infer<typeof SmtpMoment>;

/**
 * Faults of the mail catcher. `refuse` closes the port. `reply` answers with `code` (421 also closes). `drop` closes the
 * connection, `hang` stays silent; at `dot` both keep the mail first unless `accepted` is false. `slow` delays each reply.
 */
export const MailFault = z.discriminatedUnion('fault', [
  z.strictObject({ service: z.literal('mail'), fault: z.literal('refuse'), ...when }),
  z.strictObject({
    service: z.literal('mail'),
    fault: z.literal('reply'),
    at: SmtpMoment.exclude(['body']),
    code: z.int().min(400).max(599),
    ...when,
  }),
  z.strictObject({
    service: z.literal('mail'),
    fault: z.literal('drop'),
    at: SmtpMoment,
    accepted: z.boolean().optional(),
    ...when,
  }),
  z.strictObject({
    service: z.literal('mail'),
    fault: z.literal('hang'),
    at: SmtpMoment,
    accepted: z.boolean().optional(),
    ...when,
  }),
  z.strictObject({
    service: z.literal('mail'),
    fault: z.literal('garbage'),
    at: SmtpMoment.exclude(['body']),
    ...when,
  }),
  z.strictObject({ service: z.literal('mail'), fault: z.literal('slow'), delayMs, ...when }),
]);
export type MailFault = z.infer<typeof MailFault>;

/**
 * Faults of the LLM stub. Transport: `status`, `hang`, `reset`, `cutBody` (half of the HTTP answer), `slow`. Content, with HTTP 200:
 * `cutContent` (JSON that stops in the middle), `wrongSchema`, `refusal`, `empty`, `length` (finish reason), `contentFilter`,
 * `placeholder` (`{{name}}` left in), `inventedNumber`, `insertText` (puts `text` into the answer: a leak, a banned claim).
 */
export const LlmFault = z.discriminatedUnion('fault', [
  z.strictObject({ service: z.literal('llm'), fault: z.literal('status'), ...http, ...when }),
  z.strictObject({ service: z.literal('llm'), fault: z.literal('slow'), delayMs, ...when }),
  z.strictObject({ service: z.literal('llm'), fault: z.literal('insertText'), text: z.string().min(1), ...when }),
  z.strictObject({
    service: z.literal('llm'),
    fault: z.enum([
      'hang',
      'reset',
      'cutBody',
      'cutContent',
      'wrongSchema',
      'refusal',
      'empty',
      'length',
      'contentFilter',
      'placeholder',
      'inventedNumber',
    ]),
    ...when,
  }),
]);
export type LlmFault = z.infer<typeof LlmFault>;

/**
 * Faults of the CRM double. `timeoutAfterCommit` does the work and then never answers; `hang` does not do it. `partial` answers a batch
 * of HubSpot with 207 and an error for its row. `revoked` refuses the refresh token at the token endpoint,
 * `rotates` has that give another one for each, which is then taken no more, and `tokenLost` has it give one and close the connection.
 */
export const CrmFault = z.discriminatedUnion('fault', [
  z.strictObject({ service: z.literal('crm'), fault: z.literal('status'), ...http, ...when }),
  z.strictObject({ service: z.literal('crm'), fault: z.literal('slow'), delayMs, ...when }),
  z.strictObject({
    service: z.literal('crm'),
    fault: z.enum([
      'hang',
      'reset',
      'timeoutAfterCommit',
      'resetAfterCommit',
      'partial',
      'revoked',
      'rotates',
      'tokenLost',
    ]),
    ...when,
  }),
]);
export type CrmFault = z.infer<typeof CrmFault>;

/**
 * Faults of the payment double. API: `status`, `hang`, `reset`, `slow`, `timeoutAfterCommit`, `resetAfterCommit`. Scenarios: `decline`
 * (the next payments fail), `delayed` (their money is under way), `discount` (a code or a tax makes them `amountMinor`), `otherAmount` and
 * `otherCurrency` (they differ from what was asked), `refundFails` (the refund is made and then fails), `webhookTwice`, `webhookNever`, `webhookLate`
 * (by `delayMs`), `webhookReordered` (the events of one change arrive last first), `webhookForged` (signed with a wrong secret).
 */
export const PaymentFault = z.discriminatedUnion('fault', [
  z.strictObject({ service: z.literal('payment'), fault: z.literal('status'), ...http, ...when }),
  z.strictObject({ service: z.literal('payment'), fault: z.enum(['slow', 'webhookLate']), delayMs, ...when }),
  z.strictObject({
    service: z.literal('payment'),
    fault: z.enum(['discount', 'otherAmount']),
    amountMinor: z.int().min(0),
    ...when,
  }),
  z.strictObject({
    service: z.literal('payment'),
    fault: z.literal('otherCurrency'),
    currency: z.string().regex(/^[a-z]{3}$/),
    ...when,
  }),
  z.strictObject({
    service: z.literal('payment'),
    fault: z.enum([
      'hang',
      'reset',
      'timeoutAfterCommit',
      'resetAfterCommit',
      'decline',
      'delayed',
      'refundFails',
      'webhookTwice',
      'webhookNever',
      'webhookReordered',
      'webhookForged',
    ]),
    ...when,
  }),
]);
export type PaymentFault = z.infer<typeof PaymentFault>;

/** What `POST /faults` takes. */
export const FaultRequest = z.discriminatedUnion('service', [MailFault, LlmFault, CrmFault, PaymentFault]);
export type FaultRequest = z.infer<typeof FaultRequest>;
