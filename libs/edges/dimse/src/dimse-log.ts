/**
 * Takes what happens on the associations. `details` always holds `callingAe` (as the peer gave it, empty before it did) and
 * `remoteAddress`; an `error` is handed on as it was thrown.
 */
export type DimseLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;
