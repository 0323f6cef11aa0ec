import { Plural, Trans } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import type { Journey } from '../../../../contracts/journeys/journeys-api.schema.ts';
import { Chip } from '../../ui/chip.tsx';

/** Where a journey stands. */
export function JourneyState({ status }: Pick<Journey, 'status'>) {
  switch (status) {
    case 'live':
      return (
        <Chip tone="running">
          <Trans>Live</Trans>
        </Chip>
      );
    case 'paused':
      return (
        <Chip tone="off" icon="pause">
          <Trans>Paused</Trans>
        </Chip>
      );
    case 'stopped':
      return (
        <Chip tone="off" icon="stop">
          <Trans>Stopped</Trans>
        </Chip>
      );
    case 'draft':
      return (
        <Chip tone="off" icon="doc">
          <Trans>Draft</Trans>
        </Chip>
      );
  }
}

/** How many people came while the journey was paused, and enter when it goes on. */
export function KeptPeople({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      <Plural value={count} one="# person is kept until it goes on" other="# people are kept until it goes on" />
    </Text>
  );
}
