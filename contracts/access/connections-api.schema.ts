import { z } from 'zod';
import { Credential, Instant } from '../core/values.schema.ts';
import { returnPathFault } from '../messaging/return-path.ts';

/** Services that a workspace can connect by credentials of its own. */
export const connectionServices = ['crm', 'email', 'payment'] as const;
/** A service that a workspace can connect. */
export type ConnectionService = (typeof connectionServices)[number];

/** What goes into the header or the form of a call. */
const secret = Credential.max(2_000);
const app = { clientId: secret, clientSecret: secret, refreshToken: secret };

/** A host of Salesforce: the worker sends the credentials there, so no other one is taken. */
const salesforceHost = /^([a-z0-9-]+\.)+(salesforce|force)\.com$/;

/** The private-app token of a HubSpot account. */
const HubspotToken = z.strictObject({ kind: z.literal('hubspotToken'), token: secret });
/** A connected app of HubSpot with a refresh token. */
const HubspotApp = z.strictObject({ kind: z.literal('hubspotApp'), ...app });
/** A connected app of Salesforce with a refresh token that stays the same, and the address of the organisation. */
const SalesforceApp = z.strictObject({
  kind: z.literal('salesforceApp'),
  instanceUrl: z
    .url({ protocol: /^https$/, hostname: salesforceHost, error: 'is not an https address of Salesforce' })
    .transform((url) => new URL(url).origin),
  ...app,
});

/** How a workspace gets into its CRM. */
export const CrmCredentials = z
  .discriminatedUnion('kind', [HubspotToken, HubspotApp, SalesforceApp])
  .meta({ id: 'CrmCredentials' });
/** How a workspace gets into its CRM. */
export type CrmCredentials = z.infer<typeof CrmCredentials>;

/** Keys of a Stripe account: its secret key, or a restricted one, and the secret of the endpoint that reports to this workspace. */
export const StripeKeys = z
  .strictObject({
    kind: z.literal('stripeKeys'),
    secretKey: secret.regex(
      /^[sr]k_(test|live)_/,
      'is no secret key of Stripe, such as sk_live_…, nor a restricted one',
    ),
    webhookSecret: secret.regex(/^whsec_/, 'is no secret of an endpoint of Stripe, such as whsec_…'),
  })
  .meta({ id: 'StripeKeys' });
/** Keys of a Stripe account. */
export type StripeKeys = z.infer<typeof StripeKeys>;

const Address = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s"<>(),:;\\[\]@]+@[^\s"<>(),:;\\[\]@]+$/u, 'is no address, such as hello@example.com');
const domain = /^([a-z0-9-]+\.)+[a-z0-9-]+$/;
/** One line, as it stands in a header or goes over SMTP. */
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'has a line end or another control character in it');

