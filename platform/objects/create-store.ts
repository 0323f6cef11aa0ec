import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config.ts';
import { createFileStore, type ObjectStore } from './file-store.ts';
import { createS3Store } from './s3/s3-store.ts';

/** What says where objects are kept. */
export type ObjectsConfig = Pick<
  Config,
  'THROUGHLINE_HOME' | 'OBJECTS' | 'S3_ENDPOINT' | 'S3_REGION' | 'S3_ADDRESSING' | 'S3_ACCESS_KEY' | 'S3_SECRET_KEY'
>;

/** The object store of the settings. @throws ConfigError where half of a key is missing */
export function createObjectStore(config: ObjectsConfig): ObjectStore {
  if (config.OBJECTS === 'file') return createFileStore(join(config.THROUGHLINE_HOME, 'objects'));
  const missing = (['S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const).filter((name) => config[name] === '');
  if (missing.length > 0)
    throw new ConfigError(missing.map((name) => `${name}: is missing beside OBJECTS=${config.OBJECTS}`));
  const [bucket = '', ...folders] = config.OBJECTS.slice('s3://'.length).split('/');
  const isAmazon = config.S3_ENDPOINT === '';
  return createS3Store({
    endpoint: isAmazon ? `https://s3.${config.S3_REGION}.amazonaws.com` : config.S3_ENDPOINT,
    region: config.S3_REGION,
    bucket,
    folder: folders.join('/'),
    isPathStyle: config.S3_ADDRESSING === 'auto' ? !isAmazon : config.S3_ADDRESSING === 'path',
    accessKeyId: config.S3_ACCESS_KEY,
    secretAccessKey: config.S3_SECRET_KEY,
  });
}

/** Why nothing can be kept in a store, found out by an object that is written, read and deleted; null where it can. */
export async function storeRefusal(objects: ObjectStore): Promise<string | null> {
  const key = `probe/${randomUUID()}`;
  try {
    await objects.put(key, 'x');
    await objects.get(key);
    await objects.delete(key);
    return (await objects.open(key)) === null ? null : 'The object store keeps what was deleted';
  } catch (error) {
    return `The object store cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}
