import { Trans } from '@lingui/react/macro';
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
        <Chip tone="off">
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
