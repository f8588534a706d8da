import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { callerOf, type Caller } from './domain/caller.js';
import { DUTIES, type Duty } from './domain/permissions.js';

export interface Organisation {
  code: string;
  name: string;
}

export interface Specialist {
  id: string;
  displayName: string;
  organisation: string;
}

/** A device that sends, as a caller. */
export interface SendingDevice extends Caller {
  /** How many associations its organisation may have open at one time; null: no number of its own. */
  readonly associations: number | null;
}

/** Where an application entity listens. */
export interface DeviceAddress {
  readonly host: string;
  readonly port: number;
}

/** The organisations of the network, its people, and the AE titles that belong to them. */
@Injectable()
export class Directory {
  constructor(private readonly database: Database) {}

  organisation(code: string): Promise<Organisation | undefined> {
    return this.database.row<Organisation>('SELECT code, name FROM organisation WHERE code = $1', [code]);
  }

  async nameOf(accountId: string): Promise<string | undefined> {
    return (
      await this.database.row<{ display_name: string }>('SELECT display_name FROM account WHERE id = $1', [accountId])
    )?.display_name;
  }

  /** Those who write first reports of this speciality ('imaging' or 'ecg'). */
  async reportDoctors(speciality: string): Promise<Specialist[]> {
    const rows = await this.database.rows<{ id: string; display_name: string; organisation: string }>(
      `SELECT id, display_name, organisation FROM account
       WHERE 'report-doctor' = ANY(duties) AND $1 = ANY(specialities) ORDER BY username`,
      [speciality],
    );
    return rows.map((row) => ({ id: row.id, displayName: row.display_name, organisation: row.organisation }));
  }

  /** The sending device as a caller; null: nobody knows this AE title. */
  async callerOfAe(aeTitle: string): Promise<SendingDevice | null> {
    const row = await this.database.row<{ ae_title: string; organisation: string; associations: number | null }>(
      `SELECT a.ae_title, a.organisation, o.dimse_associations AS associations
       FROM application_entity a JOIN organisation o ON o.code = a.organisation WHERE a.ae_title = $1`,
      [aeTitle],
    );
    if (!row) return null;
    const { ae_title: id, organisation, associations } = row;
    return { ...callerOf({ kind: 'ae', id, name: id, organisation, duties: ['pacs', 'modality'] }), associations };
  }

  /** Where an organisation's own device is called; null: it has none of this AE title, or no address of it is known. */
  async addressOf(organisation: string, aeTitle: string): Promise<DeviceAddress | null> {
    const row = await this.database.row<DeviceAddress>(
      'SELECT host, port FROM application_entity WHERE ae_title = $1 AND organisation = $2 AND host IS NOT NULL',
      [aeTitle, organisation],
    );
    return row ?? null;
  }

  static isDuty(text: string): text is Duty {
    return text in DUTIES;
  }
}
