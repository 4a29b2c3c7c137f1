import { readdirSync } from 'node:fs';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { version } from '../../version.js';

/** Seconds: from a check on one machine to one that runs into its time limit. */
const checkBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const attemptBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of a monitor, without values. Their names and labels are what dashboards and rules use. */
export function instrumentsIn(registry: Registry) {
  registerProcess(registry);
  const registers = [registry];
  new Gauge({
    name: 'jwtcheck_build_info',
    help: 'The version, as a label of 1.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  return {
    verdict: new Gauge({
      name: 'jwtcheck_verdict',
      help: 'The verdict of the last check: 1 for the one that holds, 0 for the others.',
      labelNames: ['environment', 'verdict'],
      registers,
    }),
    level: new Gauge({
      name: 'jwtcheck_alert_level',
      help: 'The alert level of the last check or of what is open, the worse one: 0 INFO, 1 WARNING, 2 CRITICAL, 3 EMERGENCY.',
      labelNames: ['environment'],
      registers,
    }),
    up: new Gauge({
      name: 'jwtcheck_participant_up',
      help: 'Whether the participant could be reached in the last check.',
      labelNames: ['environment', 'participant'],
      registers,
    }),
    agrees: new Gauge({
      name: 'jwtcheck_participant_agrees',
      help: 'Whether the participant holds the right secret; no sample where that is unknown.',
      labelNames: ['environment', 'participant'],
      registers,
    }),
    checks: new Counter({
      name: 'jwtcheck_checks_total',
      help: 'Checks by verdict; one that gave no report is inconclusive.',
      labelNames: ['environment', 'verdict'],
      registers,
    }),
    checkDuration: new Histogram({
      name: 'jwtcheck_check_duration_seconds',
      help: 'How long checks took.',
      labelNames: ['environment'],
      buckets: checkBuckets,
      registers,
    }),
    attempts: new Counter({
      name: 'jwtcheck_attempts_total',
      help: 'Tokens that were presented, by result.',
      labelNames: ['environment', 'participant', 'probe', 'token', 'result'],
      registers,
    }),
    attemptDuration: new Histogram({
      name: 'jwtcheck_attempt_duration_seconds',
      help: 'How long it took until a token was answered.',
      labelNames: ['environment'],
      buckets: attemptBuckets,
      registers,
    }),
    events: new Counter({
      name: 'jwtcheck_events_total',
      help: 'Events that were raised.',
      labelNames: ['environment', 'type', 'level'],
      registers,
    }),
    remediations: new Counter({
      name: 'jwtcheck_remediations_total',
      help: 'Actions that were carried out against drift: started, and how each ended.',
      labelNames: ['environment', 'participant', 'result'],
      registers,
    }),
    notifications: new Counter({
      name: 'jwtcheck_notifications_total',
      help: 'Notifications: sent, or given-up after every try.',
      labelNames: ['notifier', 'result'],
      registers,
    }),
    mrrAtRisk: new Gauge({
      name: 'jwtcheck_mrr_at_risk',
      help: 'Money per month that depends on participants that are inconsistent, by the last check or by what is open.',
      labelNames: ['environment', 'currency'],
      registers,
    }),
    lastCheck: new Gauge({
      name: 'jwtcheck_last_check_timestamp_seconds',
      help: 'When the last check ended, with any result; Unix time.',
      labelNames: ['environment'],
      registers,
    }),
    required: new Gauge({
      name: 'jwtcheck_participant_required',
      help: 'Whether the participant must be reachable: 0 for an optional one.',
      labelNames: ['environment', 'participant'],
      registers,
    }),
    incidents: new Gauge({
      name: 'jwtcheck_incident_open',
      help: 'Open incidents: drift, unreachable participants, degraded monitoring.',
      labelNames: ['environment', 'kind', 'level'],
      registers,
    }),
    notifierFailing: new Gauge({
      name: 'jwtcheck_notifier_failing',
      help: 'Whether the last try to send to it failed.',
      labelNames: ['notifier'],
      registers,
    }),
    writesSkipped: new Counter({
      name: 'jwtcheck_writes_skipped_total',
      help: 'Writes that failed or did not end within 5 s; they are repeated later where possible.',
      labelNames: ['target'],
      registers,
    }),
    reload: new Gauge({
      name: 'jwtcheck_config_reload_success',
      help: 'Whether the configuration could be read, the last time it was.',
      registers,
    }),
  };
}

/**
 * The standard process metrics of Prometheus, by their names. The client library has more, but promtool rejects some of
 * its names.
 */
function registerProcess(registry: Registry): void {
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
    collect() {
      const open = openDescriptors();
      if (open === null) this.reset();
      else this.set(open);
    },
  });
}

/** Read at once, without the threads that files are read in: a disk that does not answer may occupy all of them. */
function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
