//! The JSON schema of `protogov.toml` and its reference in Markdown, made from the types that read it.

use std::fmt::Write;

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::protogov_toml::ProtogovToml;
use super::{Level, Registry};
use crate::checks::{Catalogue, Dialect, RuleKind, RuleOptions};

/// The JSON schema, pretty-printed, with a line break at the end.
pub fn json_schema(registry: &Registry) -> String {
    let schema = Value::Object(schema(registry));
    // A value made of strings, numbers and maps can always be printed.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn schema(registry: &Registry) -> Map<String, Value> {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = false);
    let mut generator = SchemaGenerator::new(settings);
    let rules = rules_schema(&mut generator, registry);
    let mut schema: Schema = generator.into_root_schema_for::<ProtogovToml>();
    let object = schema.ensure_object();
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.insert("rules".to_owned(), rules);
    }
    object.clone()
}

/// `[rules]`: a level or a table for each id, a level for each category.
fn rules_schema(generator: &mut SchemaGenerator, registry: &Registry) -> Value {
    let level = generator.subschema_for::<Level>().to_value();
    let options = SchemaGenerator::new(SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
    }))
    .into_root_schema_for::<RuleOptions>()
    .to_value();
    let mut properties = Map::new();
    for kind in [RuleKind::Lint, RuleKind::Breaking] {
        let catalogue = Catalogue::new(kind, Dialect::Protogov, registry.of(kind));
        for category in catalogue.categories() {
            properties.insert(category.to_owned(), level.clone());
        }
        for rule in catalogue.ids() {
            let mut own = Map::new();
            own.insert("severity".to_owned(), level.clone());
            let known = &options["properties"][rule.as_str()]["properties"];
            if let Value::Object(known) = known {
                own.extend(known.clone());
            }
            let table = json!({"type": "object", "properties": own, "additionalProperties": false});
            properties.insert(rule.as_str().to_owned(), json!({"anyOf": [level, table]}));
        }
    }
    json!({
        "description": "What rules and categories weigh, and the options of rules. A rule that is given a severity is \
                        on, or `\"off\"`; a category's severity counts for those of its rules that are on.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The reference of all keys, in Markdown.
pub fn reference(registry: &Registry) -> String {
    let schema = Value::Object(schema(registry));
    let mut text = String::from(
        "# Configuration\n\n\
         <!-- Generated from the types that read the file; `UPDATE=1 cargo test --test it config` writes it. -->\n\n\
         `protogov` reads the nearest `protogov.toml` in the directory of its input or above it. Where there is none, it\n\
         reads `buf.yaml` (v1beta1, v1, v2) and `buf.work.yaml` as they stand. `protogov config show FILE` prints what is\n\
         in force for a file and where each value comes from; `protogov init --from buf.yaml` translates.\n\n\
         Unknown keys, unknown rules and paths that leave the directory of the file are errors. A\n\
         [JSON schema](protogov.schema.json) lets editors complete and check the file.\n",
    );
    let mut reference = Reference {
        schema: &schema,
        text: &mut text,
    };
    reference.table("", "Top level", &schema);
    text
}

/// Writes a section per table.
struct Reference<'a> {
    schema: &'a Value,
    text: &'a mut String,
}

impl<'a> Reference<'a> {
    fn table(&mut self, path: &str, title: &str, table: &'a Value) {
        let _ = write!(self.text, "\n## {title}\n\n");
        if let (Some(description), false) = (description(table), path.is_empty()) {
            let _ = write!(self.text, "{description}\n\n");
        }
        let Some(properties) = table["properties"].as_object() else {
            return;
        };
        self.text
            .push_str("| key | value | meaning |\n|---|---|---|\n");
        let mut inner = Vec::new();
        for (key, property) in properties {
            let (kind, table) = self.kind(property);
            let meaning = description(property)
                .or_else(|| table.and_then(description))
                .unwrap_or_default();
            let _ = writeln!(self.text, "| `{key}` | {kind} | {meaning} |");
            if let Some(table) = table {
                inner.push((key, kind, table));
            }
        }
        for (key, kind, table) in inner {
            if key == "rules" && path.is_empty() {
                self.options(table);
                continue;
            }
            // A module's own tables have the keys of the file's.
            if path.is_empty() {
                let title = if kind.starts_with("list") {
                    format!("`[[{key}]]`")
                } else {
                    format!("`[{key}]`")
                };
                self.table(key, &title, table);
            }
        }
    }

    /// The options of single rules.
    fn options(&mut self, rules: &'a Value) {
        let _ = write!(
            self.text,
            "\n## `[rules]`\n\n{}\n\n\
             ```toml\n[rules]\nCOMMENTS = \"warning\"\nENUM_VALUE_PREFIX = \"off\"\n\n\
             [rules.SERVICE_SUFFIX]\nseverity = \"error\"\nsuffix = \"API\"\n```\n\n\
             Every rule takes `severity`. These have options of their own:\n\n\
             | rule | option | value | default | meaning |\n|---|---|---|---|---|\n",
            description(rules).unwrap_or_default()
        );
        let Some(properties) = rules["properties"].as_object() else {
            return;
        };
        for (rule, property) in properties {
            let Some(options) = property["anyOf"][1]["properties"].as_object() else {
                continue;
            };
            for (option, value) in options.iter().filter(|(option, _)| *option != "severity") {
                let (kind, _) = self.kind(value);
                let default = &value["default"];
                let meaning = description(value).unwrap_or_default();
                let _ = writeln!(
                    self.text,
                    "| `{rule}` | `{option}` | {kind} | `{default}` | {meaning} |"
                );
            }
        }
    }

    /// What a value is, in words, and the table it is made of if any.
    fn kind(&self, property: &'a Value) -> (String, Option<&'a Value>) {
        let property = self.resolved(property);
        if let Some(choices) = property["anyOf"].as_array() {
            let not_null = |choice: &&Value| choice["type"] != "null";
            if let Some(choice) = choices.iter().find(not_null) {
                return self.kind(choice);
            }
        }
        let words = words(property);
        if !words.is_empty() {
            return (format!("`{}`", words.join("`, `")), None);
        }
        let kind = match &property["type"] {
            Value::Array(kinds) => kinds.first().and_then(Value::as_str),
            kind => kind.as_str(),
        };
        match kind {
            Some("array") => {
                let (of, table) = self.kind(&property["items"]);
                (format!("list of: {of}"), table)
            }
            Some("object") if property["properties"].is_object() => {
                ("table".to_owned(), Some(property))
            }
            Some("object") => {
                let (of, _) = self.kind(&property["additionalProperties"]);
                (format!("table from name to: {of}"), None)
            }
            Some("boolean") => ("boolean".to_owned(), None),
            Some("integer") => ("number".to_owned(), None),
            _ => ("string".to_owned(), None),
        }
    }

    fn resolved(&self, property: &'a Value) -> &'a Value {
        match property["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.trim_start_matches('#');
                self.schema.pointer(pointer).unwrap_or(property)
            }
            None => property,
        }
    }
}

/// The words that an enum of the schema can be.
fn words(property: &Value) -> Vec<&str> {
    let of = |value: &Value| value["const"].as_str().map(str::len);
    if let Some(words) = property["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect();
    }
    match property["oneOf"].as_array() {
        Some(choices) if choices.iter().all(|choice| of(choice).is_some()) => choices
            .iter()
            .filter_map(|choice| choice["const"].as_str())
            .collect(),
        _ => Vec::new(),
    }
}

fn description(value: &Value) -> Option<String> {
    let text = value["description"].as_str()?;
    Some(text.replace('\n', " "))
}
