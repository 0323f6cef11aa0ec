import { askForToken, type OauthApp, type RefreshTokens } from '../../../platform/connections/refresh-grant.ts';
import { type AccessToken, createTokenSource, type TokenSource } from '../../../platform/connections/token-source.ts';
import { callJson } from '../http-json.ts';
import { ProviderError } from '../provider-error.ts';
import { crmFailure } from './crm-call.ts';

/** How access tokens are got by OAuth's refresh grant. `url` is the token endpoint. */
export type OauthConfig = OauthApp & { url: string; refreshTokens: RefreshTokens };

/** A source of access tokens by a refresh token, and by each that comes in its place. */
export function crmTokens(config: OauthConfig): TokenSource {
  return createTokenSource(() => refresh(config));
}

/** A refresh token of the settings. The vendor must leave it as it is: no other process would know the one that comes in its place. */
export function fixedRefreshToken(refreshToken: string): RefreshTokens {
  return {
    async exchange(ask) {
      const answer = await ask(refreshToken);
      if (answer.kind !== 'granted' || answer.refreshToken === null) return answer;
      const message =
        'The CRM gives a new refresh token each time, which settings cannot keep: turn that rotation off at the CRM, or connect it under Admin, Connections.';
      throw new ProviderError({ kind: 'misconfigured', code: 'crm.rotates', message });
    },
  };
}

async function refresh({ url, refreshTokens, ...app }: OauthConfig): Promise<AccessToken> {
  const answer = await refreshTokens.exchange((refreshToken) =>
    askForToken(
      (form, timeoutMs) => callJson({ service: 'crm', method: 'POST', url, headers: {}, form, timeoutMs }),
      app,
      refreshToken,
    ),
  );
  if (answer.kind === 'granted') return answer;
  if (answer.kind === 'failed') throw crmFailure(answer.reply);
  throw answer.kind === 'refused' ? refusedKey() : busy();
}

function busy(): ProviderError {
  const message = 'The CRM gives out a token already, and wants to be asked again.';
  return new ProviderError({ kind: 'transient', code: 'crm.unavailable', message });
}

function refusedKey(): ProviderError {
  const message =
    'The CRM refuses the key: its refresh token was revoked, the one in its place was lost on the way, or it belongs to another client. Sign in at the CRM again and connect it anew.';
  return new ProviderError({ kind: 'misconfigured', code: 'crm.unauthorised', message });
}
