import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { BriefMemory } from './brief-memory.js';
import { callerOf, type Caller } from './domain/caller.js';
import type { Duty } from './domain/permissions.js';
import { hashSecret, newToken, secretMatches, tokenHash } from './secrets.js';

const LIFETIME_SECONDS = 3600;

interface ClientRow {
  client_id: string;
  organisation: string;
  duties: Duty[];
  secret_hash: string;
}

const callerFrom = (row: ClientRow): Caller =>
  callerOf({
    kind: 'client',
    id: row.client_id,
    name: row.client_id,
    organisation: row.organisation,
    duties: row.duties,
  });

/** Bearer tokens of API clients: OAuth 2.0 client_credentials (RFC 6749 section 4.4). */
@Injectable()
export class AccessTokens {
  private readonly callers = new BriefMemory<Caller>(2000, 10_000);
  private readonly decoy = hashSecret('no such client');

  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `unauthenticated` / `invalid_client` (the name of RFC 6749 section 5.2) */
  async issue(clientId: string, secret: string): Promise<{ token: string; expiresInSeconds: number }> {
    const client = await this.database.row<ClientRow>('SELECT * FROM api_client WHERE client_id = $1', [clientId]);
    const matches = await secretMatches(client?.secret_hash ?? (await this.decoy), secret);
    const known = client !== undefined && matches;
    await this.audit.record({
      actor: {
        kind: client ? 'client' : 'nobody',
        id: clientId.slice(0, 64),
        organisation: client?.organisation ?? null,
      },
      action: 'issue-token',
      subject: { kind: 'client', id: clientId.slice(0, 64) },
      outcome: known ? 'done' : 'refused',
    });
    if (!known) throw new Refusal('unauthenticated', 'invalid_client', 'The client is unknown or its secret is wrong.');
    const token = newToken();
    await this.database.rows(
      `INSERT INTO access_token (token_hash, client_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))`,
      [tokenHash(token), clientId, LIFETIME_SECONDS],
    );
    return { token, expiresInSeconds: LIFETIME_SECONDS };
  }

  /** A token that was revoked, or has expired, is let in for two seconds more at most. */
  find(token: string): Promise<Caller | null> {
    const hash = tokenHash(token);
    return this.callers.find(hash, () => this.lookUp(hash));
  }

  private async lookUp(hash: string): Promise<Caller | null> {
    const [row] = await this.database.prepared<ClientRow>(
      `SELECT c.client_id, c.organisation, c.duties, c.secret_hash FROM access_token t JOIN api_client c USING (client_id) WHERE t.token_hash = $1 AND t.expires_at > now()`,
      [hash],
    );
    return row ? callerFrom(row) : null;
  }

  async removeExpired(): Promise<void> {
    await this.database.rows(`DELETE FROM access_token WHERE expires_at < now()`);
    await this.database.rows(`DELETE FROM web_session WHERE last_seen_at < now() - interval '1 day'`);
  }
}
