import type { ChunkStop } from '../../contracts/documents/documents.ts';

/** Thrown where a document is not begun, or not gone on with, because its chunk has to stop: nothing is wrong with it. */
export class Stopped extends Error {}

/** Set once, when no further document may be begun; its signal ends what waits. */
export type Stop = {
  readonly reason: ChunkStop | null;
  readonly signal: AbortSignal;
  set(reason: ChunkStop): void;
};

/** Makes a stop that has not been set. */
export function createStop(): Stop {
  const controller = new AbortController();
  let reason: ChunkStop | null = null;
  return {
    get reason() {
      return reason;
    },
    signal: controller.signal,
    set(given) {
      if (reason !== null) return;
      reason = given;
      controller.abort(new Stopped(given));
    },
  };
}
