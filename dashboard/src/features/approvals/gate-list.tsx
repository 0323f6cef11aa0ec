import { useLingui } from '@lingui/react/macro';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { VirtualList } from '../../ui/virtual/virtual-list.tsx';
import type { More } from '../../ui/virtual/virtual-rows.ts';
import { GateItem } from './gate-item.tsx';

/** An approval in the list is about as high, in px. */
const itemHeight = 84;

/** The approvals of a list, however many; the `open` one is in sight. */
export function GateList(props: { gates: readonly Gate[]; show: string; open: string | undefined; more: More }) {
  const { t } = useLingui();
  const { gates, show, open, more } = props;
  return (
    <VirtualList label={t`Decisions`} items={gates} keyOf={({ id }) => id} height={itemHeight} more={more} shown={open}>
      {(gate) => <GateItem gate={gate} show={show} isOpen={gate.id === open} />}
    </VirtualList>
  );
}
