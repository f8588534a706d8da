// Loaded into the servers by `npm run bench -- --profile`: SIGUSR2 begins a CPU profile, the next one ends it and writes it down.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const name = /apps\/(\w+)\/src\/main\.js$/.exec(process.argv[1] ?? '')?.[1];
const session = new Session();
session.connect();
let running = false;
let number = 0;
process.on('SIGUSR2', async () => {
  if (running) {
    running = false;
    const { profile } = await session.post('Profiler.stop');
    number += 1;
    writeFileSync(join(process.env.BENCH_PROFILES, `${name}-${number}.cpuprofile`), JSON.stringify(profile));
  } else {
    running = true;
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  }
});
