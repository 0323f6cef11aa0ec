import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, expect, it } from 'vitest';
import { probeCrm } from './crm-probe.ts';
import type { RefreshTokens } from './refresh-grant.ts';

const field = { name: 'Throughline_Id__c', externalId: true, caseSensitive: true };
let described: object = field;
let status = 200;
const server = createServer((request, response) => {
  response.statusCode = status;
  const isToken = request.url === '/services/oauth2/token';
  response.end(JSON.stringify(isToken ? { access_token: 'a' } : { name: 'Contact', fields: [described] }));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
afterAll(() => server.close());

const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterEach(() => {
  status = 200;
});
const app = { clientId: 'id', clientSecret: 'secret', refreshToken: 'refresh' };
const credentials = { kind: 'salesforceApp', instanceUrl: 'https://acme.my.salesforce.com', ...app } as const;
const refreshTokens = (): RefreshTokens => ({ exchange: (ask) => ask(app.refreshToken) });
const probed = { credentials, baseUrl, refreshTokens };

it.each([
  ['takes “ABC” and “abc” for one contact (SFDX-Data-Move-Utility 907)', { ...field, caseSensitive: false }, false],
  ['is no external id', { ...field, externalId: false }, false],
  ['tells letters apart', field, true],
])('a field of Salesforce that %s: well %s', async (_what, found, isWell) => {
  described = found;
  expect(await probeCrm(probed)).toMatchObject({ isWell });
});

it('says that an organisation has moved (IlluminatedCloud 1667)', async () => {
  status = 301;
  const message = expect.stringContaining('another address now (301)');
  expect(await probeCrm(probed)).toEqual({ isWell: false, message });
});
