import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { UsageRepository, type Usage } from '../usage.repository.js';

@Injectable()
export class UsagePostgresRepository extends UsageRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async of(organisation: string): Promise<Usage> {
    return (await this.database.row<Usage>(
      `SELECT coalesce(u.bytes, 0)::float8 AS bytes, coalesce(u.instances, 0)::float8 AS instances,
         q.max_bytes::float8 AS "maxBytes", q.max_instances::float8 AS "maxInstances"
       FROM (SELECT sum(bytes) AS bytes, sum(instances) AS instances FROM organisation_use WHERE organisation = $1) u
       LEFT JOIN organisation_quota q ON q.organisation = $1`,
      [organisation],
    ))!;
  }
}
