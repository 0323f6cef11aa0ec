import classes from './mail.module.css';

/** A mail as its reader sees it: the subject, and the text with its lines. `to`: whom it is to, where that is known. */
export function MailText({ mail, to }: { mail: { subject: string; text: string }; to?: string }) {
  return (
    <article className={classes.mail}>
      {to !== undefined && <p className="small text2">{to}</p>}
      <p className="medium">{mail.subject}</p>
      <pre className={classes.text}>{mail.text}</pre>
    </article>
  );
}
