import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What waits for most of its time begins first, so that pages and servers have something to do beside it. */
const order = ['pure', 'chaos', 'browser', 'server'];
/** The longest files on servers: begun last, they would go on alone. */
const longest = [
  'test/e2e/drain.test.ts',
  'test/launch/up.test.ts',
  'test/model/journeys.test.ts',
  'test/model/enrollments.test.ts',
  'bin/throughline.test.ts',
];

/** Vitest's own order within a project, which is by how long files took, or how long they are, the longest first. */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

/** A stable sort by it leaves the others of a project as they stand. */
function rankOf({ moduleId, project }: TestSpecification): number {
  const isLong = longest.some((file) => moduleId.endsWith(`/${file}`));
  return 2 * order.indexOf(project.name) + (isLong ? 0 : 1);
}
