import { z } from 'zod';
import { hasNoLogin } from '../base-url.ts';

/** Where objects are kept: files of batches, mails that have been sent, the end of the audit log. */
export const objectsShape = {
  OBJECTS: z
    .string()
    .regex(
      /^(file|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w.-]+)*)$/,
      'give file, s3://BUCKET or s3://BUCKET/FOLDER',
    )
    .default('file')
    .describe('object store: file (THROUGHLINE_HOME, which all processes then share), or s3://BUCKET/FOLDER'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'give a URL that begins with https:// or http://' })
    .refine(hasNoLogin, 'leave user and password out of the address: they belong into S3_ACCESS_KEY and S3_SECRET_KEY')
    .or(z.literal(''))
    .default('')
    .describe('address of an S3-compatible server; unless set that of Amazon in the region'),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'give a region such as eu-central-1, or auto')
    .default('us-east-1')
    .describe('region of the bucket; auto at Cloudflare R2'),
  S3_ADDRESSING: z
    .enum(['auto', 'path', 'host'])
    .default('auto')
    .describe(
      'where the bucket stands in an address: in its path, or before its host; auto: host at Amazon, else path',
    ),
  S3_ACCESS_KEY: z.string().default('').describe('id of the access key'),
  S3_SECRET_KEY: z.string().default('').describe('secret of that key'),
} as const;
