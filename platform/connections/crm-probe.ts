import { z } from 'zod';
import type { ConnectionTest, CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import { type AppCredentials, vendorOf } from './crm-connection.ts';
import { askForToken, tokenPaths, type CrmVendor, type RefreshTokens } from './refresh-grant.ts';

const timeoutMs = 15_000;

const Property = z.looseObject({ hasUniqueValue: z.boolean().optional() });
const Described = z.looseObject({
  fields: z.array(
    z.looseObject({ name: z.string(), externalId: z.boolean().optional(), caseSensitive: z.boolean().optional() }),
  ),
});

/** A connection, where its CRM is, and where the refresh token of one is kept. */
export type ToProbe = {
  credentials: CrmCredentials;
  baseUrl: string;
  refreshTokens(credentials: AppCredentials): RefreshTokens;
};

/**
 * Calls the CRM by these credentials and looks for the field that holds our external id, without which no contact can be written; changes
 * nothing there. Never throws: what went wrong is in the answer.
 */
export async function probeCrm({ credentials, baseUrl, refreshTokens }: ToProbe): Promise<ConnectionTest> {
  const vendor = vendorOf(credentials);
  try {
    // A token that stays is taken as it is; for a connected app one is fetched.
    const token =
      'token' in credentials
        ? credentials.token
        : await accessToken(`${baseUrl}${tokenPaths[vendor]}`, credentials, refreshTokens(credentials));
    return await probes[vendor](baseUrl, token);
  } catch (error) {
    return failed(error instanceof Unwell ? error.message : 'The CRM could not be reached, or did not answer in time.');
  }
}

const probes: Record<CrmVendor, (baseUrl: string, token: string) => Promise<ConnectionTest>> = {
  hubspot: probeHubspot,
  salesforce: probeSalesforce,
};

async function probeHubspot(baseUrl: string, token: string): Promise<ConnectionTest> {
  const { status, json } = await get(`${baseUrl}/crm/v3/properties/contacts/throughline_id`, token);
  if (status !== 404) checked(status);
  if (status === 404 || !Property.safeParse(json).data?.hasUniqueValue)
    return failed(
      'HubSpot takes the key. It needs a contact property throughline_id of single-line text with unique values.',
    );
  return well('HubSpot takes the key, and contacts have the property throughline_id.');
}

async function probeSalesforce(baseUrl: string, token: string): Promise<ConnectionTest> {
  const { status, json } = await get(`${baseUrl}/services/data/v61.0/sobjects/Contact/describe`, token);
  checked(status);
  const field = Described.safeParse(json).data?.fields.find(({ name }) => name === 'Throughline_Id__c');
  if (!field?.externalId)
    return failed(
      'Salesforce takes the key. It needs a field Throughline_Id__c of Contact that is text, unique and an external id.',
    );
  if (field.caseSensitive === false)
    return failed(
      'Salesforce takes the key. Its field Throughline_Id__c takes “ABC” and “abc” for one contact: set it to be unique and case-sensitive.',
    );
  return well('Salesforce takes the key, and Contact has the field Throughline_Id__c.');
}

/** What the test says instead of going on. */
class Unwell extends Error {}

const well = (message: string): ConnectionTest => ({ isWell: true, message });
const failed = (message: string): ConnectionTest => ({ isWell: false, message });

function checked(status: number): void {
  if (status === 200) return;
  if (status === 401) throw new Unwell('The CRM refuses the key (401).');
  if (status === 403) throw new Unwell('The key may not read the fields of contacts (403): give its app that scope.');
  refuseMoved(status);
  throw new Unwell(`The CRM answered ${status}: try again later.`);
}

function refuseMoved(status: number): void {
  if (status >= 300 && status < 400)
    throw new Unwell(`The CRM is at another address now (${status}): connect it again, with that one.`);
}

async function accessToken(url: string, app: AppCredentials, refreshTokens: RefreshTokens): Promise<string> {
  const answer = await refreshTokens.exchange((refreshToken) =>
    askForToken(
      (form, limitMs) => call(url, { method: 'POST', body: new URLSearchParams(form) }, limitMs),
      app,
      refreshToken,
    ),
  );
  if (answer.kind === 'granted') return answer.accessToken;
  if (answer.kind === 'refused')
    throw new Unwell(
      'The CRM refuses the refresh token: it was revoked, or belongs to another client. Sign in at the CRM again and connect it anew.',
    );
  if (answer.kind === 'busy') throw new Unwell('The CRM gives out no token at this moment: try again in a minute.');
  refuseMoved(answer.reply.status);
  throw new Unwell(`The CRM answered ${answer.reply.status} instead of a token: try again later.`);
}

function get(url: string, token: string): Promise<{ status: number; json: unknown }> {
  return call(url, { headers: { authorization: `Bearer ${token}` } });
}

async function call(url: string, init: RequestInit, limitMs = timeoutMs): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(limitMs) });
  const json: unknown = await response.json().catch(() => undefined);
  return { status: response.status, json };
}
