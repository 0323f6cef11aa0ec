import { z } from 'zod';
import { callJson, type JsonReply } from '../http-json.ts';
import { ProviderError } from '../provider-error.ts';
import { crmFailure } from './crm-call.ts';
import type { TokenSource } from './crm-client.ts';

/** How access tokens are got by OAuth's refresh grant (RFC 6749, 6). `url` is the token endpoint. */
export type OauthConfig = { url: string; clientId: string; clientSecret: string; refreshToken: string };

const Granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

/** Between two calls of an attempt, which has 45 s in all. */
const timeoutMs = 5_000;
/** A token is not used in its last minute, which may be over before the call arrives. */
const marginMs = 60_000;

/** A source of access tokens by a refresh token that stays the same (in Salesforce: without rotation of refresh tokens). */
export function createTokenSource(config: OauthConfig): TokenSource {
  let known: { token: string; until: number } | null = null;
  let pending: Promise<string> | null = null;

  const fetched = (): Promise<string> => {
    pending ??= refresh(config)
      .then(({ access_token: token, expires_in: seconds = Infinity }) => {
        known = { token, until: Date.now() + seconds * 1_000 - marginMs };
        return token;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  };
  return {
    current: () => (known && Date.now() < known.until ? Promise.resolve(known.token) : fetched()),
    renew: (stale) => (known && known.token !== stale ? Promise.resolve(known.token) : fetched()),
  };
}

async function refresh({ url, clientId, clientSecret, refreshToken }: OauthConfig): Promise<z.infer<typeof Granted>> {
  const form = {
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
  const reply = await callJson({ service: 'crm', method: 'POST', url, headers: {}, form, timeoutMs });
  const granted = Granted.safeParse(reply.json);
  if (reply.status === 200 && granted.success) return granted.data;
  throw isRefused(reply) ? refusedKey() : crmFailure(reply);
}

/** 400 and 401 speak of the grant or the client here, whatever the words: `invalid_grant`, `BAD_REFRESH_TOKEN`, `invalid_client`. */
function isRefused({ status }: JsonReply): boolean {
  return status === 400 || status === 401;
}

function refusedKey(): ProviderError {
  const message = 'The CRM refuses the key: it was revoked, or belongs to another client. Connect the CRM again.';
  return new ProviderError({ kind: 'misconfigured', code: 'crm.unauthorised', message });
}
