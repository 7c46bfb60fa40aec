import type { z } from "zod";
import type { YamlPath } from "../fault.ts";

/** What of a zod schema's definition is read here; a plug-in's schemas may come from a zod of its own. */
interface Definition {
  readonly type?: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly in?: Schema;
  readonly options?: readonly Schema[];
  readonly items?: readonly Schema[];
}
interface Schema {
  readonly _zod?: { readonly def: Definition };
  readonly description?: string | undefined;
  readonly meta?: () => { readonly deprecated?: boolean | undefined } | undefined;
}

/** Keys that the map at a path may have by its schema, without those that are only there to be refused; empty where any key may stand. */
export function knownKeys(schema: z.ZodType, path: YamlPath): string[] {
  const members = schemasAt(schema as Schema, path).flatMap((found) => Object.entries(definition(found).shape ?? {}));
  return [...new Set(members.filter(([, member]) => member.meta?.()?.deprecated !== true).map(([key]) => key))];
}

/** The description the schema at a path has, if it has one. */
export function describedAs(schema: z.ZodType, path: YamlPath): string | null {
  return schemasAt(schema as Schema, path).find((found) => found.description !== undefined)?.description ?? null;
}

/** Every map of the schema that has a key of this name, as paths without what lies under records: for misplaced keys. */
export function homesOf(schema: z.ZodType, key: string): string[] {
  const homes: string[] = [];
  const walk = (current: Schema, path: string): void => {
    for (const [name, member] of Object.entries(shapeOf(current))) {
      if (name === key && path !== "") homes.push(path);
      walk(member, path === "" ? name : `${path}.${name}`);
    }
  };
  walk(schema as Schema, "");
  return homes;
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  return Object.assign({}, ...unwrapped(schema).map((found) => definition(found).shape ?? {}));
}

function schemasAt(schema: Schema, path: YamlPath): Schema[] {
  const [part, ...rest] = path;
  if (part === undefined) return [schema, ...unwrapped(schema)];
  return unwrapped(schema).flatMap((found) => {
    const { shape, element, valueType, items } = definition(found);
    const member = shape !== undefined && Object.hasOwn(shape, part) ? shape[part] : undefined;
    const next = member ?? (typeof part === "number" ? (element ?? items?.[part]) : valueType);
    return next === undefined ? [] : schemasAt(next, rest);
  });
}

/** The schemas that really check: without optional, default and pipe around them, and each branch of a union. */
function unwrapped(schema: Schema): Schema[] {
  const { innerType, options, in: input } = definition(schema);
  if (innerType !== undefined) return unwrapped(innerType);
  if (input !== undefined) return unwrapped(input);
  if (options !== undefined) return options.flatMap(unwrapped);
  return [schema];
}

function definition(schema: Schema): Definition {
  return schema._zod?.def ?? {};
}
