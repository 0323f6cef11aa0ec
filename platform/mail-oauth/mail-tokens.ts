import { askForToken, type OauthApp, type RefreshTokens } from '../connections/refresh-grant.ts';
import { type AccessToken, createTokenSource, type TokenSource } from '../connections/token-source.ts';

/** A registered app by which mail servers are signed in to, and where its tokens are got. */
export type MailOauth = OauthApp & { tokenUrl: string };

/** How tokens are asked for: by refresh tokens, or (null) by the app itself; `mend` says what a person does where that is refused. */
export type TokenGrant = { refreshTokens: RefreshTokens | null; mend: string };

/** Why there is no token, in words with what to do. `lasts` where only a person mends it; else it may pass by itself. */
export class TokenFailure extends Error {
  readonly lasts: boolean;

  constructor(message: string, lasts: boolean) {
    super(message);
    this.lasts = lasts;
  }
}

/** A source of tokens for mail servers, which all who sign in by it share. Its calls throw a TokenFailure. */
export function mailTokens(oauth: MailOauth, grant: TokenGrant): TokenSource {
  return createTokenSource(() => fetchToken(oauth, grant));
}

/** A refresh token of the settings. One that the provider gives in its place is left, as settings cannot keep it: the first holds until it ends. */
export function fixedTokens(refreshToken: string): RefreshTokens {
  return { exchange: (ask) => ask(refreshToken) };
}

async function fetchToken({ tokenUrl, ...app }: MailOauth, { refreshTokens, mend }: TokenGrant): Promise<AccessToken> {
  const ask = (refreshToken: string | null) =>
    askForToken((form, timeoutMs) => post(tokenUrl, form, timeoutMs), app, refreshToken);
  const answer = await (refreshTokens === null ? ask(null) : refreshTokens.exchange(ask));
  if (answer.kind === 'granted') return answer;
  if (answer.kind === 'refused') {
    const code = answer.code === null ? '' : ` (${answer.code})`;
    const words = `The provider gives no token to sign in to the mail server with${code}: what was granted has ended or was revoked, or it belongs to another app.`;
    throw new TokenFailure(`${words} ${mend}`, true);
  }
  if (answer.kind === 'busy')
    throw new TokenFailure('The provider gives no token to sign in to the mail server with at this moment.', false);
  const { status } = answer.reply;
  throw new TokenFailure(
    `The provider answered ${status} instead of a token to sign in to the mail server with.`,
    false,
  );
}

async function post(
  url: string,
  form: Record<string, string>,
  timeoutMs: number,
): Promise<{ status: number; json: unknown }> {
  try {
    const body = new URLSearchParams(form);
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', body, redirect: 'manual', signal });
    const json: unknown = await response.json().catch(() => undefined);
    return { status: response.status, json };
  } catch {
    const { host } = new URL(url);
    throw new TokenFailure(
      `${host}, which gives the tokens to sign in to the mail server with, could not be reached.`,
      false,
    );
  }
}
