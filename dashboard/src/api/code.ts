import { System } from '../../../contracts/api/system.schema.ts';
import { ApiUnreachable } from './problem.ts';
import { request } from './request.ts';

/** How long to wait before asking again whether there is an answer, in ms. */
const pauseMs = 3_000;

/** Fetches a part of the dashboard's own code. While there is no answer it waits, so that the part comes when there is one. */
export async function fetchCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    while (await isAway()) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    // What fails now belongs to an older version; the router loads the whole page anew.
    return load();
  }
}

async function isAway(): Promise<boolean> {
  try {
    await request(System, '/v1/system');
    return false;
  } catch (error) {
    return error instanceof ApiUnreachable;
  }
}
