import fc from 'fast-check';

/** Examples of each property: 100 in `npm test`, more at night (TL_PROPERTY_RUNS). */
export const propertyRuns = Number(process.env['TL_PROPERTY_RUNS'] ?? 100);

/** A test of a property may take as long as its examples do: their number is the limit, not the clock. */
export const unlimited = { timeout: 0 };

// vitest.config.ts chooses the seed.
fc.configureGlobal({ numRuns: propertyRuns, seed: Number(process.env['TL_PROPERTY_SEED']) });
