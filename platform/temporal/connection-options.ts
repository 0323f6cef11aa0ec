import type { TLSConfig } from '@temporalio/client';
import type { z } from 'zod';
import { ConfigError } from '../config.ts';
import { readPem, tlsProblem } from '../tls/pem.ts';
import type { temporalShape } from './settings.ts';

type Settings = z.infer<z.ZodObject<typeof temporalShape>>;

/** Where Temporal is; what is left out of the rest is as its default. */
export type TemporalConfig = Pick<Settings, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE'> & Partial<Settings>;

/** What a client's connection and a worker's have in common. */
export type ConnectionOptions = {
  address: string;
  metadata: Record<string, string>;
  tls?: TLSConfig;
  apiKey?: string;
};

/**
 * How this installation connects to Temporal, for clients and workers alike. Files are read at each call. The namespace goes along with every
 * call, since Temporal Cloud finds the account by it where an API key is used. @throws ConfigError for a certificate without its key
 */
export function connectionOptions(config: TemporalConfig): ConnectionOptions {
  const { TEMPORAL_TLS_CERT: cert = '', TEMPORAL_TLS_KEY: key = '', TEMPORAL_API_KEY: apiKey = '' } = config;
  const { TEMPORAL_TLS_CA: ca = '', TEMPORAL_TLS_SERVER_NAME: serverName = '' } = config;
  const problem = tlsProblem({
    ca: { name: 'TEMPORAL_TLS_CA', setting: ca },
    cert: { name: 'TEMPORAL_TLS_CERT', setting: cert },
    key: { name: 'TEMPORAL_TLS_KEY', setting: key },
  });
  if (problem !== null) throw new ConfigError([problem]);
  const isTls = config.TEMPORAL_TLS === true || [cert, apiKey, ca, serverName].some((setting) => setting !== '');
  const tls: TLSConfig = {
    ...(serverName === '' ? {} : { serverNameOverride: serverName }),
    ...(ca === '' ? {} : { serverRootCACertificate: Buffer.from(readPem(ca)) }),
    ...(cert === '' ? {} : { clientCertPair: { crt: Buffer.from(readPem(cert)), key: Buffer.from(readPem(key)) } }),
  };
  return {
    address: config.TEMPORAL_ADDRESS,
    metadata: { 'temporal-namespace': config.TEMPORAL_NAMESPACE },
    ...(isTls ? { tls } : {}),
    ...(apiKey === '' ? {} : { apiKey }),
  };
}
