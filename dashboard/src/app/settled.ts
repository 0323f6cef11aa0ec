import { onUnderWay, underWay } from '../api/http/under-way.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';

/**
 * Keeps `data-settled` on the document's root element while the dashboard shows everything it has asked for: no request is under way
 * or about to be repeated, no code or font is loading, no page is being opened, nothing stands in the place of a part that is still to
 * come (`data-loading`), and the last frame has been drawn. Browser tests, users' own too, wait for it instead of a time:
 * `await page.waitForSelector('html[data-settled]')`. What the change stream brings later, or a filter that waits for the end of typing,
 * takes it away again. Until then `data-waits-for` says for what.
 */
export function markSettled(): void {
  const { dataset } = document.documentElement;
  let isOpening = true;
  let isLooking = false;
  const waitsFor = (): string[] => [
    ...(isOpening ? ['page'] : []),
    ...underWay(),
    ...fetching(),
    ...(document.fonts.status === 'loading' ? ['font'] : []),
    ...placesHeld(),
  ];
  const show = (missing: string[]): void => {
    if (missing.length === 0) {
      dataset['settled'] = '';
      delete dataset['waitsFor'];
    } else {
      delete dataset['settled'];
      dataset['waitsFor'] = missing.join(', ');
    }
  };
  const update = (): void => {
    const missing = waitsFor();
    if (missing.length > 0) show(missing);
    else if (dataset['settled'] === undefined) look();
  };
  const look = (): void => {
    show(['frame']);
    if (isLooking) return;
    isLooking = true;
    afterFrame(() => {
      isLooking = false;
      show(waitsFor());
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
  new MutationObserver(update).observe(document.body, { childList: true, subtree: true });
}

/** Where something stands for a part that is still to come: the names of the landmarks around. */
function placesHeld(): string[] {
  return [...document.querySelectorAll('[data-loading]')].map((held) => {
    const around = held.parentElement?.closest('[aria-label], main, nav');
    return `part of ${around?.getAttribute('aria-label') ?? around?.localName ?? 'the page'}`;
  });
}

/** The queries that are being fetched, or are about to be again after failures. */
function fetching(): string[] {
  return queryClient
    .getQueryCache()
    .findAll({ fetchStatus: 'fetching' })
    .map(({ queryHash, state }) => `query ${queryHash} after ${state.fetchFailureCount} failures`);
}

/** After so long without an idle moment nothing is left to do all the same, in ms. */
const idleWithinMs = 1_000;

/**
 * Calls back when a frame has been drawn and nothing is left to do: what an answer sets off, such as the next request, has begun then.
 * Chromium may withhold an idle callback without a limit for as long as nothing else happens: once in 700 times, for over 30 s.
 */
function afterFrame(done: () => void): void {
  requestAnimationFrame(() => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(done, { timeout: idleWithinMs });
    else setTimeout(done);
  });
}
