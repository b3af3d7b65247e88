/** Texts of one page in one language. `{name}` stands for a value. */
export type Catalog = Record<string, string>;
export type Values = Record<string, string | number>;

/** Looks texts up by key; a key that is not in the catalog does not compile. */
export function translator<Texts extends Catalog>(texts: Texts): (key: keyof Texts, values?: Values) => string {
  return (key, values) => fill(texts[key] ?? String(key), values);
}

function fill(text: string, values: Values | undefined): string {
  if (values === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
