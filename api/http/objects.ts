import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import type { Config } from '../../platform/config.ts';
import { createFileStore } from '../../platform/objects/file-store.ts';
import { CONFIG, OBJECTS } from './parts.ts';

/** The object store in the folder that API and workers have in common. */
export const objectsProvider: Provider = {
  provide: OBJECTS,
  useFactory: (config: Config) => createFileStore(join(config.THROUGHLINE_HOME, 'objects')),
  inject: [CONFIG],
};
