// The option that says where usage records are kept. Apart from what opens them, so that `--help` loads no database.

/** Below the root of the project, in the folder that is not for version control. */
export const defaultUsageFile = '.capstan/usage.sqlite';

/** What the option takes to keep nothing on the disk. */
export const inMemory = 'memory';

export const usageOption = [
  '--usage <file>',
  `the file of usage records, or "${inMemory}" to keep none (default: ${defaultUsageFile} of the project)`,
] as const;
