import type { DoubleReply, DoubleRequest } from '../control/http-server.ts';
import type { Journal } from '../control/journal.ts';

/** The refresh tokens and access tokens of the CRM double. Tokens that it has not given out are taken as ones that never run out. */
export interface CrmTokens {
  /**
   * Answers the token endpoint of HubSpot or Salesforce; undefined for another path. `isRevoked`: the refresh token is known no more. `rotates`:
   * another one comes in its place.
   */
  answer(request: DoubleRequest, how: { isRevoked: boolean; rotates: boolean }): DoubleReply | undefined;
  /** Whether a call with this header may pass. */
  isTaken(authorization: string | undefined): boolean;
  /** Ends every access token that was given out. */
  expire(): void;
}

const paths: Readonly<Record<string, 'hubspot' | 'salesforce'>> = {
  '/oauth/v1/token': 'hubspot',
  '/services/oauth2/token': 'salesforce',
};

/** Opens the tokens; each that is given out is in the journal as `token.given`. */
export function openCrmTokens(journal: Journal): CrmTokens {
  let given = 0;
  let expiredUpTo = 0;
  const spent = new Set<string>();
  return {
    answer(request, { isRevoked, rotates }) {
      const vendor = paths[request.url.pathname];
      if (vendor === undefined || request.method !== 'POST') return undefined;
      const form = new URLSearchParams(request.body);
      const sent = form.get('refresh_token') ?? '';
      const isWhole = ['client_id', 'client_secret', 'refresh_token'].every((name) => form.get(name));
      if (isRevoked || spent.has(sent) || !isWhole || form.get('grant_type') !== 'refresh_token')
        return refusals[vendor];
      given += 1;
      const token = `access-${given}`;
      journal.append({ kind: 'token.given', key: token, details: {} });
      if (rotates) spent.add(sent);
      const refresh = rotates ? { refresh_token: `next-refresh-token-${given}` } : {};
      const common = { access_token: token, token_type: 'bearer' };
      return {
        status: 200,
        json:
          vendor === 'hubspot'
            ? { ...common, refresh_token: sent, ...refresh, expires_in: 1800 }
            : { ...common, ...refresh, instance_url: request.url.origin, issued_at: String(Date.now()), scope: 'api' },
      };
    },
    isTaken(authorization) {
      const token = /^Bearer (\S+)/.exec(authorization ?? '')?.[1];
      if (token === undefined) return false;
      const number = /^access-(\d+)$/.exec(token)?.[1];
      return number === undefined || (Number(number) > expiredUpTo && Number(number) <= given);
    },
    expire() {
      expiredUpTo = given;
    },
  };
}

/** A refresh token that is known no more, in the words of each. */
const refusals: Readonly<Record<'hubspot' | 'salesforce', DoubleReply>> = {
  hubspot: { status: 400, json: { status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' } },
  salesforce: { status: 400, json: { error: 'invalid_grant', error_description: 'expired access/refresh token' } },
};
