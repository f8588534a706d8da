import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';

/** A signer's key as it lies in the table: of use only together with the signer's password. */
export interface StoredSigningKey {
  certificatePem: string;
  encryptedKey: string;
  algorithm: string;
}

/** The signers' keys and the built-in test authority that certified them. */
@Injectable()
export class SigningKeys {
  constructor(private readonly database: Database) {}

  /** @throws Refusal `conflict` / `no-signing-key` */
  async of(accountId: string): Promise<StoredSigningKey> {
    const row = await this.database.row<{ certificate_pem: string; encrypted_key: string; key_algorithm: string }>(
      'SELECT certificate_pem, encrypted_key, key_algorithm FROM account WHERE id = $1 AND certificate_pem IS NOT NULL',
      [accountId],
    );
    if (!row) throw new Refusal('conflict', 'no-signing-key', 'This account has no signing key.');
    return { certificatePem: row.certificate_pem, encryptedKey: row.encrypted_key, algorithm: row.key_algorithm };
  }

  authority(): Promise<{ certificatePem: string; keyPem: string } | undefined> {
    return this.database.row(`SELECT certificate_pem AS "certificatePem", key_pem AS "keyPem" FROM test_authority`);
  }

  /** Keeps the first authority that is offered. */
  async keepAuthority(authority: { certificatePem: string; keyPem: string }): Promise<void> {
    await this.database.rows(
      'INSERT INTO test_authority (certificate_pem, key_pem) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [authority.certificatePem, authority.keyPem],
    );
  }
}
