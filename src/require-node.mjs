// The guard in front of every npm script: says clearly what is missing when npm could not bring Node 24.
// Plain JavaScript without modern syntax, so that an old Node can run it far enough to print the sentence.
var parts = process.versions.node.split('.');
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    'Capstan needs Node 22.22 or newer; this script runs on Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'In this repository npm installs Node 24 by itself: run `npm ci` and use the npm scripts (`npm test`, `npm start`).\n' +
      'If that was done, install scripts are switched off for npm: run `npm rebuild node`, then try again.\n',
  );
  process.exit(2);
}
