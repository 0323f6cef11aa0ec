import { expect, it } from 'vitest';
import { peopleChosen } from './people-chosen.ts';

it('reads who is meant', () => {
  expect(peopleChosen('all', 'whatever')).toEqual({ all: true });
  expect(peopleChosen('externalIds', ' ana \n\nben\nana')).toEqual({ externalIds: ['ana', 'ben'] });
  const attributes = { plan: 'pro', seats: 3, vip: true, code: 'a=b' };
  expect(peopleChosen('attributes', 'plan = pro\nseats=3\nvip=true\ncode=a=b')).toEqual({ attributes });
});

it('means nobody where something is missing', () => {
  expect(peopleChosen('externalIds', ' \n')).toBeNull();
  expect(peopleChosen('attributes', '')).toBeNull();
  expect(peopleChosen('attributes', 'plan=pro\nvip')).toBeNull();
});
