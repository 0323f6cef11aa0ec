import { Inject, Injectable } from '@nestjs/common';
import { readChanges, settledPlace } from '../../../platform/db/views/change-log.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import { formatEventId } from '../../http/event-id.ts';
import { SYSTEM_DB } from '../../http/parts.ts';
import { ShortMemory } from './short-memory.ts';

/** How long a place is handed out: every page asks for one, and an older one only makes a stream send more again. */
const handedOutMs = 1_000;

/** Knows where the change stream stands. */
@Injectable()
export class StreamPlace {
  private readonly memory = new ShortMemory<string>(handedOutMs);

  constructor(@Inject(SYSTEM_DB) private readonly db: Db) {}

  /** The id after which a stream sends every change from now on. @throws the database's error */
  lastEventId(): Promise<string> {
    return this.memory.of('lastEventId', async () => {
      const { state } = await readChanges(this.db, { after: null, limit: 0 });
      return formatEventId(state.epoch, settledPlace(state));
    });
  }
}
