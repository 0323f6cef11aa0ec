import { z } from 'zod';

/** A setting that addresses begin with: http or https, with or without a slash at its end; without one afterwards. */
export const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
