import { addressOf } from '../../../../contracts/http/route.ts';
import { streamRoutes } from '../../../../contracts/operations/stream.routes.ts';

/** Opens the change stream behind the change `lastEventId`; an id that is none begins with a reset. The caller closes it. */
export function openStream(lastEventId: string): EventSource {
  return new EventSource(addressOf(streamRoutes.stream, { query: { lastEventId } }));
}
