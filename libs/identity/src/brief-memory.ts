/** What was looked up, kept for so long that a burst of requests asks once, and so short that a revocation reaches within seconds. */
export class BriefMemory<T> {
  private readonly known = new Map<string, { value: Promise<T | null>; until: number }>();

  constructor(
    private readonly milliseconds: number,
    private readonly most: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Those who ask while it is being looked up wait for the same answer; "nothing" and failures are not kept. */
  find(key: string, lookUp: () => Promise<T | null>): Promise<T | null> {
    const kept = this.known.get(key);
    if (kept && kept.until > this.now()) return kept.value;
    this.known.delete(key);
    if (this.known.size >= this.most) this.known.delete(this.known.keys().next().value!);
    const entry = { value: this.lookUp(key, lookUp), until: this.now() + this.milliseconds };
    this.known.set(key, entry);
    return entry.value;
  }

  forget(key: string): void {
    this.known.delete(key);
  }

  private async lookUp(key: string, lookUp: () => Promise<T | null>): Promise<T | null> {
    try {
      const value = await lookUp();
      if (value === null) this.known.delete(key);
      return value;
    } catch (error) {
      this.known.delete(key);
      throw error;
    }
  }
}
