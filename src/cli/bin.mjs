#!/usr/bin/env node
// The door: finds a Node that is new enough and starts the command line on it. Written so that an old Node can run it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const wantedMajor = 22;
const wantedMinor = 22;
const remedyVersion = '24.21.0';
/** Set for the process that is started on another Node, so that it never starts a third. */
const startedByDoor = 'CAPSTAN_STARTED_ON_NODE';

if (isNewEnough(process.versions.node)) {
  startWithLittleNewSpace();
  // Compiled code is kept between runs; what cannot be kept is compiled again.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  await import(pathToFileURL(mainFile()).href);
} else if (process.env[startedByDoor]) {
  fail(`Node ${process.versions.node} at ${process.execPath} is too old as well.`);
} else {
  const local = localNode(here) || localNode(process.cwd());
  if (local) startOn(local, []);
  else startOnNodeFromNpm();
}

function isNewEnough(version) {
  const parts = version.split('.').map(Number);
  return parts[0] > wantedMajor || (parts[0] === wantedMajor && parts[1] >= wantedMinor);
}

/**
 * A server makes much that is short-lived, and V8 lets the place for that grow to two or four times this size, which costs
 * memory (peak of a relay after 100,000 calls: 203 MB instead of 275) and gains nothing. V8 can be told only as it starts, so
 * the process begins anew in its own place; where that cannot be, or somebody has chosen already, it goes on as it is.
 */
function startWithLittleNewSpace() {
  const flag = '--max-semi-space-size';
  const chosen = process.execArgv.concat(process.env.NODE_OPTIONS || '').some((each) => each.includes(flag));
  const canBegin = process.execve && process.platform !== 'win32' && !process.send;
  if (process.argv[2] !== 'serve' || chosen || !canBegin) return;
  const words = [process.execPath, ...process.execArgv, `${flag}=16`, ...process.argv.slice(1)];
  try {
    process.execve(process.execPath, words, process.env);
  } catch {
    // Not permitted here.
  }
}

/** In the checkout this file is src/cli/bin.mjs beside main.ts; in the package the compiled file lies under dist/. */
function mainFile() {
  const source = join(here, 'main.ts');
  const runsSource = existsSync(source) && here.split(/[\\/]/).indexOf('node_modules') === -1;
  return runsSource ? source : resolve(here, '../../dist/src/cli/main.js');
}

/** A Node that is new enough and that npm installed as a package, in the nearest node_modules at or above a folder. */
function localNode(folder) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidate = join(folder, 'node_modules', 'node', 'bin', name);
  if (existsSync(candidate) && isNewEnough(versionOf(join(folder, 'node_modules', 'node')))) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : localNode(parent);
}

function versionOf(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return '0.0.0';
  }
}

function startOnNodeFromNpm() {
  process.stderr.write(
    `Capstan needs Node ${wantedMajor}.${wantedMinor} or newer; this is Node ${process.versions.node}.\n` +
      'To mend that for good, run `npm install node@24` in your project, or install a newer Node from https://nodejs.org.\n' +
      `For now, asking npm for Node ${remedyVersion} …\n`,
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  startOn(npm, ['exec', '--yes', `--package=node@${remedyVersion}`, '--', 'node']);
}

function startOn(command, leading) {
  // Windows starts .cmd files through its shell only, which splits arguments at spaces.
  const shell = command.endsWith('.cmd');
  const args = leading.concat(fileURLToPath(import.meta.url), process.argv.slice(2));
  const child = spawn(command, shell ? args.map(quotedForShell) : args, {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { [startedByDoor]: '1' }),
    shell,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // The terminal sends SIGINT to the child as well; listening keeps this process until the child has ended.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`${command} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function quotedForShell(argument) {
  return `"${argument.replace(/"/g, String.raw`\"`)}"`;
}

function fail(message) {
  process.stderr.write(
    `${message}\nCapstan needs Node ${wantedMajor}.${wantedMinor} or newer: run \`npm install node@24\` in your project, or install one from https://nodejs.org.\n`,
  );
  process.exit(2);
}
