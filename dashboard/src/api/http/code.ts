import { systemRoutes } from '../../../../contracts/operations/system.routes.ts';
import { ApiUnreachable } from './problem.ts';
import { request } from './request.ts';
import { countUnderWay } from './under-way.ts';

/** How long to wait before asking again whether there is an answer, in ms. */
const pauseMs = 3_000;

/** Where the session remembers when this page was last loaded again, in ms since 1970. */
const loadedAnewKey = 'throughline-loaded-anew';
/** A page that fails again so soon would keep failing. */
const loopMs = 30_000;

/**
 * Fetches a part of the dashboard's own code. While there is no answer it waits, so that the part comes when there is one.
 * A part that cannot be had even then is of an older version, or the browser remembers that what it imports has failed (a
 * document's module map, HTML standard, section 8.1.5.3): the page is loaded again, once.
 */
export function fetchCode<T>(load: () => Promise<T>): Promise<T> {
  return countUnderWay('code', fetchPart(load));
}

async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    while (await isAway()) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return load().catch(loadAnew);
  }
}

function loadAnew(error: unknown): Promise<never> {
  const last = Number(sessionStorage.getItem(loadedAnewKey));
  if (Date.now() - last < loopMs) throw error;
  sessionStorage.setItem(loadedAnewKey, String(Date.now()));
  location.reload();
  return new Promise(() => undefined);
}

async function isAway(): Promise<boolean> {
  try {
    await request(systemRoutes.show, {});
    return false;
  } catch (error) {
    return error instanceof ApiUnreachable;
  }
}
