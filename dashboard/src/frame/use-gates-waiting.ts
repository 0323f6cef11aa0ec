import { useQuery } from '@tanstack/react-query';
import { gateCountsQuery } from '../api/gates.ts';
import { useCan } from '../api/session.ts';

/** How many decisions wait for the person; 0 until it is known. */
export function useGatesWaiting(): number {
  const enabled = useCan('gates:read');
  return useQuery({ ...gateCountsQuery, enabled }).data?.mine ?? 0;
}
