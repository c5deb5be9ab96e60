// Turns names of the DSL into TypeScript identifiers.

/** `support-reply` → `supportReply`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** `support-reply` → `SupportReply`; a leading digit gets an underscore, other scripts are kept. */
export function pascalCase(name: string): string {
  const words = name.normalize('NFC').split(/[^\p{ID_Continue}$]+/u);
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[\p{ID_Start}$_]/u.test(joined) ? joined : `_${joined}`;
}

/** The name itself if it is free, else with the first number that makes it so. It is taken from then on. */
export function takeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}${/\d$/.test(name) ? '_' : ''}${count}`;
  taken.add(free);
  return free;
}
