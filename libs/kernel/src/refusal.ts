/** What kind of answer a refusal is; each edge translates it into its protocol's own words. */
export type RefusalKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'too-large' | 'no-room' | 'unavailable';

/**
 * An expected "no": the caller did or asked something that the rules do not allow, or a part is out of reach.
 * `code` is stable (kebab-case), goes to the outside and into the log; `message` is for a person.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly kind: RefusalKind,
    readonly code: string,
    message: string,
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
