import {
  connect,
  constants,
  createSecureServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A way to the tests' Temporal server as Temporal Cloud has it: TLS, and a client's certificate or an API key. */
export type TemporalProxy = {
  port: number;
  /** The namespaces and user agents that calls have named, each as `namespace agent`. */
  callers: Set<string>;
  /** The numbers of the certificates that callers have shown, each with the agent: `number agent`. */
  shown: Set<string>;
  stop(): Promise<void>;
};

/** What the proxy asks of its callers. `clientAuthority` has to have issued their certificates; `apiKey` must come with each call. */
export type TemporalProxyDemands = { clientAuthority?: string; apiKey?: string };

/** UNAUTHENTICATED of gRPC. */
const unauthenticated = '16';

/** Opens the way to the server at `target` (host:port). */
export async function startTemporalProxy(
  target: string,
  own: Certificate,
  demands: TemporalProxyDemands = {},
): Promise<TemporalProxy> {
  const far = connect(`http://${target}`);
  const callers = new Set<string>();
  const shown = new Set<string>();
  const server = createSecureServer({
    cert: own.certPem,
    key: own.keyPem,
    ...(demands.clientAuthority === undefined ? {} : { ca: demands.clientAuthority, requestCert: true }),
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('sessionError', () => undefined);
  server.on('stream', (near, headers) => {
    const { authorization, 'temporal-namespace': namespace, 'user-agent': agent } = headers;
    const name = String(agent).split('/', 1).join();
    callers.add(`${String(namespace)} ${name}`);
    if (demands.clientAuthority !== undefined) shown.add(`${numberShown(near)} ${name}`);
    if (demands.apiKey !== undefined && authorization !== `Bearer ${demands.apiKey}`) return refuse(near);
    forward(far, near, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    callers,
    shown,
    async stop() {
      for (const session of sessions) session.destroy();
      far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function numberShown(near: ServerHttp2Stream): string {
  const socket = near.session?.socket;
  return socket instanceof TLSSocket ? socket.getPeerCertificate().serialNumber : '';
}

function refuse(near: ServerHttp2Stream): void {
  near.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': unauthenticated,
      'grpc-message': 'Request unauthorized.',
    },
    { endStream: true },
  );
}

function forward(far: ClientHttp2Session, near: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const { ':method': method, ':path': path, ...rest } = headers;
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(':')));
  const call = far.request({ ':method': method, ':path': path, ...own });
  near.on('error', () => undefined);
  call.on('error', () => near.destroy());
  near.on('close', () => call.close(constants.NGHTTP2_CANCEL));
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (received) => {
    trailers = received;
  });
  call.on('response', (response, flags) => {
    if (near.destroyed) return;
    if (flags & constants.NGHTTP2_FLAG_END_STREAM) return near.respond(response, { endStream: true });
    near.on('wantTrailers', () => near.sendTrailers(trailers));
    near.respond(response, { waitForTrailers: true });
    call.pipe(near);
  });
  near.pipe(call);
}
