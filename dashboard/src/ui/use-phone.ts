import { useMediaQuery } from '@mantine/hooks';

/** Whether the screen is as narrow as a phone's, where parts of a page are one below the other; the style sheets say 760 px too. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false });
}
