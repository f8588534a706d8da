import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestAuthority, X509Signer } from '#libs/adapters/signer-x509';
import type { Settings } from '#libs/config';
import { hasOrganisations, seedDemoNetwork, SigningKeys } from '#libs/identity';
import { migrate, openDatabase } from '#libs/persistence';

const MIGRATIONS = fileURLToPath(new URL('../../../../deploy/migrations/', import.meta.url));
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

export interface Prepared {
  migrations: string[];
  credentialsFile: string | null;
  seeded: boolean;
}

/** Migrates, makes the test authority, and seeds the demo network where there is nobody yet. */
export async function prepareDatabase(settings: Settings, databaseUrl: string): Promise<Prepared> {
  const database = await openDatabase({ url: databaseUrl, name: 'qiao-prepare', poolSize: 2, patient: true });
  try {
    const migrations = await migrate(database, MIGRATIONS);
    const keys = new SigningKeys(database);
    if (!(await keys.authority())) {
      const made = await createTestAuthority();
      await keys.keepAuthority({ certificatePem: made.rootCertificatePem, keyPem: made.rootKeyPem });
    }
    const credentialsFile = join(settings.dataDir, 'demo-credentials.json');
    const wanted = settings.demo ?? LOOPBACK.has(settings.http.host);
    const seeded = wanted && !(await hasOrganisations(database));
    if (seeded) {
      const authority = (await keys.authority())!;
      const signer = new X509Signer({
        rootCertificatePem: authority.certificatePem,
        rootKeyPem: authority.keyPem,
        isTestCa: true,
      });
      mkdirSync(settings.dataDir, { recursive: true });
      const credentials = await seedDemoNetwork(database, signer);
      writeFileSync(credentialsFile, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
      const authorityFile = join(settings.dataDir, 'test-ca.pem');
      writeFileSync(authorityFile, authority.certificatePem);
    }
    return { migrations, credentialsFile: existsSync(credentialsFile) ? credentialsFile : null, seeded };
  } finally {
    await database.source.destroy();
  }
}
