import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const message = { message: '0193f3a0-0000-7000-8000-000000000001', subject: 'The room', words: 'Bring {{ nothing }}.' };

describe('a message to the learners of a course run (issue 14 §4)', () => {
  it('is a mail of its own beside what goes on, with the words as they are', () => {
    const walk = new EnrollmentWalk(now).toLink('2026-11-29T10:00:00.000Z');
    const { stage } = walk.last.state;
    walk.send('courseMessage', message);
    expect(walk.last.actions).toMatchObject([
      {
        step: 'course-message',
        params: {
          content: { subject: 'The room', markdown: '{{ words }}' },
          variables: { message: message.message, words: message.words },
          isTransactional: true,
        },
      },
    ]);
    expect(walk.settleMails().last.state.stage).toEqual(stage);
  });

  it('is not written to who has left', () => {
    const walk = new EnrollmentWalk(now).answer('checkEligibility', { isEligible: false, missing: ['basics'] });
    walk.settleMails().until(now);
    expect(walk.last.ended).not.toBeNull();
    walk.send('courseMessage', message);
    expect(walk.last.actions).toEqual([]);
  });
});
