import { describe, expect, it } from 'vitest';
import { sessionSettings } from '../db/core/connections.ts';
import { askForToken } from './refresh-grant.ts';

const app = { clientId: 'id', clientSecret: 'secret' };
const answered = (status: number, json: unknown) => askForToken(() => Promise.resolve({ status, json }), app, 'sent');
const granted = { kind: 'granted', accessToken: 'a', seconds: null, refreshToken: null };

it('is waited for less long than the transaction that keeps it may be idle', async () => {
  let limitMs = Infinity;
  const post = (_: unknown, timeoutMs: number) => {
    limitMs = timeoutMs;
    return Promise.resolve({ status: 503, json: undefined });
  };
  await askForToken(post, app, 'sent');
  const idle = sessionSettings.find((setting) => setting.startsWith('idle_in_transaction_session_timeout='));
  expect(limitMs).toBeLessThan(Number(/=(\d+)s$/.exec(idle ?? '')?.[1]) * 1_000);
});

describe('an answer to a refresh token', () => {
  it.each([
    ['a number of seconds', { expires_in: 1_800 }, { seconds: 1_800 }],
    ['the number as a text (opencodex 1417)', { expires_in: '3600' }, { seconds: 3_600 }],
    ['no end (LibreChat 15321)', {}, {}],
    ['null for an end', { expires_in: null }, {}],
    ['no number', { expires_in: 'soon' }, {}],
    ['less than none', { expires_in: -5 }, {}],
    ['null in its place (AFOAuth2Manager 15)', { refresh_token: null }, {}],
    ['nothing in its place', { refresh_token: '' }, {}],
    ['the same one again', { refresh_token: 'sent' }, {}],
    ['another one (n8n 25926, dust 20853)', { refresh_token: 'next' }, { refreshToken: 'next' }],
  ])('with %s is a grant', async (_, given, expected) => {
    expect(await answered(200, { access_token: 'a', ...given })).toEqual({ ...granted, ...expected });
  });

  it.each([
    [400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }, 'refused'],
    [401, { error: 'invalid_client' }, 'refused'],
    [400, { status: 'BAD_REFRESH_TOKEN' }, 'refused'],
    [400, '<html>', 'refused'],
    // segmentio/action-destinations 2300: Salesforce, asked twice at the same instant.
    [400, { error: 'invalid_grant', error_description: 'token request is already being processed' }, 'busy'],
    [400, { error: 'unknown_error', error_description: 'retry your request' }, 'busy'],
    // google-auth-library-python 368, google-api-dotnet-client 881: an outage at Google counted as a revoked grant.
    [400, { error: 'internal_failure' }, 'busy'],
    [401, { error: 'server_error' }, 'busy'],
    [400, { error: 'temporarily_unavailable', error_description: 'AADSTS90033: A transient error' }, 'busy'],
    [200, { token_type: 'bearer' }, 'failed'],
    [503, undefined, 'failed'],
  ])('%i with %j is %s', async (status, json, kind) => {
    expect(await answered(status, json)).toMatchObject({ kind });
  });
});
