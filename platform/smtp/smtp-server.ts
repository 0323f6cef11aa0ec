import type { MailLogin } from '../tls/mail-server-url.ts';

/** A mail server, and how long it is waited for. All times are in milliseconds. */
export interface SmtpServer {
  host: string;
  port: number;
  /** `implicit`: TLS from the start (465). `starttls`: required before anything else. `none`: for a server on loopback. */
  tls: 'implicit' | 'starttls' | 'none';
  auth?: MailLogin;
  /** Certificate authorities to trust instead of the system's, for a server with a private certificate. */
  caPem?: string;
  /** The name given in EHLO; the host's own if left out. */
  clientName?: string;
  /**
   * There for a server that a workspace has given: finds the IP address to connect to before each connection, null where the host may mean
   * whatever it does. @throws OwnAddressError where it must not be asked, or what the DNS says
   */
  vet?: () => Promise<string | null>;
  connectTimeoutMs: number;
  greetingTimeoutMs: number;
  /** An idle connection ends after this. Below the whole time of a send, so that a hang is detected in time. */
  socketTimeoutMs: number;
}