/** One value, which of before may have a comma in it, or two with one between them: while one takes the place of the other, both count. */
function oneOrTwo(value: z.ZodType<string>) {
  return z
    .string()
    .trim()
    .max(4_000)
    .superRefine((text, context) => {
      if (value.safeParse(text).success) return;
      const parts = text.split(',').map((part) => part.trim());
      const wrong = parts.map((part) => value.safeParse(part).error).find((error) => error !== undefined);
      const message = parts.length > 2 ? 'takes two at most: the new one and the old one' : wrong?.issues[0]?.message;
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

/** The ARN of a topic of SNS. */
export const snsTopic = /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/;

/**
 * A mail server with the sender of all mails that go by it; user and password where it asks for them, or a user and an app whose tokens sign in
 * (`tokenUrl` is where they are got: with a refresh token, or by the app itself for `scope`), the three of DKIM where it does not sign
 * itself. `starttls` is usual at port 587, `implicit` (TLS from the start) at 465. `ca` are the certificates of its authority, where that is not a
 * public one; `returnPath` is where mails come back to instead of the sender, in which the id of the mail takes the place of a `*`.
 * Reports of what became of mails are believed by `reportSecret` (returned mails, Postmark), `sesTopic`, `sendgridKey` and `mailgunKey`: each is one, or
 * the new and the old one with a comma between them while it is replaced.
 */
export const MailServer = z
  .strictObject({
    kind: z.literal('smtpServer'),
    host: z
      .string()
      .trim()
      .toLowerCase()
      .max(253)
      .regex(/^[a-z0-9.:-]+$/, 'is no host name, such as smtp.example.com'),
    port: z.int().min(1).max(65_535),
    tls: z.enum(['starttls', 'implicit', 'none']),
    user: line.optional(),
    password: z
      .string()
      .min(1)
      .max(2_000)
      .regex(/^\P{Cc}+$/u, 'has a line end or another control character in it')
      .optional(),
    tokenUrl: z
      .url({ protocol: /^https?$/, error: 'is no address' })
      .max(2_000)
      .optional(),
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    refreshToken: Credential.max(10_000).optional(),
    scope: line.optional(),
    fromAddress: Address,
    fromName: line.optional(),
    replyTo: Address.optional(),
    returnPath: z
      .string()
      .trim()
      .superRefine((text, context) => {
        const message = returnPathFault(text);
        if (message !== null) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    ca: z
      .string()
      .trim()
      .max(10_000)
      .regex(/^-----BEGIN CERTIFICATE-----/, 'is no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----')
      .optional(),
    reportSecret: oneOrTwo(secret.min(16, 'is too short for a secret: take 16 characters at least')).optional(),
    sesTopic: oneOrTwo(z.string().regex(snsTopic, 'give the ARN of an SNS topic')).optional(),
    sendgridKey: oneOrTwo(secret).optional(),
    mailgunKey: oneOrTwo(secret.min(16, 'is too short for a signing key')).optional(),
    dkimDomain: z.string().trim().toLowerCase().regex(domain, 'give a domain such as example.com').optional(),
    dkimSelector: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'give a name such as mail2026')
      .optional(),
    dkimKey: z
      .string()
      .trim()
      .max(10_000)
      .regex(
        /^-----BEGIN (RSA )?PRIVATE KEY-----/,
        'is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----',
      )
      .optional(),
  })
  .refine(
    ({ user, password, tokenUrl }) => (user === undefined) === (password === undefined && tokenUrl === undefined),
    { path: ['password'], error: 'user and password belong together' },
  )
  .refine(({ password, tokenUrl }) => password === undefined || tokenUrl === undefined, {
    path: ['password'],
    error: 'a user signs in by a password or by tokens: leave one of them out',
  })
  .refine(
    ({ tokenUrl, clientId, clientSecret }) =>
      new Set([tokenUrl === undefined, clientId === undefined, clientSecret === undefined]).size === 1,
    { path: ['tokenUrl'], error: 'the address of the tokens, client id and client secret belong together' },
  )
  .refine(({ tokenUrl, refreshToken, scope }) => tokenUrl === undefined || (refreshToken ?? scope) !== undefined, {
    path: ['scope'],
    error: 'an app without a refresh token has to say what it asks for',
  })
  .refine(
    ({ dkimDomain, dkimSelector, dkimKey }) =>
      new Set([dkimDomain === undefined, dkimSelector === undefined, dkimKey === undefined]).size === 1,
    { path: ['dkimKey'], error: 'domain, selector and key of DKIM belong together' },
  )
  .meta({ id: 'MailServer' });
/** A mail server with the sender of all mails that go by it. */
export type MailServer = z.infer<typeof MailServer>;

/** Credentials of every kind; those of one service are in `credentialsOf`. */
export const ConnectionCredentials = z
  .discriminatedUnion('kind', [HubspotToken, HubspotApp, SalesforceApp, MailServer, StripeKeys])
  .meta({ id: 'ConnectionCredentials' });
/** Credentials of any kind. */
export type ConnectionCredentials = z.infer<typeof ConnectionCredentials>;

/** What each service takes. */
export const credentialsOf = { crm: CrmCredentials, email: MailServer, payment: StripeKeys } as const satisfies Record<
  ConnectionService,
  z.ZodType<ConnectionCredentials>
>;

/** Payments that the workspace's own keys are needed for: those that may yet be paid, and those of learners who have not ended, who may get money back. */
export const PaymentsByKeys = z.strictObject({ open: z.int(), paid: z.int() }).meta({ id: 'PaymentsByKeys' });
/** Payments that the workspace's own keys are needed for. */
export type PaymentsByKeys = z.infer<typeof PaymentsByKeys>;

/**
 * What is shown of a connection. `reportsTo` is where the service is to send its reports, null where it sends none. `own` is null where the workspace uses that of the installation, its `kind` where what is stored cannot be
 * opened and has to be entered again, its `payments` for other services than payments; no secret is ever in an answer.
 */
export const Connection = z
  .strictObject({
    service: z.enum(connectionServices),
    reportsTo: z.url().nullable(),
    own: z
      .strictObject({
        kind: z.string().nullable(),
        endsWith: z.string(),
        setAt: Instant,
        setBy: z.string().nullable(),
        payments: PaymentsByKeys.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Connection' });
/** What is shown of a connection. */
export type Connection = z.infer<typeof Connection>;

/** All that can be connected. */
export const Connections = z.strictObject({ items: z.array(Connection) }).meta({ id: 'Connections' });

/** How credentials are removed: `payments=leave` also where payments still need them. */
export const RemoveConnectionQuery = z.strictObject({ payments: z.literal('leave').optional() });
/** How credentials are removed. */
export type RemoveConnectionQuery = z.infer<typeof RemoveConnectionQuery>;

/** What a real call by a connection has come to, in a sentence for a person. */
export const ConnectionTest = z
  .strictObject({ isWell: z.boolean(), message: z.string() })
  .meta({ id: 'ConnectionTest' });
/** What a real call by a connection has come to. */
export type ConnectionTest = z.infer<typeof ConnectionTest>;
