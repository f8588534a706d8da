export interface RealServices {
  /** settings to start Qiao with */
  readonly settings: Record<string, string>;
  readonly redis: Daemon;
  readonly s3: Daemon;
  stop(): Promise<void>;
}
export interface Daemon {
  /** SIGSTOP: connections are taken, and nothing is answered */
  hold(): void;
  release(): void;
  /** SIGKILL */
  kill(): Promise<void>;
  /** again, with the same parameters */
  start(): void;
}
export function missingPrograms(): string[];
export function startServices(): Promise<RealServices>;
