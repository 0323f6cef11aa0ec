import { DefaultLogger, Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from '../platform/log.ts';

/**
 * Installs the SDK's runtime of this process: its log lines go to ours, signals are handled by `worker/main.ts`. Before
 * anything else of the SDK, once a process; `metricsPort` serves the SDK's Prometheus metrics.
 */
export function installRuntime(log: Logger, options: { metricsPort?: number } = {}): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => log[pinoLevel(level)](plain(meta), message)),
    telemetryOptions: {
      logging: { filter: 'temporalio_sdk_core=WARN', forward: {} },
      ...(options.metricsPort ? { metrics: { prometheus: { bindAddress: `127.0.0.1:${options.metricsPort}` } } } : {}),
    },
  });
}

function pinoLevel(level: LogLevel): 'debug' | 'info' | 'warn' | 'error' {
  switch (level) {
    case 'TRACE':
    case 'DEBUG':
      return 'debug';
    case 'INFO':
      return 'info';
    case 'WARN':
      return 'warn';
    case 'ERROR':
      return 'error';
  }
}

function plain(meta: LogMetadata | undefined): Record<string, unknown> {
  const { error, ...rest } = meta ?? {};
  return error === undefined ? rest : { ...rest, err: error };
}
