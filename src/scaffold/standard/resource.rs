//! Messages that the standard methods keep.

use heck::ToSnakeCase;

use super::field::{
    EnumField, FieldPlan, TimeField, TimeUnit, comment, is_deprecated, is_text, single, text_field,
};
use crate::scaffold::rust::{self, Viewpoint};
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// A message that the standard methods keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Full name of the message.
    pub full_name: String,
    /// Its own name.
    pub name: String,
    /// The package that `pb` stands for in its module.
    pub package: String,
    /// The path of its type in that module.
    pub path: String,
    /// Its name in the names of fields.
    pub noun: String,
    /// The module in `domain`, also what a variable is called that holds one.
    pub module: String,
    /// What a field is called that holds all.
    pub plural: String,
    /// The identifier.
    pub key: FieldPlan,
    /// The etag.
    pub etag: Option<FieldPlan>,
    /// When it was made.
    pub created: Option<TimeField>,
    /// When it was changed.
    pub updated: Option<TimeField>,
    /// The enums.
    pub enums: Vec<EnumField>,
    /// Text that must not be empty.
    pub required: Vec<FieldPlan>,
    /// Text that no two may share.
    pub unique: Vec<FieldPlan>,
    /// Names of the fields that callers cannot set.
    pub output_only: Vec<String>,
    /// How one is made of a request that repeats its fields.
    pub inline: Option<InlineCreate>,
    /// How many fields it has.
    pub fields: usize,
}

impl Resource {
    /// What `pb` is imported from in its module.
    pub fn pb_import(&self) -> String {
        rust::pb_import(&self.package)
    }

    /// The path of its type where `pb` stands for another package.
    pub fn path_from(&self, package: &str) -> String {
        if package == self.package {
            return self.path.clone();
        }
        let rest = self.path.strip_prefix("pb").unwrap_or(&self.path);
        format!("{}{rest}", rust::pb_module(&self.package))
    }

    /// Whether a secret is kept beside it.
    pub fn has_secret(&self) -> bool {
        self.inline
            .as_ref()
            .is_some_and(|inline| inline.secret.is_some())
    }

    /// Calls the module and the variables otherwise.
    pub(super) fn rename(&mut self, module: String) {
        self.plural = plural(&module);
        self.module = module;
    }

    /// The enums that a new one has a value of.
    pub fn initials(&self) -> impl Iterator<Item = &EnumField> {
        self.enums.iter().filter(|field| field.initial.is_some())
    }
}

impl InlineCreate {
    /// The fields that are not looked at, as a sentence tells them.
    pub fn ignored_names(&self) -> String {
        let names: Vec<_> = self
            .ignored
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        names.join(", ")
    }
}

/// A request that repeats the fields of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineCreate {
    /// The path of the request's type.
    pub request: String,
    /// Fields that both have.
    pub copied: Vec<(FieldPlan, FieldPlan)>,
    /// A password, of which the hash is kept.
    pub secret: Option<FieldPlan>,
    /// Fields of the request that the resource does not have.
    pub ignored: Vec<String>,
    /// Whether the copied fields are all that the resource has.
    pub whole: bool,
}

