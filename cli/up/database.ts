import pg from 'pg';

/** The URL of the local stack's own database on the server of `adminUrl`, which is made unless it exists. */
export async function ownDatabase(adminUrl: string): Promise<string> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const found = await admin.query("select 1 from pg_database where datname = 'throughline'");
    if (found.rowCount === 0) await admin.query('create database throughline');
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = '/throughline';
  return url.toString();
}
