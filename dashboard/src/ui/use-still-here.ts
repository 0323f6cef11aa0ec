import { type UseNavigateResult, useMatch, useNavigate, useRouter } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';

/**
 * Asks whether the user is still on this page. A late answer never takes a user back who has gone on, or who is on the way
 * while the code of the next page is being fetched.
 */
export function useStillHere(): () => boolean {
  const router = useRouter();
  const place = useMatch({ strict: false, select: ({ id }) => id });
  return useCallback(() => router.matchRoutes(router.latestLocation).some(({ id }) => id === place), [router, place]);
}

/** Goes to another page when an answer has come, if the user is still on this page. */
export function useLateNavigate(): UseNavigateResult<string> {
  const isStillHere = useStillHere();
  const navigate = useNavigate();
  return useCallback(
    async (options) => {
      if (isStillHere()) await navigate(options);
    },
    [isStillHere, navigate],
  );
}

/** Asks whether the user is still on this page, and the page still shows this thing. */
export function useStillOpen(id: string | undefined): (id: string | undefined) => boolean {
  const isStillHere = useStillHere();
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    shown.current = id;
    return () => {
      shown.current = undefined;
    };
  }, [id]);
  return (asked) => asked !== undefined && shown.current === asked && isStillHere();
}
