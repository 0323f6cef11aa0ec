import { journeyLimits } from '../../../contracts/journeys/limits.ts';
import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { Place } from '../graph.ts';
import type { WrittenMail } from '../nodes/node-kind.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { missingVariables } from '../templates/check-variables.ts';
import { lintMessage, variablesOf } from '../templates/lint-message.ts';
import { atNode, type Check } from './problems.ts';

/**
 * What is wrong with mails that are written in the journey itself: what a stored template is refused for, and variables that their step
 * does not give. Beyond `journeyLimits.mailTags` in all mails together it looks no further.
 */
export const checkMails: Check = (_, graph) => {
  const problems: JourneyProblem[] = [];
  let tags = 0;
  for (const place of [...graph.places.values(), ...graph.duplicates]) {
    const mail = kindOf(place.node).mail(place.node);
    if (mail === null) continue;
    tags += tagsIn(mail.subject) + tagsIn(mail.markdown);
    if (tags > journeyLimits.mailTags) return [...problems, tooManyTags(place)];
    problems.push(...problemsOf(place, mail));
  }
  return problems;
};

function problemsOf(place: Place, mail: WrittenMail): JourneyProblem[] {
  const wrong = lintMessage(mail).map(({ path, code, message }) =>
    atNode(place, code, message, 'Mend the text of the mail.', `content.${path}`),
  );
  const missing = missingVariables(variablesOf(mail), mail.variables).map(({ name, path }) => {
    const message = `The mail reads “${name}”, which this step does not give`;
    return atNode(place, 'template.unknownVariable', message, 'Add it to the step’s variables.', `content.${path}`);
  });
  return [...wrong, ...missing].slice(0, journeyLimits.problems);
}

function tooManyTags(place: Place): JourneyProblem {
  const message = `The mails of the journey have more than ${journeyLimits.mailTags} tags together`;
  return atNode(place, 'journey.tooManyTags', message, 'Store long mails as templates.', 'content');
}

function tagsIn(text: string | null): number {
  return text === null ? 0 : text.split(/\{[{%]/).length - 1;
}
