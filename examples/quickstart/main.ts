// A capability over plain HTTP. Start the server first (`npm start`), then: node examples/quickstart/main.ts
// CAPSTAN_URL names another server, CAPSTAN_API_KEY the key that it may ask for.

const url = process.env['CAPSTAN_URL'] ?? 'http://127.0.0.1:4700';
const key = process.env['CAPSTAN_API_KEY'];

const response = await fetch(`${url}/v1/capabilities/summarize`, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  },
  body: JSON.stringify({ input: { document: 'Rents rose 4% last year. Wages rose 2%.' } }),
});
console.log(response.status, response.headers.get('x-capstan-model'));
console.log(JSON.stringify(await response.json(), null, 2));
process.exitCode = response.ok ? 0 : 1;
