import { z } from 'zod';

/** A connected app by which access tokens are got; `scope` where the service asks what for. */
export type OauthApp = { clientId: string; clientSecret: string; scope?: string };

/** What a token endpoint has granted. `refreshToken` is there where it comes in the place of the one that was sent. `seconds` is how long the access token holds. */
export type Granted = { accessToken: string; seconds: number | null; refreshToken: string | null };

/** What asking for a token has come to: `refused` speaks of the refresh token or the app, by a code where it has one, `busy` wants to be asked again, `failed` says nothing of either. */
export type GrantAnswer<Reply> =
  | ({ kind: 'granted' } & Granted)
  | { kind: 'refused'; code: string | null }
  | { kind: 'busy' }
  | { kind: 'failed'; reply: Reply };

/**
 * The refresh token that several processes share. `exchange` gives `ask` the one of now, alone among all of them, and stores the one that comes
 * in its place before it resolves: a vendor that rotates takes each of them once.
 */
export type RefreshTokens = {
  exchange<Reply>(ask: (refreshToken: string) => Promise<GrantAnswer<Reply>>): Promise<GrantAnswer<Reply>>;
};

/**
 * How long a token endpoint may take. The transaction that holds the refresh token is idle meanwhile, and the database ends one that is idle for
 * ten seconds: a token that came after that would be lost, and the one before it is used up.
 */
export const grantTimeoutMs = 5_000;

/** Where each vendor grants tokens, below its base URL. */
export const tokenPaths = { hubspot: '/oauth/v1/token', salesforce: '/services/oauth2/token' } as const;
/** A vendor of CRMs. */
export type CrmVendor = keyof typeof tokenPaths;

const Grant = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
  refresh_token: z.string().min(1).optional().catch(undefined),
});

/**
 * Asks for an access token by OAuth's refresh grant (RFC 6749, 6), and for the app itself where there is no refresh token (4.4); `scope` is what it
 * is to be good for. `post` sends the form and throws where no answer comes in `timeoutMs`. 400 and 401 speak of
 * the grant or the app here, whatever their words: `invalid_grant`, `BAD_REFRESH_TOKEN`, `invalid_client`.
 */
export async function askForToken<Reply extends { status: number; json: unknown }>(
  post: (form: Record<string, string>, timeoutMs: number) => Promise<Reply>,
  { clientId, clientSecret, scope }: OauthApp,
  refreshToken: string | null,
): Promise<GrantAnswer<Reply>> {
  const form = {
    client_id: clientId,
    client_secret: clientSecret,
    ...(refreshToken === null
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }),
    ...(scope === undefined ? {} : { scope }),
  };
  const reply = await post(form, grantTimeoutMs);
  if (reply.status === 400 || reply.status === 401)
    return isBusy(reply.json) ? { kind: 'busy' } : { kind: 'refused', code: codeOf(reply.json) };
  const granted = reply.status === 200 ? Grant.safeParse(reply.json).data : undefined;
  if (!granted) return { kind: 'failed', reply };
  const { access_token: accessToken, expires_in: seconds = null, refresh_token: next = null } = granted;
  return { kind: 'granted', accessToken, seconds, refreshToken: next === refreshToken ? null : next };
}

const Refused = z.looseObject({ error: z.string().optional(), error_description: z.string().optional() });

/** What passes by itself, though it comes with 400 or 401: Google, Microsoft and Salesforce say so where something went wrong there. */
const passing: readonly string[] = ['internal_failure', 'server_error', 'temporarily_unavailable', 'unknown_error'];

/** Whether an answer speaks of neither the grant nor the app; Salesforce refuses a token that is being exchanged at this instant. */
function isBusy(answer: unknown): boolean {
  const { error = '', error_description: words = '' } = Refused.safeParse(answer).data ?? {};
  return passing.includes(error) || words.includes('already being processed');
}

/** The code of a refusal, and Microsoft's own, which its words begin with. */
function codeOf(answer: unknown): string | null {
  const { error = '', error_description: words = '' } = Refused.safeParse(answer).data ?? {};
  const codes = [/^[\w.-]{1,60}$/.exec(error)?.[0], /\bAADSTS\d{1,9}\b/.exec(words)?.[0]];
  return codes.filter((code) => code !== undefined).join(', ') || null;
}
