// Characters that no file of a project may hold: they are invisible, steer the display, or show that the file is no UTF-8.

import type { Source } from '../../diagnostics/diagnostic.ts';
import { codePointName } from '../../diagnostics/display-text.ts';
import { fixOf } from './yaml-finding.ts';
import type { YamlFinding } from './yaml-finding.ts';

const byteOrderMark = '\uFEFF';

// NUL and other controls except tab and line ends; bidirectional controls; replacement characters from bad decoding.
const forbidden =
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]/g;

/** One finding per character, in their order; made as they are asked for, since a file that is no text holds many. */
export function* findForbiddenCharacters({ path, text }: Source): Generator<YamlFinding> {
  for (const match of text.matchAll(forbidden)) {
    if (match.index === 0 && match[0] === byteOrderMark) continue;
    yield describe(match[0], match.index, path);
  }
}

function describe(character: string, start: number, path: string): YamlFinding {
  const end = start + character.length;
  if (character === '\uFFFD') {
    return {
      code: 'yaml/not-utf8',
      message: 'The file is not valid UTF-8 here.',
      start,
      end,
      help: ['save the file as UTF-8'],
    };
  }
  const isDirection = /[\u202A-\u202E\u2066-\u2069]/.test(character);
  return {
    code: 'yaml/invisible-character',
    message: `There is an invisible ${isDirection ? 'direction-changing' : 'control'} character here: ${codePointName(character)}.`,
    start,
    end,
    help: ['remove it; where the character is wanted, write it as an escape in double quotes'],
    fixes: [fixOf('Remove the character.', 'maybe', path, [start, end], '')],
  };
}
