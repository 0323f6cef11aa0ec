import type { Provider } from '@nestjs/common';
import { createObjectStore, type ObjectsConfig } from '../../platform/objects/create-store.ts';
import { CONFIG, OBJECTS } from './parts.ts';

/** The object store that API and workers have in common. */
export const objectsProvider: Provider = {
  provide: OBJECTS,
  useFactory: (config: ObjectsConfig) => createObjectStore(config),
  inject: [CONFIG],
};
