// Redis and a one-node Ceph cluster with its S3 gateway, on free ports and in a folder of their own, as child processes that end with
// this one. What `npm run test:services` and the soak on S3 run against; takes Debian's redis-server, radosgw, ceph-mon, -mgr, -osd, -common.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['redis-server', 'radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-mgr', 'ceph-osd', 'ceph', 'monmaptool'];
const KEYS = { accessKey: 'qiao-test', secretKey: 'qiao-test-secret', bucket: 'qiao' };

/** Names of the programs that are not on this machine. */
export function missingPrograms() {
  return PROGRAMS.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
}

/**
 * @returns settings to start Qiao with, the two servers that a test may stop, kill and start again, and `stop`
 * @throws Error with a name of what did not come up
 */
export async function startServices() {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-services-'));
  chmodSync(folder, 0o755);
  const daemons = [];
  process.once('exit', () => daemons.forEach(({ child }) => child.kill('SIGKILL')));
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [redisPort, s3Port, monPort, oldMonPort] = await freePorts(4);
    const redis = new Daemon('redis-server', [
      '--bind',
      '127.0.0.1',
      '--port',
      redisPort,
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ]);
    daemons.push(redis);
    const s3 = await startCeph(folder, { s3Port, monPort, oldMonPort }, daemons);
    await answering('Redis', () => accepts(redisPort));
    return {
      settings: {
        QIAO_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        QIAO_S3_ENDPOINT: `http://127.0.0.1:${s3Port}`,
        QIAO_S3_BUCKET: KEYS.bucket,
        QIAO_S3_ACCESS_KEY: KEYS.accessKey,
        QIAO_S3_SECRET_KEY: KEYS.secretKey,
      },
      redis,
      s3,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A program in the foreground that can be held, killed and started again with the same parameters. */
class Daemon {
  constructor(program, parameters, env = process.env, log = 'ignore') {
    this.start = () => {
      this.child = spawn(program, parameters, { env, stdio: ['ignore', log, log] });
      this.gone = new Promise((resolve) => this.child.once('exit', resolve));
    };
    this.start();
  }
  hold() {
    this.child.kill('SIGSTOP');
  }
  release() {
    this.child.kill('SIGCONT');
  }
  async kill() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

async function startCeph(folder, { s3Port, monPort, oldMonPort }, daemons) {
  for (const name of ['mon', 'osd', 'mgr', 'rgw', 'run']) mkdirSync(join(folder, name));
  const configuration = join(folder, 'ceph.conf');
  const fsid = randomUUID();
  writeFileSync(
    configuration,
    `[global]
fsid = ${fsid}
mon initial members = a
mon host = [v2:127.0.0.1:${monPort},v1:127.0.0.1:${oldMonPort}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log to file = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail warn = 1
mon data avail crit = 1
ms bind ipv6 = false
[mon]
mon data = ${folder}/mon
[mgr]
mgr data = ${folder}/mgr
[osd]
osd data = ${folder}/osd
osd objectstore = bluestore
bluestore block size = 8589934592
osd memory target = 939524096
[client.rgw]
rgw data = ${folder}/rgw
`,
  );
  const env = { ...process.env, CEPH_CONF: configuration };
  const log = openSync(join(folder, 'ceph.log'), 'a');
  const run = (program, ...parameters) => {
    const { status, stderr } = spawnSync(program, parameters, { env, encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) throw new Error(`${program} ${parameters.join(' ')}: ${stderr}`);
  };
  const key = (name, caps, ...more) =>
    run(
      'ceph-authtool',
      join(folder, 'keyring'),
      ...more,
      '--gen-key',
      '-n',
      name,
      ...caps.flatMap((cap) => ['--cap', cap, 'allow *']),
    );
  key('mon.', ['mon'], '--create-keyring');
  for (const name of ['client.admin', 'client.rgw', 'mgr.x', 'osd.0']) key(name, ['mon', 'osd', 'mgr']);
  const map = join(folder, 'monmap');
  const addresses = `[v2:127.0.0.1:${monPort},v1:127.0.0.1:${oldMonPort}]`;
  run('monmaptool', '--create', '--clobber', '--fsid', fsid, '--addv', 'a', addresses, map);
  run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', join(folder, 'keyring'));
  const daemon = (program, ...parameters) => {
    const started = new Daemon(program, [...parameters, '-f'], env, log);
    daemons.push(started);
    return started;
  };
  daemon('ceph-mon', '-i', 'a');
  run('ceph', 'auth', 'import', '-i', join(folder, 'keyring'));
  daemon('ceph-mgr', '-i', 'x');
  const osd = randomUUID();
  run('ceph', 'osd', 'new', osd);
  run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
  daemon('ceph-osd', '-i', '0');
  const s3 = daemon('radosgw', '-n', 'client.rgw', '--rgw-frontends', `beast endpoint=127.0.0.1:${s3Port}`);
  await answering('the S3 gateway', async () => (await fetch(`http://127.0.0.1:${s3Port}/`)).ok);
  const user = ['--uid=qiao', '--display-name=qiao', `--access-key=${KEYS.accessKey}`, `--secret=${KEYS.secretKey}`];
  run('radosgw-admin', 'user', 'create', ...user);
  return s3;
}

async function answering(what, ask) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await ask().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`${what} did not come up`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((server) => String(server.address().port));
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
