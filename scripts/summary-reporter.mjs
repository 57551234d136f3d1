/** A vitest reporter: every skipped test with its reason, then one plain line of counts. */
export default class SummaryReporter {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const skipped = [];
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        count[state === 'pending' ? 'skipped' : state]++;
        if (state === 'skipped') skipped.push(`  ${test.fullName}${note ? ` (${note})` : ''}`);
      }
    }
    console.log(
      skipped.length === 0 ? 'No test was skipped.' : `Skipped, with the reason in brackets:\n${skipped.join('\n')}`,
    );
    console.log(`\ntests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
