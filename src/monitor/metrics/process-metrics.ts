import { readdir } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * The standard process metrics of Prometheus, by their names. The client library has more, but promtool rejects some of
 * its names.
 */
export function registerProcess(registry: Registry): void {
  const registers = [registry];
  const started = Date.now() / 1000 - process.uptime();
  let cpu = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, in user and system mode.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const total = (user + system) / 1e6;
      this.inc(Math.max(0, total - cpu));
      cpu = total;
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in Unix time.',
    registers,
  }).set(started);
  new Gauge({
    name: 'process_open_fds',
    help: 'Open file descriptors; no sample where the system does not show them.',
    registers,
    async collect() {
      const open = await readdir('/proc/self/fd').catch(() => null);
      if (open === null) this.reset();
      else this.set(open.length);
    },
  });
}
