import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { FunctionComponent } from 'react';
import { ApiUnreachable } from '../api/problem.ts';
import { systemQuery } from '../api/system.ts';
import { queryClient } from './query-client.ts';

/** How long to wait before asking again whether there is an answer. */
const pauseMs = 3_000;

/** A page whose code is fetched when it is first opened. While there is no answer it waits, and comes by itself when there is one. */
export function lazyPage<Name extends string>(
  fetchCode: () => Promise<Record<Name, FunctionComponent>>,
  name: NoInfer<Name>,
): RouteComponent {
  const fetchPatiently = async (): Promise<Record<Name, FunctionComponent>> => {
    try {
      return await fetchCode();
    } catch {
      await answer();
      // What fails now belongs to an older version: the router loads the page anew.
      return fetchCode();
    }
  };
  return lazyRouteComponent(fetchPatiently, name);
}

async function answer(): Promise<void> {
  while (await isAway()) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

async function isAway(): Promise<boolean> {
  try {
    await queryClient.fetchQuery({ ...systemQuery, staleTime: 0 });
    return false;
  } catch (error) {
    return error instanceof ApiUnreachable;
  }
}
