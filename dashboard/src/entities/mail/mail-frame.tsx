import { useLingui } from '@lingui/react/macro';
import type { TestMailAsked } from '../../../../contracts/messaging/test-mails-api.schema.ts';
import { ApiProblem } from '../../api/http/problem.ts';
import { Loading } from '../../ui/states.tsx';
import { Failed, Refusal } from '../answer/failed.tsx';
import classes from './mail.module.css';
import { SendTest } from './send-test.tsx';

/** What a query says of a mail that can be made: a frame cannot report that it failed. */
type MadeMail = {
  data: { subject: string } | null | undefined;
  error: Error | null;
  isPending: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
};

/** A mail that the server renders at an address, `width` pixels wide where there is room, or why it cannot be made. `sendTest` asks for a test of it. */
export function MailFrame(props: {
  mail: MadeMail;
  address: string;
  width: number;
  sendTest: () => Promise<TestMailAsked>;
}) {
  const { mail, address, width, sendTest } = props;
  const { t } = useLingui();
  const { data, error, isPending, refetch, dataUpdatedAt } = mail;
  if (error instanceof ApiProblem && error.problem.status === 422) return <Refusal error={error} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  return (
    <>
      {data && <p className="medium">{data.subject}</p>}
      <iframe
        key={`${address} ${dataUpdatedAt}`}
        className={classes.frame}
        style={{ width }}
        sandbox=""
        src={address}
        title={t`The mail as its reader sees it`}
        onMouseLeave={(event) => event.currentTarget.blur()}
      />
      <SendTest send={sendTest} />
    </>
  );
}
