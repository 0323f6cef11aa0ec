import { useMatch, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/**
 * Asks whether a thing is still what the page shows: an answer that comes late takes nobody back who has gone on, or who is on the
 * way, while the code of the next page is being fetched.
 */
export function useStillOpen(id: string | undefined): (id: string | undefined) => boolean {
  const router = useRouter();
  const place = useMatch({ strict: false, select: ({ pathname }) => pathname });
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    shown.current = id;
    return () => {
      shown.current = undefined;
    };
  }, [id]);
  return (asked) => asked !== undefined && shown.current === asked && router.latestLocation.pathname === place;
}
