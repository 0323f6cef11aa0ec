import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type {
  ConnectionCredentials,
  ConnectionService,
} from '../../../../../contracts/access/connections-api.schema.ts';

/** A kind of credentials. */
export type Kind = ConnectionCredentials['kind'];

/** What is said of a service that a workspace can connect; `reports` what else is to be known of where its reports come to. */
export type ServiceWords = Readonly<
  Record<'title' | 'note' | 'connect' | 'ask' | 'none' | 'remove' | 'removal', MessageDescriptor> & {
    reports: MessageDescriptor | null;
  }
>;

/** The services in words; `none` is what holds until one is connected, `removal` what removing it comes to. */
export const serviceWords: Readonly<Record<ConnectionService, ServiceWords>> = {
  crm: {
    title: msg`CRM`,
    note: msg`where steps of journeys write contacts and notes`,
    connect: msg`Connect a CRM`,
    ask: msg`Connect the CRM`,
    none: msg`Steps write to the CRM of the installation, where it has one, until you connect your own.`,
    remove: msg`Remove the CRM’s credentials`,
    removal: msg`Steps of this workspace write to the CRM of the installation from now on. What is stored is deleted; it can be entered again.`,
    reports: null,
  },
  email: {
    title: msg`Mail`,
    note: msg`the server and the sender of what this workspace writes`,
    connect: msg`Connect a mail server`,
    ask: msg`Connect the mail server`,
    none: msg`Mails go by the mail server of the installation, from its sender, until you connect your own.`,
    remove: msg`Remove the mail server`,
    removal: msg`Mails of this workspace go by the mail server of the installation from now on, from its sender. What waits here already keeps the sender it has, which that server may refuse.`,
    reports: msg`That is for mails that came back, which your mail server sends there as they are. In the place of “returned”, Amazon SES, SendGrid, Postmark and Mailgun call “ses”, “sendgrid”, “postmark” and “mailgun”. While a secret or a key is replaced, enter the new one and the old one with a comma between them: both count.`,
  },
  payment: {
    title: msg`Payments`,
    note: msg`where learners pay, and where refunds are made`,
    connect: msg`Connect Stripe`,
    ask: msg`Connect Stripe`,
    none: msg`Learners pay into the account of the installation, where it has one, until you connect your own.`,
    remove: msg`Remove the keys of Stripe`,
    removal: msg`New payments go to the account of the installation from now on. What was begun in your own account is reported here no more, and cannot be given back from here: wait until it has ended, or give it back at Stripe.`,
    reports: msg`Make an endpoint with that address there first.`,
  },
};

/** The kinds of credentials in words. */
export const kindWords: Readonly<Record<Kind, MessageDescriptor>> = {
  hubspotToken: msg`HubSpot, by a private app’s token`,
  hubspotApp: msg`HubSpot, by a connected app`,
  salesforceApp: msg`Salesforce, by a connected app`,
  smtpServer: msg`A mail server, over SMTP`,
  stripeKeys: msg`Stripe, by its secret key`,
};

/** The kinds of each service in the order in which they are offered. */
export const kindsOf: Readonly<Record<ConnectionService, readonly [Kind, ...Kind[]]>> = {
  crm: ['hubspotToken', 'hubspotApp', 'salesforceApp'],
  email: ['smtpServer'],
  payment: ['stripeKeys'],
};

/**
 * A field of a form: hidden while it is typed, of several lines, a number, or one of several values in words. One that is optional and empty is
 * left out.
 */
export type Field = {
  name: string;
  isHidden: boolean;
  isOptional?: true;
  isLong?: true;
  isNumber?: true;
  choices?: Readonly<Record<string, MessageDescriptor>>;
};

