import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { TestMailAsked } from '../../../../contracts/messaging/test-mails-api.schema.ts';
import { notifyDone } from '../../ui/notify.tsx';
import { Refusal } from '../answer/failed.tsx';

/** Sends the mail beside it to the person who presses, as a test; `send` asks the server for it. */
export function SendTest({ send }: { send: () => Promise<TestMailAsked> }) {
  const test = useMutation({
    mutationFn: send,
    onSuccess: ({ to }) => notifyDone(<Trans>A test is on its way to {to}</Trans>),
  });
  return (
    <div>
      <Button size="compact-sm" loading={test.isPending} onClick={() => test.mutate()}>
        <Trans>Send a test to me</Trans>
      </Button>
      <Refusal error={test.error} />
    </div>
  );
}
