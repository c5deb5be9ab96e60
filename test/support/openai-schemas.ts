// OpenAI's published schemas, to hold what we send and receive against. They are data beside the project, not part of
// it: where they are absent, `openAiMistakes` finds nothing and says so once.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const file = resolve(import.meta.dirname, '../../../shared/data/openai-spec/openai-schemas.json');

/** For `test.skipIf` and for messages. */
export const openAiSchemasPresent = existsSync(file);

const ajv = openAiSchemasPresent ? loadSchemas() : undefined;
if (ajv === undefined)
  console.warn(`OpenAI's schemas are not at ${file}; the shape of messages is not checked.`);

export type OpenAiSchema =
  | 'CreateChatCompletionRequest'
  | 'CreateChatCompletionResponse'
  | 'CreateChatCompletionStreamResponse'
  | 'ErrorResponse'
  | 'ListModelsResponse'
  | 'Model'
  | 'CreateCompletionRequest'
  | 'CreateCompletionResponse'
  | 'CreateEmbeddingRequest'
  | 'CreateEmbeddingResponse'
  | 'CreateModerationRequest'
  | 'CreateModerationResponse'
  | 'CreateResponse'
  | 'CreateSpeechRequest'
  | 'CreateTranscriptionResponseJson'
  | 'ImagesResponse'
  | 'ListFilesResponse'
  | 'OpenAIFile'
  | 'Response'
  | 'ResponseStreamEvent';

/** What does not fit, one line each; empty when the value is right. */
export function openAiMistakes(schema: OpenAiSchema, value: unknown): string[] {
  if (ajv === undefined) return [];
  const validate = ajv.getSchema(`openai#/$defs/${schema}`);
  if (validate === undefined) throw new Error(`OpenAI's schemas have no ${schema}`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? error.keyword}`);
}

function loadSchemas(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, discriminator: false });
  const schemas = JSON.parse(readFileSync(file, 'utf8')) as { $defs: object };
  ajv.addSchema({ $defs: schemas.$defs }, 'openai');
  return ajv;
}
