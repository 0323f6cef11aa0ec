import { z } from 'zod';

/** Characters of a value with a format: no address, date or id is longer, and a longer text is not looked at. */
const mostCharacters = 2_000;

const uri = z.url();

/** The formats of JSON Schema that a text is compared with; one that is not among them says something to the model alone. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  email: of(z.email()),
  uri: of(uri),
  uuid: of(z.uuid()),
  'date-time': of(z.iso.datetime({ offset: true })),
  date: of(z.iso.date()),
  time: of(z.iso.time()),
  duration: of(z.iso.duration()),
  hostname: of(z.hostname()),
  ipv4: of(z.ipv4()),
  ipv6: of(z.ipv6()),
};

function of(schema: z.ZodType): (text: string) => boolean {
  return (text) => text.length <= mostCharacters && schema.safeParse(text).success;
}
