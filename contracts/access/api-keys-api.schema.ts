import { z } from 'zod';
import { scopes } from './access.ts';
import { Id, Instant, PageQuery } from '../core/values.schema.ts';

/** A new key; without `expiresAt` it lives for a year, with null until it is revoked. */
export const NewApiKey = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expiresAt: Instant.nullable().optional(),
  })
  .meta({ id: 'NewApiKey' });
/** A new key. */
export type NewApiKey = z.infer<typeof NewApiKey>;

/** The query of the keys: those of one maker. */
export const ApiKeysQuery = PageQuery.extend({
  createdBy: Id.optional().meta({ description: 'the member who made them' }),
});
/** The query of the keys. */
export type ApiKeysQuery = z.infer<typeof ApiKeysQuery>;

/** A key without its secret; `prefix` is the part that helps to recognise it, `createdBy` the member with whom it ends. */
export const ApiKey = z
  .strictObject({
    id: Id,
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    createdBy: Id.nullable(),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: 'ApiKey' });
/** A key without its secret. */
export type ApiKey = z.infer<typeof ApiKey>;

/** A key just made: the only answer that ever holds the secret. */
export const CreatedApiKey = ApiKey.extend({ secret: z.string() }).meta({ id: 'CreatedApiKey' });
/** A key just made. */
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
