// One model has many names: with a vendor before it, a region, a date or a revision behind it. What is left without them is
// the same wherever it is served, so that what was measured at one provider is known at all.

const REVISION = /-v\d+:\d+$|-v1$/;
const VARIANT = /:[a-z0-9-]+$/;
const DATE = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;
const REGION_AND_VENDOR = /^(?:(?:us|eu|apac|au|ca|jp|global|us-gov)\.)?[a-z0-9]+\.(?=[a-z][a-z0-9]*-)/;

/** `us.acme.big-4-5-20250929-v1:0`, `acme/big-4.5` and `big-4-5` → `big-4-5`. */
export function identityOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const bare = last.replace(REVISION, '').replace(VARIANT, '').replace(DATE, '');
  return bare.replace(REGION_AND_VENDOR, '').replaceAll('.', '-');
}
