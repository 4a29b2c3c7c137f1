import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Lists the skipped tests with the reasons that they gave: `context.skip(condition, 'needs …')`. A test without a
 * reason fails the run, because its absence would go unnoticed.
 */
export class SkippedTests implements Reporter {
  #byName = false;

  onInit({ config }: Vitest): void {
    this.#byName = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // Tests excluded by a name filter are skipped, too.
    if (this.#byName) return;
    const lines: string[] = [];
    let unexplained = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state !== 'skipped') continue;
        if (result.note === undefined) unexplained += 1;
        lines.push(`  ${module.relativeModuleId} > ${test.fullName}: ${result.note ?? 'NO REASON GIVEN'}`);
      }
    }
    if (lines.length > 0) process.stdout.write(`\nSkipped tests:\n${lines.join('\n')}\n`);
    if (unexplained === 0) return;
    process.stdout.write(`${unexplained} skipped without a reason: call context.skip(condition, reason)\n`);
    process.exitCode = 1;
  }
}
