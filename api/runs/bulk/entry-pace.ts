/** How often an entry of many with a rate lets people in: often enough to look steady, so seldom that a late pass changes little. */
const everyMs = 10_000;
/** People that an entry without a rate lets in before other operations have their turn. */
const mostAPass = 1_000;

/** How an entry of many spreads its people: `most` enter in one pass, and after so many nobody does for a while. */
export type EntryPace = { most: number; restMs(entered: number): number };

/** The pace of so many people a minute at most; null: as fast as there is room for them. */
export function paceOf(rate: number | null): EntryPace {
  if (rate === null) return { most: mostAPass, restMs: () => 0 };
  return {
    most: Math.max(1, Math.floor((rate * everyMs) / 60_000)),
    restMs: (entered) => Math.ceil((entered * 60_000) / rate),
  };
}
