// Components of a directed graph, and shortest paths in it. Iterative: no graph can exhaust the call stack.

/** For each node the number of its component; a component comes before those that lead to it. */
export function componentsOf(
  count: number,
  next: (node: number) => Iterable<number>,
): { readonly of: readonly number[]; readonly count: number } {
  const index = Array.from({ length: count }, () => -1);
  const low = Array.from({ length: count }, () => 0);
  const component = Array.from({ length: count }, () => -1);
  const open: number[] = [];
  let [visited, components] = [0, 0];
  for (let root = 0; root < count; root += 1) {
    if (index[root] !== -1) continue;
    const path: { readonly node: number; readonly rest: Iterator<number> }[] = [];
    const enter = (node: number): void => {
      index[node] = low[node] = visited++;
      open.push(node);
      path.push({ node, rest: next(node)[Symbol.iterator]() });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node, rest } = top;
      const step = rest.next();
      if (step.done !== true) {
        if (index[step.value] === -1) enter(step.value);
        else if (component[step.value] === -1) low[node] = Math.min(at(low, node), at(index, step.value));
        continue;
      }
      path.pop();
      const parent = path.at(-1)?.node;
      if (parent !== undefined) low[parent] = Math.min(at(low, parent), at(low, node));
      if (low[node] !== index[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components;
        if (member === node) break;
      }
      components += 1;
    }
  }
  return { of: component, count: components };
}

/** A shortest word along the way from any of `starts` to a node that is a `goal`; undefined when there is none. */
export function shortestWord<Node>(
  starts: readonly (readonly [node: Node, word: string])[],
  next: (node: Node) => Iterable<readonly [node: Node, character: string]>,
  isGoal: (node: Node) => boolean,
  keyOf: (node: Node) => number,
  spend: () => boolean,
): { readonly word: string; readonly goal: Node; readonly origin: Node } | undefined {
  interface Visit {
    readonly node: Node;
    readonly origin: Node;
    readonly before?: Visit;
    readonly read: string;
  }
  const seen = new Set<number>();
  const waiting: Visit[] = [];
  const visit = (each: Visit): void => {
    const key = keyOf(each.node);
    if (seen.has(key)) return;
    seen.add(key);
    waiting.push(each);
  };
  for (const [node, read] of starts) visit({ node, origin: node, read });
  for (let position = 0; position < waiting.length; position += 1) {
    const current = waiting[position] as Visit;
    if (isGoal(current.node)) {
      let word = '';
      for (let back: Visit | undefined = current; back !== undefined; back = back.before)
        word = back.read + word;
      return { word, goal: current.node, origin: current.origin };
    }
    if (!spend()) return undefined;
    for (const [node, read] of next(current.node))
      visit({ node, origin: current.origin, before: current, read });
  }
  return undefined;
}

function at(list: readonly number[], position: number): number {
  return list[position] ?? 0;
}
