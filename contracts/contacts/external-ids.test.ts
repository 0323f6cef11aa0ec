import { expect, it } from 'vitest';
import { EnrollmentRequest } from '../courses/enrollment.schema.ts';
import { addressOf } from '../http/route.ts';
import { JourneyStartRequest } from '../journeys/journeys-api.schema.ts';
import { contactRoutes } from './contacts.routes.ts';
import { EventInput, ExternalId } from './events-api.schema.ts';

const address = (externalId: string): string =>
  new URL(addressOf(contactRoutes.show, { externalId }), 'https://throughline.test').pathname;

it('is in its address what it is, whatever it holds', () => {
  for (const id of ['...', '.a', '%2e%2e', 'a/../b', '?', '#', '\\', ' . ', 'ana@example.test']) {
    expect(ExternalId.safeParse(id).success, id).toBe(true);
    expect(decodeURIComponent(address(id).replace('/v1/contacts/', ''))).toBe(id);
  }
});

it.each(['.', '..'])('is refused where no address holds it: %s', (id) => {
  expect(address(id)).not.toContain(`contacts/${id}`);
  const event = { id: '1', name: 'n', contact: id, occurredAt: '2026-11-30T00:00:00Z' };
  const edges = [
    EventInput.safeParse(event),
    contactRoutes.put.params.externalId.safeParse(id),
    EnrollmentRequest.safeParse({ course: 'c', run: 'r', contact: id }),
    JourneyStartRequest.safeParse({ contact: id }),
  ];
  const said = edges.map(({ error }) => error?.issues[0]?.message);
  expect(said).toEqual(edges.map(() => expect.stringContaining('which no address can hold')));
  // One that is stored from before can be erased by a client that sends the address as it is.
  expect(contactRoutes.erase.params.externalId.safeParse(id).success).toBe(true);
});
