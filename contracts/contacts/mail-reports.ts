/**
 * What is known of a mail after the mail server took it. `delayed`: it may come yet. `refused`: it did not come, for its size, its words or its
 * sender, which says nothing of the address. `softBounced`: it did not come, and the address takes nothing now. `bounced`: there is no such address.
 * `complained`: its reader called it unwanted. `unsubscribed`: its reader left by a link of the service that sent it.
 */
export const mailReportKinds = [
  'delivered',
  'delayed',
  'refused',
  'softBounced',
  'bounced',
  'complained',
  'unsubscribed',
] as const;

/** What is known of a mail. */
export type MailReportKind = (typeof mailReportKinds)[number];
