import classes from './mail.module.css';

/** A mail as its reader sees it: the subject, and the text with its lines. */
export function MailText({ mail }: { mail: { subject: string; text: string } }) {
  return (
    <article className={classes.mail}>
      <p className="medium">{mail.subject}</p>
      <pre className={classes.text}>{mail.text}</pre>
    </article>
  );
}
