import type { OrganisationScope } from '#libs/identity';
import type { HoldState } from './domain/hold.states.js';

/** 封存: put on an examination by a person, and lifted by a person, each with a reason. Several may stand at once. */
export interface Hold {
  id: string;
  examId: string;
  organisation: string;
  state: HoldState;
  version: number;
  reason: string;
  placedBy: string;
  placedAt: Date;
  liftReason: string | null;
  liftedBy: string | null;
  liftedAt: Date | null;
}

export abstract class HoldsRepository {
  abstract add(hold: Pick<Hold, 'id' | 'examId' | 'organisation' | 'reason' | 'placedBy'>): Promise<void>;
  abstract lock(id: string): Promise<Hold | undefined>;
  abstract lift(hold: Hold, by: { actor: string; reason: string }): Promise<HoldState>;
  abstract ofExam(examId: string): Promise<Hold[]>;
  /** Newest first. */
  abstract standing(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<Hold[]>;
}
