import { spawnSync } from 'node:child_process';

/** Is this program on the machine? Where CI is set its absence is a failure; elsewhere it is named and its part left out. */
export function hasCounterpart(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!found && process.env['CI']) throw new Error(`${program} is needed for the tests in CI`);
  if (!found) process.stderr.write(`left out: ${program} is not on this machine\n`);
  return found;
}
