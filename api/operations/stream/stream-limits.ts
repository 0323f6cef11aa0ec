import { Injectable } from '@nestjs/common';

/** The measures of the change stream; a test makes some of them smaller. */
@Injectable()
export class StreamLimits {
  /** People do not notice a quarter of a second, and a poll costs less than a millisecond. */
  pollMs = 250;
  /** Proxies cut a connection that says nothing, most of them after 30 s or more. */
  heartbeatMs = 15_000;
  /** A revoked key or an ended session closes its streams within a minute, with room for a slow database. */
  recheckMs = 30_000;
  /** From here a screen says that it lags, and its client polls. */
  lagMs = 5_000;
  /** Bytes that wait for one client: some thousand changes; reading its lists again is faster than catching up. */
  bufferedBytes = 256 * 1024;
  /** Changes sent again to a client that comes back; one that missed more reads its lists again. */
  replayedChanges = 5_000;
  /** Rows of one poll; more than are left follow at once. */
  changesPerPoll = 1_000;
  /** Tabs of one person, or the processes that share a key. */
  perPrincipal = 20;
  /** Streams of this process: each holds a socket and, at worst, its buffer. */
  total = 2_000;
}
