// What the pages of `workspace/…` show is what is said of such a disk.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printText } from '../../src/diagnostics/print-text.ts';
import { folderDepthMax, sourceBytesMax } from '../../src/workspace/problems.ts';
import { createSourceReader } from '../../src/workspace/read-sources.ts';
import { testShownExamples } from '../support/shown-examples.ts';
import type { ShownExample } from '../support/shown-examples.ts';

interface Disk {
  write(path: string, text?: string): void;
  /** `target` counts from the folder that holds the project. */
  link(path: string, target: string): void;
}

testShownExamples('workspace', [
  shown('not-read', 'A capability with the other ending of YAML', (disk) => {
    disk.write('capabilities/team/greet.cap.yml');
    disk.write('capabilities/generated/openapi.yaml');
  }),
  shown('not-read', 'Schemas without the word', (disk) => {
    disk.write('schemas/common.yaml');
    disk.write('partials/notes.yaml');
  }),
  shown('outside-root', 'A partial that lies elsewhere on the disk', (disk) => {
    disk.write('../company/style.hbs');
    disk.link('partials/style.hbs', 'company/style.hbs');
  }),
  shown('outside-root', 'A folder that lies elsewhere on the disk', (disk) => {
    disk.write('../company/style.hbs');
    disk.link('partials/company', 'company');
  }),
  shown('too-deep', 'One folder too many', (disk) => {
    disk.write(`capabilities/${'a/'.repeat(folderDepthMax)}greet.cap.yaml`);
  }),
  shown('too-large', 'A book as a partial', (disk) => {
    disk.write('partials/handbook.hbs', 'a'.repeat(3 * sourceBytesMax));
  }),
  shown('too-many-sources', 'One capability too many', (disk) => {
    // Links to one folder stand for as many folders.
    for (let index = 0; index < 1000; index += 1) disk.write(`capabilities/a/c${index}.cap.yaml`);
    for (let index = 1; index < 20; index += 1) disk.link(`capabilities/b${index}`, 'project/capabilities/a');
  }),
  shown('unreadable', 'A link that leads nowhere', (disk) => {
    disk.write('partials/manners.hbs');
    disk.link('partials/style.hbs', 'project/partials/house-style.hbs');
  }),
  shown('unreadable', 'Links that lead to each other', (disk) => {
    disk.write('partials/manners.hbs');
    disk.link('partials/style.hbs', 'project/partials/tone.hbs');
    disk.link('partials/tone.hbs', 'project/partials/style.hbs');
  }),
]);

function shown(page: string, example: string, make: (disk: Disk) => void): ShownExample {
  return { page, example, said: () => saidOf(make) };
}

function saidOf(make: (disk: Disk) => void): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'capstan-disk-')));
  const root = join(folder, 'project');
  const disk: Disk = {
    write(path, text = '') {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    link(path, target) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(join(folder, target), join(root, path));
    },
  };
  try {
    disk.write('capstan.yaml');
    make(disk);
    const { sources, diagnostics } = createSourceReader(root).read();
    return printText(diagnostics, sources);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
