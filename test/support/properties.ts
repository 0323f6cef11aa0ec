import fc from 'fast-check';
import { settings } from './settings.ts';

/** Examples of each property: 100 in `npm test`, more at night (TL_PROPERTY_RUNS). */
export const { propertyRuns } = settings;

/** A test of a property may take as long as its examples do: their number is the limit, not the clock. */
export const unlimited = { timeout: 0 };

fc.configureGlobal({ numRuns: propertyRuns, seed: settings.propertySeed });
