// The language server: documents in, diagnostics out, and answers at the cursor. It knows the protocol and the disk; what is
// right and wrong it asks the compiler.

import { dirname } from 'node:path';
import type { Connection, FileEvent, InitializeResult } from 'vscode-languageserver/node';
import {
  CodeActionKind,
  createConnection,
  DidChangeWatchedFilesNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { formatSource } from '../compiler/format-source.ts';
import type { Compilation } from '../compiler/compile.ts';
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import { findProjectRoot } from '../workspace/find-project-root.ts';
import { codeActionsAt } from './code-actions.ts';
import { completionsAt } from './completion.ts';
import { definitionAt } from './definition.ts';
import { hoverAt } from './hover.ts';
import { openProject } from './open-project.ts';
import type { OpenProject, ProjectView } from './open-project.ts';
import { fileOf, offsetOf, pathBelow, rangeOf, uriOf } from './positions.ts';
import { diagnosticsByPath } from './publish.ts';

export interface LanguageServerOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly version: string;
  /** A compiler that remembers, one for each project. */
  readonly createCompiler: () => (sources: readonly Source[], found: readonly Diagnostic[]) => Compilation;
}

/** Serves until the client says `exit` or goes away; resolves with whether it said `shutdown` before. */
export function startLanguageServer(options: LanguageServerOptions): Promise<boolean> {
  const connection = createConnection(options.input, options.output);
  const projects = new Map<string, OpenProject>();
  const published = new Map<string, Set<string>>();
  const waiting = new Set<string>();
  const ended = Promise.withResolvers<boolean>();
  let isShutDown = false;

  const projectOf = (root: string): OpenProject => {
    const project = projects.get(root) ?? openProject(root, options.createCompiler());
    projects.set(root, project);
    return project;
  };
  const publish = (root: string): void => {
    const view = projectOf(root).update();
    const byPath = diagnosticsByPath(view);
    const stale = [...(published.get(root) ?? [])].filter((path) => !byPath.has(path));
    for (const path of stale) void connection.sendDiagnostics({ uri: uriOf(root, path), diagnostics: [] });
    for (const [path, diagnostics] of byPath)
      void connection.sendDiagnostics({ uri: uriOf(root, path), diagnostics: [...diagnostics] });
    published.set(root, new Set(byPath.keys()));
  };
  /** Several changes in one turn are looked at once. */
  const look = (root: string): void => {
    if (waiting.has(root)) return;
    waiting.add(root);
    setImmediate(() => {
      waiting.delete(root);
      publish(root);
    });
  };
  const setText = (uri: string, text: string | undefined): void => {
    const at = placeOf(uri);
    if (at === undefined) return;
    projectOf(at.root).setText(at.path, text);
    look(at.root);
  };
  const answer = <T>(uri: string, ask: (view: ProjectView, path: string) => T): T | null => {
    const at = placeOf(uri);
    if (at === undefined) return null;
    const project = projectOf(at.root);
    const view = waiting.has(at.root) ? project.update() : project.view;
    return view.sources.has(at.path) ? ask(view, at.path) : null;
  };

  connection.onInitialize(() => describe(options.version));
  connection.onInitialized(() => void watchFiles(connection));
  connection.onDidOpenTextDocument(({ textDocument: { uri, text } }) => setText(uri, text));
  connection.onDidChangeTextDocument(({ textDocument: { uri }, contentChanges }) => {
    const whole = contentChanges.at(-1);
    if (whole !== undefined) setText(uri, whole.text);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => setText(uri, undefined));
  connection.onDidChangeWatchedFiles(({ changes }) => changedRoots(changes).forEach(look));

  connection.onCompletion(({ textDocument: { uri }, position }) =>
    answer(uri, (view, path) => completionsAt(view, path, offsetOf(view.indexOf(path), position))),
  );
  connection.onHover(({ textDocument: { uri }, position }) =>
    answer(uri, (view, path) => hoverAt(view, path, offsetOf(view.indexOf(path), position)) ?? null),
  );
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    answer(uri, (view, path) => definitionAt(view, path, offsetOf(view.indexOf(path), position)) ?? null),
  );
  connection.onCodeAction(({ textDocument: { uri }, range }) =>
    answer(uri, (view, path) => codeActionsAt(view, path, range)),
  );
  connection.onDocumentFormatting(({ textDocument: { uri } }) =>
    answer(uri, (view, path) => formattingOf(view, path)),
  );

  connection.onShutdown(() => {
    isShutDown = true;
  });
  connection.onExit(() => ended.resolve(isShutDown));
  options.input.once('end', () => ended.resolve(isShutDown));
  connection.listen();
  return ended.promise;
}

function placeOf(uri: string): { readonly root: string; readonly path: string } | undefined {
  const file = fileOf(uri);
  const root = file === undefined ? undefined : findProjectRoot(dirname(file));
  if (file === undefined || root === undefined) return undefined;
  const path = pathBelow(root, file);
  return path === undefined ? undefined : { root, path };
}

function changedRoots(changes: readonly FileEvent[]): ReadonlySet<string> {
  return new Set(changes.flatMap(({ uri }) => placeOf(uri)?.root ?? []));
}

function describe(version: string): InitializeResult {
  return {
    serverInfo: { name: 'capstan', version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Full },
      completionProvider: { triggerCharacters: ['{', '.', '@', '>', '#', ' ', '/', ':'] },
      hoverProvider: true,
      definitionProvider: true,
      documentFormattingProvider: true,
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, `${CodeActionKind.SourceFixAll}.capstan`],
      },
    },
  };
}

/** Files that other programs change. A client that cannot watch says so, and then sees changes when it types. */
async function watchFiles(connection: Connection): Promise<void> {
  try {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: ['**/capstan.yaml', '**/*.cap.yaml', '**/*.schema.yaml', '**/*.hbs'].map((globPattern) => ({
        globPattern,
      })),
    });
  } catch {
    connection.console.info('This client does not watch files.');
  }
}

function formattingOf(view: ProjectView, path: string) {
  const source = view.sources.get(path);
  const text = source && path.endsWith('.yaml') ? formatSource(source) : undefined;
  if (source === undefined || text === undefined || text === source.text) return [];
  return [{ range: rangeOf(view.indexOf(path), 0, source.text.length), newText: text }];
}
