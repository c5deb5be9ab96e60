// The commands, in the order in which help lists them. A command file costs little to load: what it needs to run, it
// imports when it runs.

import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { breakingCommand } from './breaking.ts';
import { buildCommand } from './build.ts';
import { checkCommand } from './check.ts';
import { devCommand } from './dev.ts';
import { evalCommand } from './eval.ts';
import { explainCommand } from './explain.ts';
import { fmtCommand } from './fmt.ts';
import { generateCommand } from './generate.ts';
import { initCommand } from './init.ts';
import { keyCommand } from './key.ts';
import { listCommand } from './list.ts';
import { lspCommand } from './lsp.ts';
import { mcpCommand } from './mcp.ts';
import { modelsCommand } from './models.ts';
import { renderCommand } from './render.ts';
import { replayCommand } from './replay.ts';
import { routeCommand } from './route.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { testCommand } from './test.ts';
import { topCommand } from './top.ts';
import { usageCommand } from './usage.ts';

export const commands: readonly ((host: CommandHost) => Command)[] = [
  initCommand,
  devCommand,
  checkCommand,
  explainCommand,
  fmtCommand,
  testCommand,
  evalCommand,
  breakingCommand,
  generateCommand,
  buildCommand,
  listCommand,
  modelsCommand,
  renderCommand,
  routeCommand,
  replayCommand,
  runCommand,
  serveCommand,
  mcpCommand,
  usageCommand,
  topCommand,
  keyCommand,
  lspCommand,
];
