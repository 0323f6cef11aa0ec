import { Readable } from 'node:stream';

/** How far the body of one mail got. */
export interface FencedBody {
  stream: Readable;
  /** Whether the fence was asked at all, which is when the server had accepted DATA. */
  wasAsked(): boolean;
  /** Resolves when the fence has answered; at once if it was never asked. */
  settled(): Promise<void>;
  /** What the fence came to: `open` before it was asked, `refused`, `failed` (it threw), `allowed` (see `released`). */
  verdict(): 'open' | 'refused' | 'failed' | 'allowed';
  /** Whether any byte was handed to the connection. */
  released(): boolean;
}

/**
 * A stream of `raw` whose first read asks `fence` and gives the bytes only on a yes. On a no it is destroyed, so that the sender
 * fails and nothing leaves. If the stream was destroyed while the fence was being asked, a late yes releases nothing.
 */
export function createFencedBody(raw: Uint8Array, fence: () => Promise<boolean>): FencedBody {
  let asking: Promise<void> | undefined;
  let verdict: ReturnType<FencedBody['verdict']> = 'open';
  let isReleased = false;

  const stream = new Readable({
    read() {
      asking ??= ask();
    },
  });

  async function ask(): Promise<void> {
    try {
      verdict = (await fence()) ? 'allowed' : 'refused';
    } catch {
      verdict = 'failed';
    }
    if (stream.destroyed) return;
    if (verdict !== 'allowed') {
      stream.destroy(new Error('The fence did not let the mail pass'));
      return;
    }
    isReleased = true;
    stream.push(raw);
    stream.push(null);
  }

  return {
    stream,
    wasAsked: () => asking !== undefined,
    settled: () => asking ?? Promise.resolve(),
    verdict: () => verdict,
    released: () => isReleased,
  };
}
