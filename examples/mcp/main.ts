// Capabilities as tools of the Model Context Protocol, called with the protocol's own client. Start the server first
// (`npm start`), then: node examples/mcp/main.ts
// CAPSTAN_URL names another server, CAPSTAN_API_KEY the key that it may ask for.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const url = process.env['CAPSTAN_URL'] ?? 'http://127.0.0.1:4700';
const key = process.env['CAPSTAN_API_KEY'];

const client = new Client(
  { name: 'example', version: '1.0.0' },
  {
    versionNegotiation: { mode: 'auto' },
    // A save that changes the contracts is told to who listens.
    listChanged: { tools: { onChanged: () => console.log('changed   the tools are others now') } },
  },
);
const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));

const { tools } = await client.listTools();
for (const { name, title } of tools) console.log('tool     ', name, '·', title);

const result = await client.callTool({
  name: 'summarize',
  arguments: { document: 'Rents rose 4% last year. Wages rose 2%.' },
});
console.log('answer   ', JSON.stringify(result.structuredContent));

const refused = await client.callTool({ name: 'summarize', arguments: { document: '' } });
console.log('refused  ', JSON.stringify(refused.content));

await client.close();