/// A message as a resource, if it has an identifier.
pub(super) fn resource(message: Message<'_>) -> Option<Resource> {
    let name = message.name().text;
    let module = name.to_snake_case();
    if rust::is_well_known(message.file()) {
        return None;
    }
    let qualified = format!("{module}_id");
    let key = ["id", qualified.as_str(), "name", "uid"]
        .into_iter()
        .find_map(|name| text_field(message, name))?;
    // What must be set cannot be left out of a default.
    if message
        .fields()
        .any(|field| field.cardinality() == Cardinality::Required)
    {
        return None;
    }
    let etag = text_field(message, "etag");
    let created = ["created_at", "create_time"]
        .into_iter()
        .find_map(|name| time_field(message, name));
    let updated = ["updated_at", "update_time"]
        .into_iter()
        .find_map(|name| time_field(message, name));
    let package = message.file().package();
    let view = Viewpoint(package);
    let mut output_only: Vec<String> = vec![key.name().into_owned()];
    let times = [&created, &updated]
        .into_iter()
        .flatten()
        .map(|time| time.field.name.clone());
    output_only.extend(
        etag.map(|etag| etag.name().into_owned())
            .into_iter()
            .chain(times),
    );
    for field in message
        .fields()
        .filter(|field| comment(*field).starts_with("Output only"))
    {
        if !output_only.iter().any(|name| *name == *field.name()) {
            output_only.push(field.name().into_owned());
        }
    }
    let texts = || {
        message.fields().filter(|field| {
            is_text(*field)
                && field.oneof().is_none()
                && field.name() != key.name()
                && !is_deprecated(*field)
        })
    };
    let is_unique = |field: &Field<'_>| {
        let named = matches!(&*field.name(), "username" | "email" | "slug");
        named
            || comment(*field)
                .to_ascii_lowercase()
                .split(|c: char| !c.is_alphabetic())
                .any(|word| word == "unique")
    };
    let is_required = |field: &Field<'_>| comment(*field).starts_with("Required");
    Some(Resource {
        full_name: message.full_name().to_owned(),
        name: name.to_owned(),
        package: package.to_owned(),
        path: view.message(message),
        plural: plural(&module),
        noun: module.clone(),
        module,
        key: FieldPlan::of(key),
        etag: etag.map(FieldPlan::of),
        created,
        updated,
        enums: message
            .fields()
            .filter_map(|field| enum_field(field, view))
            .collect(),
        required: texts().filter(is_required).map(FieldPlan::of).collect(),
        unique: texts().filter(is_unique).map(FieldPlan::of).collect(),
        output_only,
        inline: None,
        fields: rust::struct_fields(message),
    })
}

fn enum_field(field: Field<'_>, view: Viewpoint<'_>) -> Option<EnumField> {
    let FieldKind::Enum(of) = field.kind() else {
        return None;
    };
    if field.is_repeated() || field.oneof().is_some() || is_deprecated(field) {
        return None;
    }
    let is_state = matches!(&*field.name(), "status" | "state");
    let active = of.values().find(|value| {
        value.name().text.ends_with("ACTIVE") && !value.name().text.ends_with("INACTIVE")
    });
    let zero = of
        .values()
        .next()
        .is_some_and(|value| value.name().text.ends_with("UNSPECIFIED"));
    let initial = active
        .filter(|_| is_state && zero)
        .map(|value| rust::variant(of.name().text, value.name().text));
    Some(EnumField {
        field: FieldPlan::of(field),
        path: view.enumeration(of),
        enum_name: of.name().text.to_owned(),
        initial,
    })
}

fn time_field(message: Message<'_>, name: &str) -> Option<TimeField> {
    let field = single(message, name)?;
    let unit = match field.kind() {
        FieldKind::Message(of) if of.full_name() == "google.protobuf.Timestamp" => {
            TimeUnit::Timestamp
        }
        FieldKind::Scalar(Scalar::Int64)
            if comment(field).contains("seconds") && !comment(field).contains("milliseconds") =>
        {
            TimeUnit::Seconds
        }
        FieldKind::Scalar(Scalar::Int64) => TimeUnit::Milliseconds,
        _ => return None,
    };
    Some(TimeField {
        field: FieldPlan::of(field),
        unit,
    })
}

fn plural(word: &str) -> String {
    /// Words that are their own plural.
    const SAME: &[&str] = &["data", "metadata", "news", "series", "settings"];
    if SAME.contains(&word.rsplit('_').next().unwrap_or(word)) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    if word.ends_with(['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh") {
        return format!("{word}es");
    }
    format!("{word}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        for (one, many) in [
            ("user", "users"),
            ("policy", "policies"),
            ("key", "keys"),
            ("address", "addresses"),
            ("access_settings", "access_settings"),
            ("time_series", "time_series"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
