import { useState } from "preact/hooks";
import {
  type Document,
  type Entry,
  fieldsOf,
  jsonSchema,
  limits,
  type Parameter,
  resolve,
  type Schema,
  typeWords,
} from "./openapi.ts";
import { t } from "./text.ts";

const DEPTH = 6;

export function OperationCard({ document, entry }: { document: Document; entry: Entry }) {
  const { id, method, path, operation } = entry;
  const [open, setOpen] = useState(location.hash === `#${id}`);
  const body = jsonSchema(operation.requestBody?.content);
  return (
    <details
      class="card operation"
      id={id}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid="operation"
    >
      <summary>
        <span class={`method ${method}`}>{method.toUpperCase()}</span>
        <code class="path">{path}</code>
        {operation.deprecated === true && <span class="badge warn">{t("deprecated")}</span>}
        <span class="small muted">{operation.summary}</span>
      </summary>
      {open && (
        <div class="operation-body">
          {operation.description !== undefined && operation.description !== operation.summary && (
            <p>{operation.description}</p>
          )}
          {operation.parameters !== undefined && operation.parameters.length > 0 && (
            <Parameters document={document} all={operation.parameters} />
          )}
          {body !== undefined && (
            <>
              <h3>{t("body")}</h3>
              <SchemaView document={document} schema={body} depth={0} />
            </>
          )}
          <h3>{t("responses")}</h3>
          {Object.entries(operation.responses ?? {}).map(([status, response]) => (
            <Response
              key={status}
              document={document}
              status={status}
              text={response.description ?? ""}
              schema={jsonSchema(response.content)}
            />
          ))}
        </div>
      )}
    </details>
  );
}

function Parameters({ document, all }: { document: Document; all: Parameter[] }) {
  return (
    <>
      <h3>{t("parameters")}</h3>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("name")}</th>
              <th scope="col">{t("place")}</th>
              <th scope="col">{t("type")}</th>
              <th scope="col">{t("description")}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((parameter) => (
              <tr key={parameter.in + parameter.name}>
                <th scope="row">
                  <code>{parameter.name}</code>
                  {parameter.required === true && <span class="small muted"> {t("required")}</span>}
                </th>
                <td>{parameter.in}</td>
                <td>
                  {typeWords(document, parameter.schema)}{" "}
                  <span class="small muted">{limits(parameter.schema ?? {})}</span>
                </td>
                <td>{parameter.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface ResponseProps {
  document: Document;
  status: string;
  text: string;
  schema: Schema | undefined;
}

function Response({ document, status, text, schema }: ResponseProps) {
  return (
    <div class="response">
      <p>
        <code class={status.startsWith("2") ? "status ok" : "status"}>{status}</code> {text}{" "}
        {schema === undefined && <span class="muted small">{t("noBody")}</span>}
      </p>
      {schema !== undefined && status.startsWith("2") && <SchemaView document={document} schema={schema} depth={0} />}
    </div>
  );
}

interface SchemaProps {
  document: Document;
  schema: Schema;
  depth: number;
}

/** Fields of an object; those of objects within open on demand. */
function SchemaView({ document, schema, depth }: SchemaProps) {
  const { schema: meant } = resolve(document, schema);
  if (meant.items !== undefined) return <SchemaView document={document} schema={meant.items} depth={depth} />;
  const { properties, required } = fieldsOf(document, schema);
  if (properties.length === 0) return <p class="small">{typeWords(document, schema)}</p>;
  return (
    <ul class="fields">
      {properties.map(([name, property]) => (
        <li key={name}>
          <code>{name}</code> <span class="small">{typeWords(document, property)}</span>
          {required.has(name) && <span class="badge">{t("required")}</span>}
          <span class="small muted">
            {" "}
            {limits(property)} {property.description ?? resolve(document, property).schema.description}
          </span>
          {depth < DEPTH && <Nested document={document} schema={property} depth={depth + 1} />}
        </li>
      ))}
    </ul>
  );
}

function Nested({ document, schema, depth }: SchemaProps) {
  const [open, setOpen] = useState(false);
  const { schema: meant } = resolve(document, schema);
  const inner = meant.items ?? schema;
  if (fieldsOf(document, inner).properties.length === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="small">{typeWords(document, inner)}</summary>
      {open && <SchemaView document={document} schema={inner} depth={depth} />}
    </details>
  );
}
