/** Access tokens of one key, shared by all who call with it. */
export type TokenSource = {
  /** The token of now, fetched at the first call and when it is about to run out. @throws what fetching throws */
  current(): Promise<string>;
  /** A token that is not `stale`, which the service has refused; fetched once for all who ask meanwhile. @throws what fetching throws */
  renew(stale: string): Promise<string>;
};

/** A token, and how long it holds; null where that is not said. */
export type AccessToken = { accessToken: string; seconds: number | null };

/** A token is not used in its last minute, which may be over before the call arrives. */
const marginMs = 60_000;

/** A source of access tokens that `fetchToken` gets. */
export function createTokenSource(fetchToken: () => Promise<AccessToken>): TokenSource {
  let known: { token: string; until: number } | null = null;
  let pending: Promise<string> | null = null;
  const fetched = (): Promise<string> => {
    pending ??= fetchToken()
      .then(({ accessToken: token, seconds }) => {
        known = { token, until: Date.now() + (seconds ?? Infinity) * 1_000 - marginMs };
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
