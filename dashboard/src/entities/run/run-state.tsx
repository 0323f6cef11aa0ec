import { useLingui } from '@lingui/react/macro';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { Chip, type Tone } from '../../ui/chip.tsx';
import type { IconName } from '../../ui/icons.tsx';
import { useStatusWords } from './status-words.tsx';

/** The state of a run as people read it: stuck first, then what it waits for. */
export function RunState({
  run,
  isBare = false,
}: {
  run: Pick<Run, 'status' | 'waitingFor' | 'trouble'>;
  isBare?: boolean;
}) {
  const { t } = useLingui();
  const { tone, icon, label } = stateOf(run, {
    ...useStatusWords(),
    stuck: t`Stuck`,
    person: t`Waiting for a person`,
    event: t`Waiting for an event`,
  });
  return (
    <Chip tone={tone} isBare={isBare} {...(icon ? { icon } : {})}>
      {label}
    </Chip>
  );
}

type Words = Record<'stuck' | 'person' | 'event' | Run['status'], string>;
type Look = { tone: Tone; icon?: IconName; label: string };

function stateOf(run: Pick<Run, 'status' | 'waitingFor' | 'trouble'>, words: Words): Look {
  const { status, waitingFor, trouble } = run;
  const isLive = ['starting', 'running', 'waiting'].includes(status);
  if (isLive && trouble !== null) return { tone: 'failed', icon: 'warn', label: words.stuck };
  switch (status) {
    case 'starting':
    case 'running':
      return { tone: 'running', label: words[status] };
    case 'waiting':
      return waitingFor === 'person'
        ? { tone: 'person', label: words.person }
        : { tone: 'waiting', label: waitingFor === 'event' ? words.event : words.waiting };
    case 'paused':
      return { tone: 'off', icon: 'pause', label: words.paused };
    case 'completed':
      return { tone: 'done', label: words.completed };
    case 'exited':
      return { tone: 'off', icon: 'exit', label: words.exited };
    case 'failed':
      return { tone: 'failed', label: words.failed };
    case 'cancelled':
    case 'terminated':
      return { tone: 'off', icon: 'stop', label: words[status] };
  }
}
