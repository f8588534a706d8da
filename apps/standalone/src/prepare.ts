import { readSettings } from '#libs/config';
import { prepareDatabase } from './prepare-database.js';

/** For deployments that run the servers by themselves: migrates and seeds the database of QIAO_DATABASE_URL once, then ends. */
const settings = readSettings();
if (settings.databaseUrl === undefined) throw new Error('QIAO_DATABASE_URL is not set');
const { migrations, seeded } = await prepareDatabase(settings, settings.databaseUrl);
process.stdout.write(
  `migrations applied: ${migrations.join(', ') || 'none'}; demo network seeded: ${seeded ? 'yes' : 'no'}\n`,
);
