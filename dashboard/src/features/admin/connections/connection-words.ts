import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type {
  ConnectionCredentials,
  ConnectionService,
} from '../../../../../contracts/access/connections-api.schema.ts';

/** A kind of credentials. */
export type Kind = ConnectionCredentials['kind'];

/** What is said of a service that a workspace can connect. */
export type ServiceWords = Readonly<
  Record<'title' | 'note' | 'connect' | 'ask' | 'none' | 'remove' | 'removal', MessageDescriptor>
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
  },
  payment: {
    title: msg`Payments`,
    note: msg`where learners pay, and where refunds are made`,
    connect: msg`Connect Stripe`,
    ask: msg`Connect Stripe`,
    none: msg`Learners pay into the account of the installation, where it has one, until you connect your own.`,
    remove: msg`Remove the keys of Stripe`,
    removal: msg`New payments go to the account of the installation from now on. What was begun in your own account is reported here no more, and cannot be given back from here: wait until it has ended, or give it back at Stripe.`,
  },
};

/** The kinds of credentials in words. */
export const kindWords: Readonly<Record<Kind, MessageDescriptor>> = {
  hubspotToken: msg`HubSpot, by a private app’s token`,
  hubspotApp: msg`HubSpot, by a connected app`,
  salesforceApp: msg`Salesforce, by a connected app`,
  stripeKeys: msg`Stripe, by its secret key`,
};

/** The kinds of each service in the order in which they are offered. */
export const kindsOf: Readonly<Record<ConnectionService, readonly [Kind, ...Kind[]]>> = {
  crm: ['hubspotToken', 'hubspotApp', 'salesforceApp'],
  payment: ['stripeKeys'],
};

/** What each kind asks for, and whether it is hidden while it is typed. */
export const fieldsOf: Readonly<Record<Kind, readonly { name: string; isHidden: boolean }[]>> = {
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
  secretKey: msg`Secret key, or a restricted one`,
  webhookSecret: msg`Signing secret of the endpoint`,
};
