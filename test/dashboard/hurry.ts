import type { Page } from 'playwright';
import { framesDrawn } from './faults.ts';

/** Gives what a page loads from now on a clock that `hurry` can turn; until then it goes as any clock. */
export async function startClock(page: Page): Promise<void> {
  await page.clock.install();
}

/**
 * Lets a page's time go quickly until what is waited for has come: what it does every few seconds it does every few frames. What the
 * browser itself waits for, a server or a stream that it opens again, takes as long as ever.
 */
export async function hurry(page: Page, waitedFor: Promise<void>): Promise<void> {
  let isOver = false;
  const over = waitedFor.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    // A page that loads itself anew meanwhile draws its frames when it has come.
    await page.clock
      .fastForward(stepMs)
      .then(() => framesDrawn(page))
      .catch(() => page.waitForLoadState());
  }
  await over;
}

/** So far the clock jumps between two looks: less than the shortest pause that a page makes between two tries. */
const stepMs = 500;
