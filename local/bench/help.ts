/** What `npm run bench -- --help` prints; `{rows}` is replaced. */
export const help = `npm run bench -- [options]      measures on this machine, with its yardsticks in the same run, and prints a table

  --messages N       messages of the large day                         (default 200000; with --quick 10000)
  --mailboxes N      people of ours                                    (default 2000; with --quick 100)
  --only ROW,ROW     these rows only
  --quick            small and few: does everything work?
  --full             also what does not fit in a quarter of an hour (memory with 1,000,000 messages)
  --json FILE        writes the results there, too                     (always: .local/bench/latest.json)
  --profile DIR      a CPU profile of each measured process (node --cpu-prof), to be opened in a browser's developer tools

Nothing else should run meanwhile. docs/performance.md says what the rows mean and what bounds them.

Rows:
{rows}

Exit codes: 0 everything was measured, whatever it came to; 1 a row could not be measured; 2 the command line is wrong.
`;
