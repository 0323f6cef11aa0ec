import { useEffect, useRef } from 'react';

/** Asks whether a thing is still what the page shows: an answer that comes late takes nobody back who has gone on. */
export function useStillOpen(id: string | undefined): (id: string | undefined) => boolean {
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    shown.current = id;
    return () => {
      shown.current = undefined;
    };
  }, [id]);
  return (asked) => asked !== undefined && shown.current === asked;
}
