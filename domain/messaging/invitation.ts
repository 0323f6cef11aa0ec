import { type RenderedMessage, renderMessage } from './render-message.ts';

const words = {
  subject: '{{ by }} has invited you to {{ workspace }}',
  markdown: `Hello {{ name }},

{{ by }} has made you a member of {{ workspace }} at {{ host }}.

[Sign in]({{ url }}), or choose “Forgot the password?” there and give this address: a mail comes with a link by which you choose your password.`,
};

/** The mail to a person who was made a member. It lets nobody in by itself: who it reaches by mistake has no more than the address of a page. */
export function invitationMail(invited: {
  name: string;
  by: string;
  workspace: string;
  publicUrl: string;
}): RenderedMessage {
  const { publicUrl, ...names } = invited;
  return renderMessage(words, { ...names, host: new URL(publicUrl).host, url: `${publicUrl}/sign-in` }, null);
}
