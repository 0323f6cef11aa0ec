import { useLingui } from '@lingui/react/macro';
import { Button, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { Refusal } from './failed.tsx';

/** Above this many things, the number must be typed. */
const typedAbove = 100;

/** What is asked before something harmful: what will happen in `children`, what does it, how many things it is about. */
type Confirmation = {
  onClose: () => void;
  children: ReactNode;
  action: string;
  isDangerous?: boolean;
  count?: number;
  isBusy: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
};

/**
 * Asks before something harmful: what will happen, why (the reason is kept in the audit log), and for many things their
 * number typed. `onConfirm` gets the reason; the dialog stays with the refusal when it fails.
 */
export function ConfirmWithReason({ title, ...asked }: Confirmation & { title: string }) {
  return (
    <Dialog onClose={asked.onClose} title={title}>
      <ConfirmForm {...asked} />
    </Dialog>
  );
}

/** The content of `ConfirmWithReason`, for a dialog that has asked for something else before. */
export function ConfirmForm(props: Confirmation) {
  const { t } = useLingui();
  const { onClose, children, action, isDangerous = false, count = 1, isBusy, error, onConfirm } = props;
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const isTyped = count <= typedAbove || typed.trim() === String(count);
  return (
    <DialogForm onSubmit={() => onConfirm(reason.trim())}>
      <div className="text2">{children}</div>
      <ReasonField value={reason} onChange={setReason} isFirst />
      {count > typedAbove && (
        <TextInput
          label={t`Type ${count} to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          inputMode="numeric"
        />
      )}
      <Refusal error={error} />
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          variant={isDangerous ? 'danger' : 'filled'}
          loading={isBusy}
          disabled={reason.trim() === '' || !isTyped}
        >
          {action}
        </Button>
      </DialogButtons>
    </DialogForm>
  );
}

/** Why something is done: everything that a person does to a run has a reason. `isFirst` gives it the focus of the dialog. */
export function ReasonField(props: { value: string; onChange: (reason: string) => void; isFirst?: boolean }) {
  const { t } = useLingui();
  const { value, onChange, isFirst = false } = props;
  return (
    <Textarea
      label={t`Reason`}
      description={t`Kept in the audit log and shown with the run`}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={500}
      autosize
      minRows={isFirst ? 2 : 1}
      required
      {...(isFirst ? { 'data-autofocus': true } : {})}
    />
  );
}
