import { useLingui } from '@lingui/react/macro';
import { labelOf } from '../../../../domain/approvals/content-words.ts';
import { Chip, type Tone } from '../../ui/chip.tsx';
import type { IconName } from '../../ui/icons.tsx';

type Look = { tone: Tone; icon?: IconName; label: string };

/** Where a learner stands. */
export function LifecycleState({ value, outcome = null }: { value: string; outcome?: string | null }) {
  const { t } = useLingui();
  const looks: Record<string, Look> = {
    requested: { tone: 'running', label: t`Requested` },
    waitlisted: { tone: 'waiting', icon: 'runs', label: t`Waitlisted` },
    offered: { tone: 'person', label: t`Offered` },
    awaitingPayment: { tone: 'waiting', icon: 'card', label: t`Seat held` },
    confirming: { tone: 'running', label: t`Confirming` },
    active: { tone: 'done', label: t`Confirmed` },
    withdrawing: { tone: 'person', label: t`Withdrawing` },
    closing: { tone: 'running', label: t`Leaving` },
    ended: {
      tone: outcome === 'completed' ? 'done' : 'off',
      icon: outcome === 'completed' ? 'flag' : 'exit',
      label: outcome ? labelOf(outcome) : t`Ended`,
    },
  };
  return <Look look={looks[value] ?? { tone: 'off', label: labelOf(value) }} />;
}

/** How a learner's money stands. */
export function PaymentState({ value }: { value: string }) {
  const { t } = useLingui();
  const looks: Record<string, Look> = {
    none: { tone: 'off', icon: 'minus', label: t`Not due` },
    pending: { tone: 'waiting', label: t`Pending` },
    underWay: { tone: 'waiting', icon: 'card', label: t`Payment under way` },
    failed: { tone: 'failed', label: t`Failed` },
    paid: { tone: 'done', label: t`Paid` },
    refundDue: { tone: 'person', icon: 'undo', label: t`Refund due` },
    refunded: { tone: 'off', icon: 'undo', label: t`Refunded` },
    disputed: { tone: 'failed', label: t`Disputed` },
    chargedBack: { tone: 'off', icon: 'undo', label: t`Charged back` },
    partlyRefunded: { tone: 'off', icon: 'undo', label: t`Partly refunded` },
  };
  return <Look look={looks[value] ?? { tone: 'off', label: labelOf(value) }} isBare />;
}

/** Whether a learner may enter the course. */
export function AccessState({ value }: { value: string }) {
  const { t } = useLingui();
  const looks: Record<string, Look> = {
    none: { tone: 'off', icon: 'lock', label: t`None` },
    full: { tone: 'done', label: t`Full` },
    suspended: { tone: 'off', icon: 'lock', label: t`Suspended` },
    revoked: { tone: 'off', icon: 'lock', label: t`Ended` },
  };
  return <Look look={looks[value] ?? { tone: 'off', label: labelOf(value) }} isBare />;
}

function Look({ look: { tone, icon, label }, isBare = false }: { look: Look; isBare?: boolean }) {
  return (
    <Chip tone={tone} isBare={isBare} {...(icon ? { icon } : {})}>
      {label}
    </Chip>
  );
}
