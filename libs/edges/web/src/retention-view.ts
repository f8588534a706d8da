import { Injectable } from '@nestjs/common';
import { Directory } from '#libs/identity';
import type { DeletionSummary, Hold } from '#libs/retention';

/** Holds and deletions as the web API shows them. */
@Injectable()
export class RetentionView {
  constructor(private readonly directory: Directory) {}

  async who(id: string): Promise<{ id: string; name: string | null }> {
    return { id, name: (await this.directory.nameOf(id)) ?? null };
  }

  holds(holds: readonly Hold[]) {
    return Promise.all(
      holds.map(async ({ version: _version, placedBy, liftedBy, ...hold }) => ({
        ...hold,
        placedBy: await this.who(placedBy),
        liftedBy: liftedBy === null ? null : await this.who(liftedBy),
      })),
    );
  }

  deletion({ patientId: _patientId, deletedBy, deletedByName, ...one }: DeletionSummary) {
    return { ...one, deletedBy: { id: deletedBy, name: deletedByName } };
  }
}
