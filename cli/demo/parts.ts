import type { DoublesClient } from '../../local/control/client.ts';
import type { Client } from '../../sdk/client/client.ts';
import type { Decider } from './deciders.ts';

/** What each example works with. `tag` distinguishes this demo's people and courses from those of another start. */
export type DemoParts = {
  client: Client;
  doubles: DoublesClient;
  decider: Decider;
  examples: string;
  tag: string;
  say(line: string): void;
};

/** How an example ended: as it is made to end or not, and the end in words. */
export type DemoEnd = { ok: boolean; outcome: string };
