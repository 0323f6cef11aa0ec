import type { z } from 'zod';
import { ConfigError } from '../../../platform/config.ts';
import type { TokenSource } from '../../../platform/connections/token-source.ts';
import { crmTokens, fixedRefreshToken } from './oauth.ts';
import type { crmAccessSettings, crmOauthSettings } from './settings.ts';

/** What a vendor's settings say of how to get in. */
export type CrmAccess = z.infer<z.ZodObject<typeof crmAccessSettings & typeof crmOauthSettings>>;

/** The token of these settings, or the source of tokens at the vendor's endpoint `tokenPath`. @throws ConfigError where a part is missing */
export function crmToken(access: CrmAccess, tokenPath: string): string | TokenSource {
  const { CRM_CLIENT_ID: clientId, CRM_CLIENT_SECRET: clientSecret, CRM_REFRESH_TOKEN: refreshToken } = access;
  const given = { CRM_CLIENT_ID: clientId, CRM_CLIENT_SECRET: clientSecret, CRM_REFRESH_TOKEN: refreshToken };
  const missing = Object.entries(given).filter(([, value]) => value === '');
  if (missing.length === 3) return access.CRM_TOKEN;
  if (missing.length > 0) throw new ConfigError(missing.map(([name]) => `${name}: is needed beside the other two`));
  return crmTokens({
    url: `${access.CRM_BASE_URL}${tokenPath}`,
    clientId,
    clientSecret,
    refreshTokens: fixedRefreshToken(refreshToken),
  });
}
