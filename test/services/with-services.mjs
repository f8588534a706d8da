// node with-services.mjs PROGRAM [PARAMETER …]: the program with Redis and an S3 of its own, where those of its caller cannot be
// reached (inside a network namespace). Ends with the program's exit code.
import { spawn } from 'node:child_process';
import { startServices } from './real-services.mjs';

const [program, ...parameters] = process.argv.slice(2);
const services = await startServices();
const child = spawn(program, parameters, { stdio: 'inherit', env: { ...process.env, ...services.settings } });
const code = await new Promise((resolve) => child.once('close', resolve));
await services.stop();
process.exit(code ?? 1);
