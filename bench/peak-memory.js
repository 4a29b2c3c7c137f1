// Runs jwtcheck in this process and tells, last of all on standard error, its peak resident memory in KiB.
import { main } from '../dist/main.js';

process.exitCode = await main(process);
process.stderr.write(`peak resident KiB: ${process.resourceUsage().maxRSS}\n`);
