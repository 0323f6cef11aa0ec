import { setTimeout as pause } from 'node:timers/promises';
import { isContention, isOutage, isTooSlow } from '../../platform/db/core/failures.ts';

/** One who waits for an answer. */
type Asking<Item, Answer> = { item: Item; answer(answer: Answer): void; fail(error: unknown): void };

/** One transaction for items of one workspace; it answers in their order. */
type Work<Item, Answer> = (workspaceId: string, items: readonly Item[]) => Promise<readonly Answer[]>;

/** How long the first one waits for others to come. */
const gatherMs = 4;
/** What waits for something that is held does not keep those behind it waiting for longer. */
const patienceMs = 50;
/** Locks are kept until the commit. */
const mostTogether = 50;

/**
 * Does for several at once what costs Postgres little more than for one: for those of one workspace that come within moments, or while others are
 * under way. Where they fail together, each is done alone, so that none harms its neighbours.
 */
export class Gatherer<Item, Answer> {
  private readonly waiting = new Map<string, Asking<Item, Answer>[]>();
  private readonly work: Work<Item, Answer>;

  constructor(work: Work<Item, Answer>) {
    this.work = work;
  }

  ask(workspaceId: string, item: Item): Promise<Answer> {
    return new Promise((answer, fail) => {
      const asking = { item, answer, fail };
      const others = this.waiting.get(workspaceId);
      if (others) others.push(asking);
      else void this.gather(workspaceId, asking);
    });
  }

  private async gather(workspaceId: string, first: Asking<Item, Answer>): Promise<void> {
    const all = [first];
    this.waiting.set(workspaceId, all);
    await pause(gatherMs);
    while (all.length > 0) {
      const { promise: slow, resolve } = Promise.withResolvers<void>();
      const patience = setTimeout(resolve, patienceMs);
      await Promise.race([this.together(workspaceId, all.splice(0, mostTogether)), slow]);
      clearTimeout(patience);
    }
    this.waiting.delete(workspaceId);
  }

  private async together(workspaceId: string, all: readonly Asking<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.work(
        workspaceId,
        all.map(({ item }) => item),
      );
      all.forEach(({ answer }, at) => answer(answers[at] as Answer));
    } catch (error) {
      if (all.length === 1 || isOfAll(error)) for (const { fail } of all) fail(error);
      else await Promise.all(all.map((each) => this.together(workspaceId, [each])));
    }
  }
}

/** Whether it would fail for each alone as well, or may have been done. */
function isOfAll(error: unknown): boolean {
  return isOutage(error) && !isTooSlow(error) && !isContention(error);
}