/** What each kind asks for. */
export const fieldsOf: Readonly<Record<Kind, readonly Field[]>> = {
  hubspotToken: [{ name: 'token', isHidden: true }],
  hubspotApp: [
    { name: 'clientId', isHidden: false },
    { name: 'clientSecret', isHidden: true },
    { name: 'refreshToken', isHidden: true },
  ],
  salesforceApp: [
    { name: 'instanceUrl', isHidden: false },
    { name: 'clientId', isHidden: false },
    { name: 'clientSecret', isHidden: true },
    { name: 'refreshToken', isHidden: true },
  ],
  smtpServer: [
    { name: 'host', isHidden: false },
    { name: 'port', isHidden: false, isNumber: true },
    {
      name: 'tls',
      isHidden: false,
      choices: {
        starttls: msg`STARTTLS, usual at port 587`,
        implicit: msg`TLS from the start, usual at port 465`,
        none: msg`None, on this machine alone`,
      },
    },
    { name: 'user', isHidden: false, isOptional: true },
    { name: 'password', isHidden: true, isOptional: true },
    { name: 'tokenUrl', isHidden: false, isOptional: true },
    { name: 'clientId', isHidden: false, isOptional: true },
    { name: 'clientSecret', isHidden: true, isOptional: true },
    { name: 'refreshToken', isHidden: true, isOptional: true },
    { name: 'scope', isHidden: false, isOptional: true },
    { name: 'ca', isHidden: false, isOptional: true, isLong: true },
    { name: 'fromAddress', isHidden: false },
    { name: 'fromName', isHidden: false, isOptional: true },
    { name: 'replyTo', isHidden: false, isOptional: true },
    { name: 'returnPath', isHidden: false, isOptional: true },
    { name: 'reportSecret', isHidden: true, isOptional: true },
    { name: 'sesTopic', isHidden: false, isOptional: true },
    { name: 'sendgridKey', isHidden: false, isOptional: true },
    { name: 'mailgunKey', isHidden: true, isOptional: true },
    { name: 'dkimDomain', isHidden: false, isOptional: true },
    { name: 'dkimSelector', isHidden: false, isOptional: true },
    { name: 'dkimKey', isHidden: false, isOptional: true, isLong: true },
  ],
  stripeKeys: [
    { name: 'secretKey', isHidden: true },
    { name: 'webhookSecret', isHidden: true },
  ],
};

/** The names of the fields. */
export const fieldWords: Readonly<Record<string, MessageDescriptor>> = {
  token: msg`Token`,
  instanceUrl: msg`Address of your Salesforce, such as https://acme.my.salesforce.com`,
  clientId: msg`Client id`,
  clientSecret: msg`Client secret`,
  refreshToken: msg`Refresh token`,
  host: msg`Host, such as smtp.example.com`,
  port: msg`Port`,
  tls: msg`Encryption`,
  user: msg`User`,
  password: msg`Password`,
  tokenUrl: msg`Address of the tokens of Microsoft 365 or Google Workspace, in place of a password`,
  scope: msg`Scope of the tokens, such as https://outlook.office365.com/.default`,
  fromAddress: msg`Address that mails come from`,
  fromName: msg`Name that people read with it`,
  replyTo: msg`Address that answers go to, if it is another one`,
  returnPath: msg`Address that undelivered mails come back to, such as bounces+*@example.com, if it is another one`,
  ca: msg`Certificate of the server’s authority, as PEM, where it is not a public one`,
  reportSecret: msg`Secret of your own for reports: of returned mails, and of Postmark`,
  sesTopic: msg`SNS topic of Amazon SES, whose reports are believed`,
  sendgridKey: msg`Verification key of SendGrid’s event webhook`,
  mailgunKey: msg`Signing key of Mailgun’s webhooks`,
  dkimDomain: msg`Domain of DKIM, where the server does not sign`,
  dkimSelector: msg`Selector of DKIM`,
  dkimKey: msg`Private key of DKIM, as PEM`,
  secretKey: msg`Secret key, or a restricted one`,
  webhookSecret: msg`Signing secret of the endpoint`,
};
