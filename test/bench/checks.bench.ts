import { checkCorpus } from '../checks/check-corpus.ts';

const [faulty, honest] = [checkCorpus('sealed-faulty'), checkCorpus('sealed-honest')];
const kinds = [...new Set(faulty.passages.map(({ kind }) => kind))];
const found = (of: (kind: string) => boolean): { all: number; missed: number } => ({
  all: faulty.passages.filter(({ kind }) => of(kind)).length,
  missed: faulty.wrong.filter(({ kind }) => of(kind)).length,
});
const share = (part: number, whole: number): number => Number(((100 * part) / whole).toFixed(2));

console.log('The sealed part of test/checks, which no check was made for:');
for (const each of kinds) {
  const { all, missed } = found((kind) => kind === each);
  console.log(`  ${each}: ${all - missed} of ${all}`);
}
const { all, missed } = found(() => true);
const summary = {
  bench: 'checks',
  faulty: all,
  honest: honest.passages.length,
  recallPercent: share(all - missed, all),
  falseAlarmPercent: share(honest.wrong.length, honest.passages.length),
};
console.log(
  `recall ${summary.recallPercent} %; ${honest.wrong.length} of ${honest.passages.length} honest ones flagged, ${summary.falseAlarmPercent} %`,
);
console.log(JSON.stringify(summary));
