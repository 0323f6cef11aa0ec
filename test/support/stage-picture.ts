/** The stages of a machine and where each leads, as the text of a Mermaid state diagram. The first is where a run begins. */
export function stagePicture<Name extends string>(
  stages: Readonly<Record<Name, { leadsTo: readonly Name[] }>>,
  endsIn: readonly Name[],
): string {
  const names = Object.keys(stages) as Name[];
  const arrows = names.flatMap((from) => stages[from].leadsTo.map((to) => `  ${from} --> ${to}`));
  const ends = endsIn.map((from) => `  ${from} --> [*]`);
  return ['stateDiagram-v2', `  [*] --> ${names[0]}`, ...arrows, ...ends].join('\n');
}
