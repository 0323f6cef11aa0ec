import type { ModelThrottles } from './model-throttle.ts';

/** One question on its way along the models that may answer it, in the order in which they are wanted. */
export type ModelChain = {
  /** The model to ask now: the first of those left that is well, else the first of them. */
  next(): string;
  /** Takes out a model that refused this question, and says whether another is left. */
  refusedBy(model: string, why: string): boolean;
  /** Why a model answered and not the first one, for a person; null for the first one. */
  insteadOf(model: string): string | null;
};

/** Opens the chain for one question. A model that is down is asked again, one question at a time, when its pause is over. */
export function createModelChain(models: readonly [string, ...string[]], throttles: ModelThrottles): ModelChain {
  const [wanted] = models;
  // One that is named twice would never be left out as the last.
  let left: readonly string[] = [...new Set(models)];
  const reasons = new Map<string, string>();
  return {
    next() {
      const well = left.find((model) => {
        const throttle = throttles.of(model);
        if (throttle.isOpen()) return true;
        const trouble = throttle.trouble();
        if (trouble) reasons.set(model, trouble.message);
        return false;
      });
      return well ?? left[0] ?? wanted;
    },
    refusedBy(model, why) {
      if (left.length === 1) return false;
      reasons.set(model, why);
      left = left.filter((each) => each !== model);
      return true;
    },
    insteadOf(model) {
      if (model === wanted) return null;
      return `${model} answered instead of ${wanted}: ${reasons.get(wanted) ?? 'it did not answer.'}`;
    },
  };
}
