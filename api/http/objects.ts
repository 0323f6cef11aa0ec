import type { Provider } from '@nestjs/common';
import { createObjectStore, type ObjectsConfig } from '../../platform/objects/create-store.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { AppError } from './errors/app-error.ts';
import { CONFIG, OBJECTS } from './parts.ts';

/** The object store that API and workers have in common. What it cannot do is a 503 for the caller. */
export const objectsProvider: Provider = {
  provide: OBJECTS,
  useFactory: (config: ObjectsConfig) => refusing(createObjectStore(config)),
  inject: [CONFIG],
};

/** A stream that is stored may itself be at fault: its sender tells the two apart. */
function refusing(objects: ObjectStore): ObjectStore {
  const or503 = <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      throw storageUnavailable(error);
    });
  return {
    put: (key, content) => or503(objects.put(key, content)),
    putStream: (key, content) => objects.putStream(key, content),
    get: (key) => or503(objects.get(key)),
    open: (key) => or503(objects.open(key)),
    delete: (key) => or503(objects.delete(key)),
  };
}

/** The caller cannot mend a store that is full or cannot be reached; a later call may succeed. */
export function storageUnavailable(cause: unknown): AppError {
  const error = new AppError(503, 'storage.unavailable', {
    detail: 'The object store cannot be used at the moment. Repeat the request in a while',
    retryAfterSeconds: 10,
  });
  error.cause = cause;
  return error;
}
