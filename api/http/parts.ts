import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import type { ApiConfig } from '../settings.ts';

/**
 * What the API is made of; `main.ts` opens the parts, tests bring their own. `system` serves the change feed, what looks for
 * operations on many runs, and `keys`, the master keys, alone.
 */
export type ApiParts = { config: ApiConfig; log: Logger; app: Db; system: Db; temporal: Temporal; keys: KeySource };

/** Injection token of the `ApiConfig`. */
export const CONFIG = Symbol('config');
/** Injection token of the `KeySource`. */
export const KEYS = Symbol('master keys');
/** Injection token of the `Logger`. */
export const LOG = Symbol('log');
/** Injection token of the `ObjectStore` that workers share. */
export const OBJECTS = Symbol('objects');
/** Injection token of the `Temporal` client. */
export const TEMPORAL = Symbol('temporal');
/** Injection token of the `Db` of the system role. */
export const SYSTEM_DB = Symbol('system database');
