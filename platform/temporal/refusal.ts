import { isIP } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { Connection } from '@temporalio/client';
import { tlsFailure } from '../tls/tls-failure.ts';
import { tryHandshake } from '../tls/try-handshake.ts';
import { grpcCodeOf } from './client.ts';
import { connectionOptions, type ConnectionOptions, type TemporalConfig } from './connection-options.ts';

/** A start waits this long for an answer; a server that is slower counts as away. */
const probeMs = 5_000;
/** As gRPC numbers its codes. */
const notFound = 5;
const permissionDenied = 7;
const unauthenticated = 16;

const tlsSettings = { ca: 'TEMPORAL_TLS_CA', cert: 'TEMPORAL_TLS_CERT', serverName: 'TEMPORAL_TLS_SERVER_NAME' };

/**
 * Why Temporal does not take this installation, and what to do about it; null where it does, or is away: then calls fail until it is
 * back, and nothing is wrong with the settings. Within ten seconds.
 */
export async function temporalRefusal(config: TemporalConfig): Promise<string | null> {
  const options = connectionOptions(config);
  const reason = (await handshakeProblem(options)) ?? (await callProblem(config, options));
  return reason && `Temporal at ${config.TEMPORAL_ADDRESS} cannot be used: ${reason}`;
}

async function handshakeProblem({ address, tls }: ConnectionOptions): Promise<string | null> {
  if (tls === undefined) return null;
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair: pair } = tls;
  const { error } = await tryHandshake(
    {
      ...target(address, serverNameOverride),
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
      ...(pair === undefined ? {} : { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
    },
    probeMs,
  );
  return tlsFailure(error, tlsSettings);
}

async function callProblem(config: TemporalConfig, options: ConnectionOptions): Promise<string | null> {
  const namespace = config.TEMPORAL_NAMESPACE;
  // Asked once: without an interceptor nothing is tried again.
  const connection = Connection.lazy({ ...options, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + probeMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return null;
  } catch (error) {
    switch (grpcCodeOf(error)) {
      case unauthenticated:
      case permissionDenied:
        return `it refuses ${options.apiKey === undefined ? 'a call without an API key: set TEMPORAL_API_KEY' : 'the API key: see TEMPORAL_API_KEY, and that the key may use this namespace'}`;
      case notFound:
        return `it has no namespace ${namespace}: see TEMPORAL_NAMESPACE`;
      default:
        return options.tls === undefined && (await speaksTls(options.address))
          ? 'it speaks TLS alone: set TEMPORAL_TLS=true'
          : null;
    }
  } finally {
    await connection.close();
  }
}

/** Whether a handshake goes well there, whatever the certificate. */
async function speaksTls(address: string): Promise<boolean> {
  const { isSecure } = await tryHandshake({ ...target(address), rejectUnauthorized: false }, probeMs);
  return isSecure;
}

function target(address: string, serverName?: string): TlsOptions {
  const { hostname, port } = new URL(`tls://${address}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const name = serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    host,
    port: Number(port || 7233),
    ALPNProtocols: ['h2'],
    ...(name === undefined ? {} : { servername: name }),
  };
}
