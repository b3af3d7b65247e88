import { useEffect, useMemo, useState } from "preact/hooks";
import { byTag, type Document, type Entry } from "./openapi.ts";
import { OperationCard } from "./operation.tsx";
import { t } from "./text.ts";

export function App() {
  const [document, setDocument] = useState<Document | undefined>();
  const [problem, setProblem] = useState("");
  const [search, setSearch] = useState("");
  const load = () => {
    setProblem("");
    fetch("/openapi.json")
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
      .then((json) => setDocument(json as Document))
      .catch((error: Error) => setProblem(error.message));
  };
  useEffect(load, []);
  return (
    <div class="docs">
      <header class="docs-head">
        <h1>{document?.info?.title ?? t("title")}</h1>
        <p class="muted">
          {document?.info?.version !== undefined && <>{t("version", { version: document.info.version })} · </>}
          {t("intro")} <a href="/openapi.json">/openapi.json</a>
        </p>
      </header>
      {problem !== "" && (
        <div class="notice bad" role="alert">
          <span class="grow">{t("failed", { problem })}</span>
          <button type="button" class="button" onClick={load}>
            {t("tryAgain")}
          </button>
        </div>
      )}
      {document === undefined && problem === "" && <p role="status">{t("loading")}</p>}
      {document !== undefined && <Contents document={document} search={search} onSearch={setSearch} />}
    </div>
  );
}

interface ContentsProps {
  document: Document;
  search: string;
  onSearch: (search: string) => void;
}

function Contents({ document, search, onSearch }: ContentsProps) {
  const groups = useMemo(() => byTag(document, t("other")), [document]);
  const shown = [...groups]
    .map(([tag, entries]): [string, Entry[]] => [tag, entries.filter((entry) => matches(entry, search))])
    .filter(([, entries]) => entries.length > 0);
  useEffect(() => {
    // The address may name an operation that exists only now.
    globalThis.document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [document]);
  return (
    <>
      <section class="card part">
        <h2>{t("signIn")}</h2>
        <p>{t("signInText")}</p>
      </section>
      <input
        class="input"
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        value={search}
        onInput={(event) => onSearch(event.currentTarget.value)}
        data-testid="search"
      />
      <nav class="tags" aria-label={t("operations")}>
        {shown.map(([tag, entries]) => (
          <a key={tag} href={`#tag-${slug(tag)}`} class="badge accent">
            {tag} {entries.length}
          </a>
        ))}
      </nav>
      {shown.length === 0 && <p>{t(groups.size === 0 ? "nothing" : "noMatch")}</p>}
      {shown.map(([tag, entries]) => (
        <section key={tag} class="group" id={`tag-${slug(tag)}`}>
          <h2>{tag}</h2>
          {entries.map((entry) => (
            <OperationCard key={entry.id} document={document} entry={entry} />
          ))}
        </section>
      ))}
    </>
  );
}

function slug(tag: string): string {
  return tag.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function matches({ method, path, operation }: Entry, search: string): boolean {
  const text = `${method} ${path} ${operation.operationId} ${operation.summary} ${operation.description}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
