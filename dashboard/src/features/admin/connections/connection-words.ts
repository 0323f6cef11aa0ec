import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { CrmCredentials } from '../../../../../contracts/access/connections-api.schema.ts';

/** The kinds of credentials in words. */
export const kindWords: Readonly<Record<CrmCredentials['kind'], MessageDescriptor>> = {
  hubspotToken: msg`HubSpot, by a private app’s token`,
  hubspotApp: msg`HubSpot, by a connected app`,
  salesforceApp: msg`Salesforce, by a connected app`,
};

/** The kinds in the order in which they are offered. */
export const kinds = ['hubspotToken', 'hubspotApp', 'salesforceApp'] as const;

/** What each kind asks for, and whether it is hidden while it is typed. */
export const fieldsOf: Readonly<Record<CrmCredentials['kind'], readonly { name: string; isHidden: boolean }[]>> = {
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
};

/** The names of the fields. */
export const fieldWords: Readonly<Record<string, MessageDescriptor>> = {
  token: msg`Token`,
  instanceUrl: msg`Address of your Salesforce, such as https://acme.my.salesforce.com`,
  clientId: msg`Client id`,
  clientSecret: msg`Client secret`,
  refreshToken: msg`Refresh token`,
};
