import type { TestMailAsked } from '../../../../contracts/messaging/test-mails-api.schema.ts';
import classes from './mail.module.css';
import { SendTest } from './send-test.tsx';

/** A mail as its reader sees it: the subject, and the text with its lines. `to`: whom it is to, where that is known. `sendTest` asks for a test of it. */
export function MailText(props: {
  mail: { subject: string; text: string };
  to?: string;
  sendTest: () => Promise<TestMailAsked>;
}) {
  const { mail, to, sendTest } = props;
  return (
    <article className={classes.mail}>
      {to !== undefined && <p className="small text2">{to}</p>}
      <p className="medium">{mail.subject}</p>
      <pre className={classes.text}>{mail.text}</pre>
      <SendTest send={sendTest} />
    </article>
  );
}
