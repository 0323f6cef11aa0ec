/** The first parts of the dashboard's addresses: the API answers them, and what lies below them, with the dashboard's page. */
export const dashboardPlaces = [
  'inbox',
  'journeys',
  'templates',
  'courses',
  'enrollments',
  'batches',
  'documents',
  'runs',
  'contacts',
  'mails',
  'incidents',
  'admin',
] as const;
