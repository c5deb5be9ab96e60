// Which files of a project are sources, by path alone. One table, read by the reader and by the watcher alike.

/** Folder at the root → endings of the sources below it. `capstan.yaml` at the root is a source as well. */
const sourceFolders: { readonly [folder: string]: readonly string[] } = {
  capabilities: ['.cap.yaml', '.hbs', '/quality.json'],
  partials: ['.hbs'],
  schemas: ['.schema.yaml'],
};

/** The file that makes a folder a project. */
export const projectFileName = 'capstan.yaml';

/** The folders at the root that can hold sources, in name order. */
export const sourceFolderNames: readonly string[] = Object.keys(sourceFolders);

/** Whether the file at `path` (relative to the root, with `/`) is a source. */
export function isSourcePath(path: string): boolean {
  if (path === projectFileName) return true;
  const [folder = '', ...rest] = path.split('/');
  const endings = Object.hasOwn(sourceFolders, folder) ? sourceFolders[folder] : undefined;
  if (endings === undefined || rest.length === 0) return false;
  return endings.some((ending) => path.endsWith(ending)) && !rest.slice(0, -1).some(isSkippedFolder);
}

/** How the name of a YAML file would have to end to be a source where it lies; undefined when it is one, or none is due. */
export function missedEnding(path: string): string | undefined {
  if (!/\.ya?ml$/.test(path) || isSourcePath(path)) return undefined;
  const [folder = '', ...rest] = path.split('/');
  if (rest.length === 0 || rest.some(isSkippedFolder) || !Object.hasOwn(sourceFolders, folder))
    return undefined;
  return sourceFolders[folder]?.find((ending) => ending.endsWith('.yaml'));
}

/** Whether sources may lie in or below the folder at `path`; the root itself is the empty path. */
export function mayHoldSources(path: string): boolean {
  if (path === '') return true;
  const [folder = '', ...rest] = path.split('/');
  return Object.hasOwn(sourceFolders, folder) && !rest.some(isSkippedFolder);
}

/** Folders that hold no sources wherever they are: installed packages, generated code, and hidden ones. */
function isSkippedFolder(name: string): boolean {
  return name === 'node_modules' || name === 'generated' || name.startsWith('.');
}
