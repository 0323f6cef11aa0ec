import { useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import type { JourneyNode } from '../../../../../contracts/journeys/nodes.schema.ts';
import { kindOf } from '../../../../../domain/journeys/nodes/node-kinds.ts';
import { titleOf } from '../../../../../domain/journeys/nodes/node-title.ts';

/** What happens at a step that people or events decide; nothing where the simulation needs no word about it. */
export function ScriptField(props: { node: JourneyNode; value: string; onChange: (value: string) => void }) {
  const { t } = useLingui();
  const { node, value, onChange } = props;
  const scripted = kindOf(node).scripted(node);
  if (scripted === null) return null;
  return (
    <NativeSelect
      label={titleOf(node)}
      data={
        scripted.kind === 'decision'
          ? [
              { value: '', label: t`Decided as the simulation assumes` },
              ...scripted.outcomes.map(({ name, label }) => ({ value: name, label })),
            ]
          : [
              { value: '', label: t`The event does not come` },
              { value: 'PT1H', label: t`It comes an hour after entry` },
              { value: 'P1D', label: t`It comes a day after entry` },
              { value: 'P3D', label: t`It comes three days after entry` },
            ]
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
