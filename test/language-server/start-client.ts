// A real editor's side of the protocol: `capstan lsp` as a process of its own, spoken to over its standard streams.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  Hover,
  Location,
  Position,
  PublishDiagnosticsParams,
  TextEdit,
} from 'vscode-languageserver-protocol';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import type { SampleProject } from '../cli/sample-project.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

export interface Client {
  /** Opens a document with the text on disk, or another; resolves with the findings that follow. */
  open(path: string, text?: string): Promise<readonly Diagnostic[]>;
  /** Types: the whole new text; resolves with the findings that follow. */
  type(path: string, text: string): Promise<readonly Diagnostic[]>;
  /** The findings of a file when they are told next. */
  next(path: string): Promise<readonly Diagnostic[]>;
  complete(path: string, position: Position): Promise<readonly CompletionItem[]>;
  hover(path: string, position: Position): Promise<Hover | null>;
  define(path: string, position: Position): Promise<Location | null>;
  actions(path: string, position: Position): Promise<readonly CodeAction[]>;
  format(path: string): Promise<readonly TextEdit[]>;
  notify(method: string, params: object): Promise<void>;
  uri(path: string): string;
  /** Shuts down in order; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Ends with the test, or when `whenDone` calls. */
export async function startClient(
  project: SampleProject,
  whenDone: (clean: () => void) => void = onTestFinished,
): Promise<Client> {
  const child = spawn(process.execPath, [main, 'lsp', '--stdio'], {
    cwd: project.root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map<string, ((diagnostics: readonly Diagnostic[]) => void)[]>();
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: PublishDiagnosticsParams) => {
      for (const resolve of waiting.get(uri) ?? []) resolve(diagnostics);
      waiting.delete(uri);
    },
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  whenDone(() => {
    connection.dispose();
    child.kill('SIGKILL');
  });

  const uri = (path: string): string => pathToFileURL(join(project.root, path)).href;
  const next = (path: string): Promise<readonly Diagnostic[]> =>
    new Promise((resolve) => waiting.set(uri(path), [...(waiting.get(uri(path)) ?? []), resolve]));
  const at = (path: string, position: Position): object => ({ textDocument: { uri: uri(path) }, position });
  let version = 0;

  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(project.root).href,
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
  });
  await connection.sendNotification('initialized', {});
  return {
    uri,
    next,
    async open(path, text = project.read(path)) {
      const told = next(path);
      version += 1;
      const textDocument = { uri: uri(path), languageId: 'yaml', version, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
      return told;
    },
    async type(path, text) {
      const told = next(path);
      version += 1;
      const textDocument = { uri: uri(path), version };
      await connection.sendNotification('textDocument/didChange', {
        textDocument,
        contentChanges: [{ text }],
      });
      return told;
    },
    async complete(path, position) {
      return (
        (await connection.sendRequest<CompletionItem[] | null>(
          'textDocument/completion',
          at(path, position),
        )) ?? []
      );
    },
    hover: (path, position) => connection.sendRequest('textDocument/hover', at(path, position)),
    define: (path, position) => connection.sendRequest('textDocument/definition', at(path, position)),
    async actions(path, position) {
      const range = { start: position, end: position };
      const params = { textDocument: { uri: uri(path) }, range, context: { diagnostics: [] } };
      return (await connection.sendRequest<CodeAction[] | null>('textDocument/codeAction', params)) ?? [];
    },
    async format(path) {
      const params = { textDocument: { uri: uri(path) }, options: { tabSize: 2, insertSpaces: true } };
      return (await connection.sendRequest<TextEdit[] | null>('textDocument/formatting', params)) ?? [];
    },
    notify: (method, params) => connection.sendNotification(method, params),
    async stop() {
      const exit = once(child, 'exit') as Promise<[number | null]>;
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      return (await exit)[0];
    },
  };
}

/** The text without its `‸`, and where it was. */
export function cursorIn(text: string): { readonly text: string; readonly position: Position } {
  const at = text.indexOf('‸');
  if (at < 0) throw new Error('the text has no cursor ‸');
  const lines = text.slice(0, at).split('\n');
  return {
    text: text.replace('‸', ''),
    position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
  };
}
