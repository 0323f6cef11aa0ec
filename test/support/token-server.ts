import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A token endpoint of one app for one user, as Microsoft's and Google's are. */
export type TokenServer = {
  /** Where tokens are got. */
  url: string;
  /** Where a mail server asks whom a token is of, which it adds to the address. */
  infoUrl: string;
  /** What it was asked, each form in the order of its arrival. */
  asked: Record<string, string>[];
  /** Whether it takes an access token now. */
  knows(accessToken: string | undefined): boolean;
  /** Forgets the tokens that it has given, before they have run out. */
  forget(): void;
  /** The refresh token that it takes. With `rotates` each grant brings another one, and the one before is taken no more. */
  refreshToken: string;
  rotates: boolean;
  /** A status to answer instead, as while it is away. */
  status: number | null;
  stop(): Promise<void>;
};

/** The app, and whose tokens it gets. */
export const mailApp = { clientId: 'app', clientSecret: 'of-the-app' };
/** The user of the tokens. */
export const tokenUser = 'returns@mail.test';

/** Starts one on a free port of this machine. */
export async function startTokenServer(): Promise<TokenServer> {
  const known = new Set<string>();
  let count = 0;
  const grant = (form: Record<string, string>): [number, object] => {
    if (server.status !== null) return [server.status, {}];
    if (form['client_secret'] !== mailApp.clientSecret) return [401, { error: 'invalid_client' }];
    const isByApp = form['grant_type'] === 'client_credentials' && form['scope'] !== undefined;
    if (!isByApp && form['refresh_token'] !== server.refreshToken)
      return [400, { error: 'invalid_grant', error_description: 'AADSTS700082: The refresh token has expired.' }];
    count += 1;
    const accessToken = `access-${count}`;
    known.add(accessToken);
    if (server.rotates) server.refreshToken = `refresh-${count}`;
    const next = isByApp ? {} : { refresh_token: server.refreshToken };
    return [200, { access_token: accessToken, expires_in: 3_599, token_type: 'Bearer', ...next }];
  };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', server.url);
      let answer: [number, object];
      if (pathname === '/info') {
        const isKnown = server.knows(searchParams.get('access_token') ?? undefined);
        answer = isKnown ? [200, { username: tokenUser }] : [400, { error: 'invalid_token' }];
      } else {
        const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
        server.asked.push(form);
        answer = grant(form);
      }
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
    });
  });
  const server: TokenServer = {
    url: '',
    infoUrl: '',
    asked: [],
    knows: (accessToken) => accessToken !== undefined && known.has(accessToken),
    forget: () => known.clear(),
    refreshToken: 'refresh-0',
    rotates: false,
    status: null,
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  server.url = `${origin}/token`;
  server.infoUrl = `${origin}/info?access_token=`;
  return server;
}
