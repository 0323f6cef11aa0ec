import { ConfigError } from '../config.ts';
import type { TokenSource } from '../connections/token-source.ts';
import { fixedTokens, type MailOauth, mailTokens } from './mail-tokens.ts';
import type { MailOauthSettings } from './settings.ts';

/** A source of tokens by the settings; null where they name none. @throws ConfigError where a part is missing */
export function settingsTokens(settings: MailOauthSettings): TokenSource | null {
  const {
    MAIL_OAUTH_TOKEN_URL: tokenUrl,
    MAIL_OAUTH_CLIENT_ID: clientId,
    MAIL_OAUTH_CLIENT_SECRET: clientSecret,
  } = settings;
  const { MAIL_OAUTH_REFRESH_TOKEN: refreshToken, MAIL_OAUTH_SCOPE: scope } = settings;
  const given = Object.values({ tokenUrl, clientId, clientSecret, refreshToken, scope });
  if (given.every((value) => value === '')) return null;
  const missing = Object.entries({
    MAIL_OAUTH_TOKEN_URL: tokenUrl,
    MAIL_OAUTH_CLIENT_ID: clientId,
    MAIL_OAUTH_CLIENT_SECRET: clientSecret,
  }).filter(([, value]) => value === '');
  if (missing.length > 0) throw new ConfigError(missing.map(([name]) => `${name}: is needed beside the other two`));
  if (refreshToken === '' && scope === '')
    throw new ConfigError(['MAIL_OAUTH_SCOPE: an app without MAIL_OAUTH_REFRESH_TOKEN has to say what it asks for']);
  if (!isSafe(tokenUrl)) throw new ConfigError(['MAIL_OAUTH_TOKEN_URL: give an https address']);
  const app: MailOauth = { tokenUrl, clientId, clientSecret, ...(scope === '' ? {} : { scope }) };
  return mailTokens(app, {
    refreshTokens: refreshToken === '' ? null : fixedTokens(refreshToken),
    mend:
      refreshToken === ''
        ? 'Set MAIL_OAUTH_CLIENT_ID and MAIL_OAUTH_CLIENT_SECRET to what holds there now: secrets of apps end after some time.'
        : 'Sign in there again, and set MAIL_OAUTH_REFRESH_TOKEN to the new one.',
  });
}

/** The secret of an app goes over a network by TLS alone. */
function isSafe(tokenUrl: string): boolean {
  const url = URL.parse(tokenUrl);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname));
}
