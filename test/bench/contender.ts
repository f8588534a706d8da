/** Where a receiver is reached, and by what name. */
export interface Receiver {
  readonly name: string;
  readonly httpPort: number;
  readonly dimsePort: number;
  /** AE title to call, and the one that calls it */
  readonly calledAe: string;
  readonly callingAe: string;
  /** path of the DICOMweb service, without a slash at its end */
  readonly dicomWeb: string;
  /** what every request carries */
  readonly headers: Readonly<Record<string, string>>;
}

/** One of the two that are compared, as its clients see it. */
export interface Contender extends Receiver {
  /** Resolves when nothing of what was sent before is still being worked on. */
  quiet(): Promise<void>;
  /** Its server processes by name; the database's under `database`, where it has one. */
  processes(): Promise<Record<string, number[]>>;
  stop(): Promise<void>;
}

/** What is compared; `peer` is absent where Orthanc is not installed or may not be started. */
export interface Contest {
  readonly ours: Contender;
  readonly peer: Contender | null;
  readonly rounds: number;
  /** 1 in a full run, less in a quick one: how much is sent */
  readonly share: number;
  /** a folder on the disk that both keep their objects on */
  readonly folder: string;
}

/** How one row of the table is measured. */
export interface Row {
  /** a word for `--only` */
  readonly key: string;
  run(contest: Contest): Promise<Figure[]>;
}

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: number | undefined;
  /** how many times better than the peer; for `most` rows the value itself */
  readonly ratio?: number | undefined;
  /** `ratio` at least, or `ours` at most */
  readonly target?: { readonly ratio: number } | { readonly most: number } | undefined;
  readonly note?: string | undefined;
  /** what each round gave, in order: ours, and the peer's */
  readonly rounds?: readonly (readonly number[] | undefined)[];
}

/** null: there is nothing to reach, or nothing to compare with. */
export function reached({ target, ratio, ours }: Figure): boolean | null {
  if (target === undefined) return null;
  if ('most' in target) return ours <= target.most;
  return ratio === undefined ? null : ratio >= target.ratio;
}
