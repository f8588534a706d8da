/** The first pause behind a key's first job. */
const SHORTEST_MS = 2_000;
/** What has not been heard of for so many pauses begins anew. */
const FORGOTTEN_AFTER = 2;

interface Pause {
  ms: number;
  until: number;
}

/**
 * How long the events of a key wait for others to join them. The first goes at once; while more keep coming, each pause is twice as long
 * as the one before, so that what trickles in is seen early, and what pours in is handled in few pieces.
 */
export class KeyPauses {
  private readonly pauses = new Map<string, Pause>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Events of the key go now; the next wait, `longestMs` at most. */
  went(key: string, longestMs: number): void {
    const now = this.now();
    const before = this.pauses.get(key);
    const goesOn = before !== undefined && now < before.until + before.ms * FORGOTTEN_AFTER;
    const ms = Math.min(longestMs, goesOn ? before.ms * 2 : SHORTEST_MS);
    this.pauses.set(key, { ms, until: now + ms });
  }

  /** The keys whose events wait now. */
  waiting(): string[] {
    const now = this.now();
    const keys: string[] = [];
    for (const [key, { ms, until }] of this.pauses) {
      if (now < until) keys.push(key);
      else if (now >= until + ms * FORGOTTEN_AFTER) this.pauses.delete(key);
    }
    return keys;
  }
}
