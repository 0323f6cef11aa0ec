/**
 * Imported by each process that serves or works: its own clock shows UTC, whatever that of its machine does. The engine of mails' templates puts an
 * instant into its reader's zone by way of the process's own, which is an hour wrong around the night in which that zone changes its clocks.
 */
process.env['TZ'] = 'UTC';
