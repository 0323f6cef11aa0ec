import { onUnderWay, underWay } from '../api/http/under-way.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';

/**
 * Keeps `data-settled` on the document's root element while the dashboard shows everything it has asked for: no request is under way
 * or about to be repeated, no code or font is loading, no page is being opened, and the last frame has been drawn. Browser tests, users'
 * own too, wait for it instead of a time: `await page.waitForSelector('html[data-settled]')`. What the change stream brings later, or a
 * filter that waits for the end of typing, takes it away again.
 */
export function markSettled(): void {
  const { dataset } = document.documentElement;
  let isOpening = true;
  let isLooking = false;
  const isBusy = (): boolean =>
    isOpening || underWay() > 0 || queryClient.isFetching() > 0 || document.fonts.status === 'loading';
  const update = (): void => {
    if (isBusy()) delete dataset['settled'];
    else if (dataset['settled'] === undefined && !isLooking) look();
  };
  const look = (): void => {
    isLooking = true;
    afterFrame(() => {
      isLooking = false;
      if (!isBusy()) dataset['settled'] = '';
    });
  };
  router.subscribe('onBeforeNavigate', () => {
    isOpening = true;
    update();
  });
  router.subscribe('onResolved', () => {
    isOpening = false;
    update();
  });
  onUnderWay(update);
  queryClient.getQueryCache().subscribe(update);
  document.fonts.addEventListener('loading', update);
  document.fonts.addEventListener('loadingdone', update);
}

/** Calls back when a frame has been drawn and nothing is left to do: what an answer sets off, such as the next request, has begun then. */
function afterFrame(done: () => void): void {
  requestAnimationFrame(() => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(done);
    else setTimeout(done);
  });
}
