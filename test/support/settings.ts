/** Whether axe looks at every page in every view with all of its rules (`npm run test:nightly -- axe`). */
export const isAxeFull = process.env['TL_AXE'] === 'full';

/** Whether the lists that a browser scrolls through are as long as in a large workspace (`npm run test:nightly -- axe`). */
export const areListsLong = process.env['TL_LISTS'] === 'long';
