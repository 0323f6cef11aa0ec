import { randomBytes } from 'node:crypto';
import { beforeEach } from 'vitest';
import { scopes } from '../../../contracts/access/access.ts';
import type { Answer } from '../../support/caller.ts';
import { type Stage, useStage } from '../stage.ts';

/** What the tours of a file share. `tag` names what belongs to one of them alone; `call` is what their own systems say to the API. */
export type Tour = {
  readonly stage: Stage;
  readonly key: string;
  readonly tag: string;
  call(method: 'PUT' | 'POST' | 'GET', url: string, body?: object): Promise<Answer>;
};

/** Gives the file's tests an installation and a browser; skips them where there is none. */
export function useTour(): Tour {
  let key = '';
  let tag = '';
  const stage = useStage(async ({ api }) => {
    key = await api.key([...scopes]);
  });
  beforeEach(() => {
    tag = randomBytes(3).toString('hex');
  });
  return {
    stage,
    get key() {
      return key;
    },
    get tag() {
      return tag;
    },
    async call(method, url, body) {
      const answer = await stage.api.call({ method, url, key, body });
      if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
      return answer;
    },
  };
}
