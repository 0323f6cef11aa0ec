import { z } from 'zod';

/** Whether an address has no login in it: no request can be made to one with it, and the error would show it. */
export function hasNoLogin(url: string): boolean {
  return !/^\w+:\/\/[^/?#]*@/.test(url);
}

/** A setting that addresses begin with: http or https, with or without a slash at its end; without one afterwards. */
export const baseUrl = z
  .url({ protocol: /^https?$/ })
  .refine(hasNoLogin, 'leave user and password out of the address')
  .transform((url) => url.replace(/\/+$/, ''));
