import { CheckName } from '../../contracts/documents/batch.schema.ts';
import { isFlagged, runChecks } from '../../domain/documents/checks/run-checks.ts';
import { passagesOf, subjectOf, type Part, type Passage } from './corpus.ts';

/** What the checks make of a part of the corpus: the passages that they take for what they are not. */
export function checkCorpus(part: Part): { passages: Passage[]; wrong: Passage[] } {
  const isFaulty = part.endsWith('-faulty');
  const passages = passagesOf(part);
  const wrong = passages.filter((passage) => isFlagged(runChecks(CheckName.options, subjectOf(passage))) !== isFaulty);
  return { passages, wrong };
}
