import { Controller, Get, Header, HttpCode, HttpException } from '@nestjs/common';
import { Route } from '#libs/identity';
import { ObjectStore } from '#libs/ports';
import { WorklistRepository } from '#libs/worklist';

/** Liveness, readiness (database and object store answer) and figures as Prometheus text. */
@Controller()
export class HealthController {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly objects: ObjectStore,
  ) {}

  @Get('health/live')
  @Route({ permission: 'public', summary: 'The process runs' })
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @HttpCode(200)
  @Route({ permission: 'public', summary: 'Database and object store answer' })
  async ready() {
    const answers = await Promise.allSettled([this.worklist.items(), this.objects.stat('health/probe')]);
    const [database, objects] = answers.map((answer) => (answer.status === 'fulfilled' ? 'ok' : 'unavailable'));
    if (database !== 'ok' || objects !== 'ok')
      throw new HttpException({ status: 'unavailable', database, objects }, 503);
    return { status: 'ok', database, objects };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  @Route({ permission: 'public', summary: 'Prometheus text' })
  metrics(): string {
    const memory = process.memoryUsage();
    return [
      '# HELP qiao_resident_memory_bytes Resident memory of the gateway.',
      '# TYPE qiao_resident_memory_bytes gauge',
      `qiao_resident_memory_bytes ${memory.rss}`,
      '# HELP qiao_uptime_seconds Seconds since the gateway started.',
      '# TYPE qiao_uptime_seconds counter',
      `qiao_uptime_seconds ${Math.round(process.uptime())}`,
      '',
    ].join('\n');
  }
}
