import { useLingui } from '@lingui/react/macro';

/** What the checks find, by the code of the finding; a code that has no name here is its own. */
export function useFindingNames(): (code: string) => string {
  const { t } = useLingui();
  const words: Readonly<Record<string, string>> = {
    'facts.date': t`A date from nowhere`,
    'facts.email': t`An e-mail address from nowhere`,
    'facts.id': t`A reference from nowhere`,
    'facts.name': t`A name from nowhere`,
    'facts.number': t`A number from nowhere`,
    'facts.url': t`A web address from nowhere`,
    'leak.foreignRow': t`Words of another row`,
    'leftovers.assistant': t`The model speaks of itself`,
    'leftovers.filler': t`Filler text`,
    'leftovers.letters': t`Letters that may be lost`,
    'leftovers.markup': t`Markup left over`,
    'leftovers.placeholder': t`A placeholder left over`,
    'leftovers.template': t`Template code left over`,
    'leftovers.value': t`A value that says nothing`,
    'length.tooLong': t`Too long`,
    'locked.changed': t`A locked clause changed`,
    'required.missing': t`A required text missing`,
    'schema.mismatch': t`Not in the form that was asked for`,
  };
  return (code) => words[code] ?? code;
}
