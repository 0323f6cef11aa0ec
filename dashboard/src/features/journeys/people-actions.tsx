import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Icon } from '../../ui/icons.tsx';
import { EnterPeople } from './entries/enter-people.tsx';
import { StartPerson } from './start-person.tsx';

/** Which of the two is open. */
export type PeopleAsked = 'one' | 'many' | null;

/** Starting a live journey for a person by hand, and letting many in; into a paused one they enter when it goes on. */
export function PeopleActions(props: {
  slug: string;
  isLive: boolean;
  asked: PeopleAsked;
  onAsk: (asked: PeopleAsked) => void;
}) {
  const { slug, isLive, asked, onAsk } = props;
  return (
    <>
      {isLive && (
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => onAsk('one')}>
          <Trans>Start a person</Trans>
        </Button>
      )}
      <Button onClick={() => onAsk('many')}>
        <Trans>Enter people…</Trans>
      </Button>
      {asked === 'one' && <StartPerson slug={slug} onClose={() => onAsk(null)} />}
      {asked === 'many' && <EnterPeople slug={slug} onClose={() => onAsk(null)} />}
    </>
  );
}
