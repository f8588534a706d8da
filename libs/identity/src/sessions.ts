import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { BriefMemory } from './brief-memory.js';
import { callerOf, type Caller } from './domain/caller.js';
import type { Duty } from './domain/permissions.js';
import { hashSecret, newToken, secretMatches, tokenHash } from './secrets.js';

/** GB/T 22239-2019 8.1.4.1: failed logins lock (5 → 15 min), idle sessions end (30 min). */
const MAX_FAILURES = 5;
const LOCK_MINUTES = 15;
const IDLE_MINUTES = 30;

interface AccountRow {
  id: string;
  username: string;
  display_name: string;
  organisation: string;
  duties: Duty[];
  specialities: string[];
  password_hash: string;
  locked_until: Date | null;
}

export interface OpenSession {
  caller: Caller;
  csrfToken: string;
}

const callerFrom = (row: AccountRow): Caller =>
  callerOf({
    kind: 'person',
    id: row.id,
    name: row.display_name,
    organisation: row.organisation,
    duties: row.duties,
    specialities: row.specialities,
  });

/** Browser sessions of people. */
@Injectable()
export class Sessions {
  private readonly open = new BriefMemory<OpenSession>(2000, 10_000);
  /** compared with when the user name is unknown, so that an answer takes the same time */
  private readonly decoy = hashSecret('no such account');

  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `unauthenticated`: login-failed, account-locked */
  async logIn(username: string, password: string): Promise<OpenSession & { token: string }> {
    const account = await this.database.row<AccountRow>('SELECT * FROM account WHERE username = $1', [username]);
    const matches = await secretMatches(account?.password_hash ?? (await this.decoy), password);
    if (account?.locked_until && account.locked_until > new Date()) {
      await this.note('log-in', account.id, account.organisation, 'refused', { locked: true });
      throw new Refusal(
        'unauthenticated',
        'account-locked',
        `Too many failed tries; locked for ${LOCK_MINUTES} minutes.`,
      );
    }
    if (!account || !matches) {
      if (account) {
        await this.database.rows(
          `UPDATE account SET failed_logins = (failed_logins + 1) % ${MAX_FAILURES},
             locked_until = CASE WHEN failed_logins + 1 >= ${MAX_FAILURES} THEN now() + interval '${LOCK_MINUTES} minutes' END
           WHERE id = $1`,
          [account.id],
        );
      }
      await this.note('log-in', account?.id ?? username.slice(0, 64), account?.organisation ?? null, 'refused');
      throw new Refusal('unauthenticated', 'login-failed', 'User name or password is wrong.');
    }
    const token = newToken();
    const csrfToken = newToken();
    await this.database.transaction(async () => {
      await this.database.rows('UPDATE account SET failed_logins = 0, locked_until = NULL WHERE id = $1', [account.id]);
      await this.database.rows('INSERT INTO web_session (token_hash, account_id, csrf_token) VALUES ($1, $2, $3)', [
        tokenHash(token),
        account.id,
        csrfToken,
      ]);
      await this.note('log-in', account.id, account.organisation, 'done');
    });
    return { token, csrfToken, caller: callerFrom(account) };
  }

  /** A session that ended in another process is let in for two seconds more at most. */
  find(token: string): Promise<OpenSession | null> {
    const hash = tokenHash(token);
    return this.open.find(hash, () => this.lookUp(hash));
  }

  private async lookUp(hash: string): Promise<OpenSession | null> {
    const [row] = await this.database.prepared<AccountRow & { csrf_token: string; stale: boolean }>(
      `SELECT a.id, a.username, a.display_name, a.organisation, a.duties, a.specialities, a.password_hash, a.locked_until, s.csrf_token, s.last_seen_at < now() - interval '1 minute' AS stale
       FROM web_session s JOIN account a ON a.id = s.account_id
       WHERE s.token_hash = $1 AND s.last_seen_at > now() - interval '${IDLE_MINUTES} minutes'`,
      [hash],
    );
    if (!row) return null;
    if (row.stale)
      await this.database.rows('UPDATE web_session SET last_seen_at = now() WHERE token_hash = $1', [hash]);
    return { caller: callerFrom(row), csrfToken: row.csrf_token };
  }

  /** Whose session it is, as it is now. Asking is no act of theirs: what stays open by itself must not keep a session from ending. */
  async holder(token: string): Promise<Caller | null> {
    const [row] = await this.database.prepared<AccountRow>(
      `SELECT a.* FROM web_session s JOIN account a ON a.id = s.account_id
       WHERE s.token_hash = $1 AND s.last_seen_at > now() - interval '${IDLE_MINUTES} minutes'`,
      [tokenHash(token)],
    );
    return row ? callerFrom(row) : null;
  }

  async logOut(token: string): Promise<void> {
    const hash = tokenHash(token);
    await this.database.rows('DELETE FROM web_session WHERE token_hash = $1', [hash]);
    this.open.forget(hash);
  }

  /** @throws Refusal `forbidden` / `wrong-password`; used where an act asks for the password again */
  async confirmPassword(caller: Caller, password: string): Promise<void> {
    const row = await this.database.row<{ password_hash: string }>('SELECT password_hash FROM account WHERE id = $1', [
      caller.id,
    ]);
    if (!row || !(await secretMatches(row.password_hash, password))) {
      await this.note('confirm-password', caller.id, caller.organisation, 'refused');
      throw new Refusal('forbidden', 'wrong-password', 'The password is wrong; nothing was signed.');
    }
  }

  private note(
    action: string,
    id: string,
    organisation: string | null,
    outcome: 'done' | 'refused',
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record({
      actor: { kind: organisation === null ? 'nobody' : 'person', id, organisation },
      action,
      subject: { kind: 'account', id },
      outcome,
      detail,
    });
  }
}
