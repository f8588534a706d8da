/** How much an organisation keeps, and may keep; null: no limit. */
export interface Usage {
  bytes: number;
  instances: number;
  maxBytes: number | null;
  maxInstances: number | null;
}

export abstract class UsageRepository {
  abstract of(organisation: string): Promise<Usage>;
}
