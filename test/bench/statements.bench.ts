import { startTestStack } from '../support/stack.ts';
import { measurePaths } from './statements/paths.ts';

const isList = process.argv.includes('--list');

const stack = await startTestStack();
try {
  process.env['TL_TEST_ADMIN_URL'] = stack.adminUrl;
  const paths = await measurePaths();
  for (const { name, ceiling, statements, times = 1 } of paths) {
    console.log(`${String(statements.length / times).padStart(6)} of ${ceiling}  ${name}`);
    if (isList)
      for (const statement of statements) console.log(`    ${statement.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
  }
  const counted = paths.map(({ name, statements, times = 1 }) => [name, statements.length / times]);
  console.log(JSON.stringify({ bench: 'statements', ...Object.fromEntries(counted) }));
  if (paths.some(({ ceiling, statements, times = 1 }) => statements.length > ceiling * times)) process.exitCode = 1;
} finally {
  await stack.stop();
}
// The runtime of Temporal's SDK keeps the process.
process.exit();
