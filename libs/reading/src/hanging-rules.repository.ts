import type { HangingRule, HangingRuleContent } from './domain/hanging-rule.js';

export abstract class HangingRulesRepository {
  /** Those of this account before the network's, each in its order. */
  abstract list(ownerId: string): Promise<HangingRule[]>;
  abstract lock(id: string): Promise<HangingRule | undefined>;
  /** Before all others of its owner. */
  abstract add(id: string, ownerId: string | null, content: HangingRuleContent, savedBy: string): Promise<void>;
  /** The caller holds the lock. @returns the new version */
  abstract change(id: string, content: HangingRuleContent, savedBy: string): Promise<number>;
  abstract remove(id: string): Promise<void>;
  abstract count(ownerId: string | null): Promise<number>;
  /** Puts those of an owner into this order; what it does not name stays behind them. */
  abstract order(ownerId: string | null, ids: readonly string[]): Promise<void>;
}
