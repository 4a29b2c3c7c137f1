// Runs jwtcheck in this process and tells, last of all on standard error, its peak resident memory in KiB.
process.once('exit', () => process.stderr.write(`peak resident KiB: ${process.resourceUsage().maxRSS}\n`));
await import('../bin/jwtcheck.js');
