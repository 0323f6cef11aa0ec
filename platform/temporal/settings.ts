import { z } from 'zod';
import { authoritySetting, certificateSetting, privateKeySetting } from '../tls/pem.ts';

/** Where Temporal is, and how clients and workers prove who they are. The names are those of Temporal's own command line. */
export const temporalShape = {
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^/\s]+$/, 'give host:port, without https:// before it')
    .default('127.0.0.1:7233')
    .describe('host:port of the Temporal frontend'),
  TEMPORAL_NAMESPACE: z
    .string()
    .default('default')
    .describe('one Temporal namespace for each environment; in Temporal Cloud with the account, as in name.a1b2c'),
  TEMPORAL_TLS: z.stringbool().default(false).describe('TLS to Temporal; each of the five below turns it on as well'),
  TEMPORAL_API_KEY: z
    .string()
    .regex(/^\S*$/, 'has white space in it')
    .default('')
    .describe('API key of Temporal Cloud'),
  TEMPORAL_TLS_CA: authoritySetting('authority of Temporal’s certificate, where it is not a public one'),
  TEMPORAL_TLS_SERVER_NAME: z
    .string()
    .default('')
    .describe('name in Temporal’s certificate, where it is not the host of the address'),
  TEMPORAL_TLS_CERT: certificateSetting('certificate that this client shows to Temporal (mTLS)'),
  TEMPORAL_TLS_KEY: privateKeySetting('key of that certificate'),
} as const;
