//! Random pairs of schemas, the second made from the first by changes of the kinds that the table of verdicts knows.
//!
//! Nothing here depends on anything but the seed.

mod crowded;

use std::fmt::Write as _;

/// A generator of numbers (xorshift64*), so that a seed means the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    Proto2,
    Proto3,
    Editions,
}

impl Syntax {
    const ALL: [Self; 3] = [Self::Proto2, Self::Proto3, Self::Editions];

    pub fn file(self) -> &'static str {
        match self {
            Self::Proto2 => "proto2.proto",
            Self::Proto3 => "proto3.proto",
            Self::Editions => "editions.proto",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Proto2 => "syntax = \"proto2\";\n",
            Self::Proto3 => "syntax = \"proto3\";\n",
            Self::Editions => "edition = \"2023\";\n",
        }
    }
}

const SCALARS: &[&str] = &[
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes",
    "uint32", "sfixed32", "sfixed64", "sint32", "sint64",
];
const KEYS: &[&str] = &[
    "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "uint32", "sint32",
];

const IMPORTS: &str = r#"import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
"#;

/// What a field holds.
#[derive(Clone, PartialEq, Debug)]
enum Kind {
    Scalar(&'static str),
    /// One of the message's own enums.
    Enum(usize),
    /// One of the message's own messages.
    Message(usize),
    Map(&'static str, Box<Kind>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    /// With presence.
    Explicit,
    /// Without; proto2 has none.
    Implicit,
    Required,
    Repeated,
    /// In the oneof of that position.
    Oneof(usize),
}

#[derive(Clone, PartialEq, Debug)]
struct Field {
    name: String,
    number: i32,
    kind: Kind,
    label: Label,
    packed: Option<bool>,
    delimited: bool,
    unverified: bool,
    json_name: Option<String>,
    default: Option<i32>,
}

#[derive(Clone, PartialEq, Debug)]
struct Enum {
    name: String,
    closed: bool,
    alias: bool,
    values: Vec<(String, i32)>,
    reserved: Vec<(String, i32)>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    name: String,
    syntax: Syntax,
    fields: Vec<Field>,
    oneofs: Vec<String>,
    enums: Vec<Enum>,
    messages: Vec<Self>,
    reserved: Vec<(String, i32)>,
}

impl Message {
    /// A message of that name in a file of some syntax.
    pub fn random(name: &str, random: &mut Random) -> Self {
        let syntax = *random.pick(&Syntax::ALL);
        let mut message = Self::empty(name, syntax);
        for at in 0..random.below(3) {
            message
                .enums
                .push(Enum::random(&format!("E{at}"), syntax, random));
        }
        for at in 0..random.below(3) {
            let mut inner = Self::empty(&format!("S{at}"), syntax);
            for number in 1..=1 + random.below(3) {
                inner.add_field(number as i32, random);
            }
            message.messages.push(inner);
        }
        if random.one_in(3) {
            message.oneofs.push("choice".to_owned());
        }
        for number in 1..=1 + random.below(5) {
            message.add_field(number as i32, random);
        }
        message.drop_empty_oneofs();
        message
    }

    fn empty(name: &str, syntax: Syntax) -> Self {
        Self {
            name: name.to_owned(),
            syntax,
            fields: Vec::new(),
            oneofs: Vec::new(),
            enums: Vec::new(),
            messages: Vec::new(),
            reserved: Vec::new(),
        }
    }

    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    fn kind(&self, random: &mut Random) -> Kind {
        match random.below(10) {
            0 | 1 if !self.enums.is_empty() => Kind::Enum(random.below(self.enums.len())),
            2 | 3 if !self.messages.is_empty() => Kind::Message(random.below(self.messages.len())),
            _ => Kind::Scalar(random.word(SCALARS)),
        }
    }

    fn label(&self, random: &mut Random) -> Label {
        match random.below(10) {
            0..=2 => Label::Repeated,
            3 if self.syntax != Syntax::Proto3 => Label::Required,
            4 | 5 if !self.oneofs.is_empty() => Label::Oneof(random.below(self.oneofs.len())),
            6 | 7 if self.syntax != Syntax::Proto2 => Label::Implicit,
            _ => Label::Explicit,
        }
    }

    fn add_field(&mut self, number: i32, random: &mut Random) {
        let mut kind = self.kind(random);
        let mut label = self.label(random);
        if random.one_in(8) {
            kind = Kind::Map(random.word(KEYS), Box::new(kind));
            label = Label::Explicit;
        }
        let name = format!("f{number}");
        self.fields.push(Field {
            name,
            number,
            kind,
            label,
            packed: random.one_in(3).then(|| random.one_in(2)),
            delimited: random.one_in(6),
            unverified: random.one_in(6),
            json_name: None,
            default: random.one_in(8).then(|| 1 + random.below(2) as i32),
        });
    }

    fn drop_empty_oneofs(&mut self) {
        for at in (0..self.oneofs.len()).rev() {
            if !self
                .fields
                .iter()
                .any(|field| field.label == Label::Oneof(at))
            {
                self.oneofs.remove(at);
                for field in &mut self.fields {
                    if let Label::Oneof(of) = &mut field.label
                        && *of > at
                    {
                        *of -= 1;
                    }
                }
            }
        }
    }

    fn free_number(&self) -> i32 {
        let used = self.fields.iter().map(|field| field.number);
        let reserved = self.reserved.iter().map(|(_, number)| *number);
        used.chain(reserved).max().unwrap_or(0) + 1
    }

    /// The message after one random change.
    #[must_use]
    pub fn changed(&self, random: &mut Random) -> Self {
        let mut after = self.clone();
        after.change(random, 0);
        after.drop_empty_oneofs();
        after
    }

    fn change(&mut self, random: &mut Random, depth: u32) {
        if depth == 0 && !self.messages.is_empty() && random.one_in(5) {
            let at = random.below(self.messages.len());
            self.messages[at].change(random, depth + 1);
            return;
        }
        if !self.enums.is_empty() && random.one_in(4) {
            let at = random.below(self.enums.len());
            let syntax = self.syntax;
            self.enums[at].change(syntax, random);
            return;
        }
        if self.fields.is_empty() {
            self.add_field(self.free_number(), random);
            return;
        }
        let at = random.below(self.fields.len());
        let other = random.below(self.fields.len());
        match random.below(22) {
            0 => {
                let number = self.free_number();
                self.add_field(number, random);
            }
            1 => {
                let gone = self.fields.remove(at);
                if random.one_in(2) {
                    self.reserved.push((gone.name, gone.number));
                }
            }
            2 => {
                // The number is used again at once.
                let number = self.fields.remove(at).number;
                self.add_field(number, random);
                if let Some(last) = self.fields.last_mut() {
                    last.name = format!("again{number}");
                }
            }
            3 => self.fields[at].number = self.free_number(),
            4 if at != other => {
                let number = self.fields[at].number;
                self.fields[at].number = self.fields[other].number;
                self.fields[other].number = number;
            }
            5 => self.fields[at].name = format!("renamed{}", self.fields[at].number),
            6 => {
                let name = self.fields[at].name.clone();
                self.fields[at].json_name = Some(name);
                self.fields[at].name = format!("renamed{}", self.fields[at].number);
            }
            7 => self.fields[at].json_name = Some(format!("json{}", self.fields[at].number)),
            8..=10 => self.fields[at].kind = self.kind(random),
            11 | 12 => {
                if !matches!(self.fields[at].kind, Kind::Map(..)) {
                    self.fields[at].label = self.label(random);
                }
            }
            13 => self.fields[at].packed = Some(!self.fields[at].packed.unwrap_or(false)),
            14 => self.fields[at].delimited = !self.fields[at].delimited,
            15 => self.fields[at].unverified = !self.fields[at].unverified,
            16 => {
                // Some fields move into a new oneof.
                self.oneofs.push("fresh".to_owned());
                let last = self.oneofs.len() - 1;
                for field in &mut self.fields {
                    let may = !matches!(field.kind, Kind::Map(..));
                    if may && !matches!(field.label, Label::Oneof(_)) && random.one_in(2) {
                        field.label = Label::Oneof(last);
                    }
                }
            }
            17 => {
                if let Some(name) = self.oneofs.first_mut() {
                    *name = "other".to_owned();
                }
            }
            18 => match &mut self.fields[at].kind {
                Kind::Map(key, value) => {
                    if random.one_in(2) {
                        *key = random.word(KEYS);
                    } else {
                        **value = Kind::Scalar(random.word(SCALARS));
                    }
                }
                kind => {
                    *kind = Kind::Map(random.word(KEYS), Box::new(kind.clone()));
                    self.fields[at].label = Label::Explicit;
                }
            },
            19 => self.fields[at].default = Some(1 + random.below(2) as i32),
            20 => {
                // A message of the same shape, or of another one.
                if let Some(copy) = self.messages.first().cloned() {
                    let mut copy = copy;
                    copy.name = format!("S{}", self.messages.len());
                    if random.one_in(2) {
                        copy.change(random, 1);
                    }
                    self.messages.push(copy);
                    let last = self.messages.len() - 1;
                    for field in &mut self.fields {
                        if field.kind == Kind::Message(0) {
                            field.kind = Kind::Message(last);
                        }
                    }
                }
            }
            _ => {
                // A message in place of a map with its entries, or the other way round.
                if let Kind::Map(key, value) = self.fields[at].kind.clone() {
                    let mut entry = Self::empty(&format!("S{}", self.messages.len()), self.syntax);
                    for (name, number, kind) in
                        [("key", 1, Kind::Scalar(key)), ("value", 2, *value)]
                    {
                        if matches!(kind, Kind::Enum(_) | Kind::Message(_)) {
                            return;
                        }
                        entry.add_field(number, random);
                        if let Some(field) = entry.fields.last_mut() {
                            field.kind = kind;
                            field.name = name.to_owned();
                            field.label = Label::Explicit;
                        }
                    }
                    self.messages.push(entry);
                    self.fields[at].kind = Kind::Message(self.messages.len() - 1);
                    self.fields[at].label = Label::Repeated;
                }
            }
        }
    }

    /// The declaration, as it stands in a file of its syntax.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "message {} {{", self.name);
        for node in &self.enums {
            node.write(self.syntax, out);
        }
        for inner in &self.messages {
            inner.write(out);
        }
        for field in &self.fields {
            if !matches!(field.label, Label::Oneof(_)) {
                self.write_field(field, out);
            }
        }
        for (at, name) in self.oneofs.iter().enumerate() {
            let members = || {
                self.fields
                    .iter()
                    .filter(|field| field.label == Label::Oneof(at))
            };
            if members().next().is_none() {
                continue;
            }
            let _ = writeln!(out, "oneof {name} {{");
            for field in members() {
                self.write_field(field, out);
            }
            out.push_str("}\n");
        }
        for (name, number) in &self.reserved {
            let taken = self
                .fields
                .iter()
                .any(|field| field.number == *number || field.name == *name);
            if !taken {
                let name = match self.syntax {
                    Syntax::Editions => name.clone(),
                    _ => format!("\"{name}\""),
                };
                let _ = writeln!(out, "reserved {number}; reserved {name};");
            }
        }
        out.push_str("}\n");
    }

    fn type_name(&self, kind: &Kind) -> String {
        match kind {
            Kind::Scalar(scalar) => (*scalar).to_owned(),
            Kind::Enum(at) => self
                .enums
                .get(*at)
                .map_or("int32", |node| &node.name)
                .to_owned(),
            Kind::Message(at) => self
                .messages
                .get(*at)
                .map_or("bytes", |node| &node.name)
                .to_owned(),
            Kind::Map(key, value) => format!("map<{key}, {}>", self.type_name(value)),
        }
    }

    fn write_field(&self, field: &Field, out: &mut String) {
        let type_name = self.type_name(&field.kind);
        let is_map = matches!(field.kind, Kind::Map(..));
        let is_message = matches!(field.kind, Kind::Message(at) if at < self.messages.len());
        let in_oneof = matches!(field.label, Label::Oneof(_));
        let mut options: Vec<String> = Vec::new();
        let is_editions = self.syntax == Syntax::Editions;
        let label = match (field.label, self.syntax) {
            _ if is_map || in_oneof => "",
            (Label::Repeated, _) => "repeated ",
            (Label::Required, Syntax::Proto2) => "required ",
            (Label::Required, Syntax::Editions) => {
                options.push("features.field_presence = LEGACY_REQUIRED".to_owned());
                ""
            }
            (_, Syntax::Proto2) => "optional ",
            (Label::Explicit | Label::Required, Syntax::Proto3) => "optional ",
            (Label::Implicit, Syntax::Editions) if !is_message && !self.is_closed(&field.kind) => {
                options.push("features.field_presence = IMPLICIT".to_owned());
                ""
            }
            _ => "",
        };
        let is_packable = match &field.kind {
            Kind::Scalar(scalar) => !matches!(*scalar, "string" | "bytes"),
            Kind::Enum(_) => true,
            _ => false,
        };
        if let (Some(packed), true, Label::Repeated) = (field.packed, is_packable, field.label) {
            options.push(match (is_editions, packed) {
                (false, packed) => format!("packed = {packed}"),
                (true, true) => "features.repeated_field_encoding = PACKED".to_owned(),
                (true, false) => "features.repeated_field_encoding = EXPANDED".to_owned(),
            });
        }
        if is_editions && is_message && field.delimited {
            options.push("features.message_encoding = DELIMITED".to_owned());
        }
        if is_editions && field.unverified && field.kind == Kind::Scalar("string") {
            options.push("features.utf8_validation = NONE".to_owned());
        }
        if let Some(name) = &field.json_name {
            options.push(format!("json_name = \"{name}\""));
        }
        let has_presence = match field.label {
            Label::Explicit | Label::Oneof(_) | Label::Required => true,
            Label::Implicit => self.syntax == Syntax::Proto2,
            Label::Repeated => false,
        };
        if let (Some(default), true, Kind::Scalar(scalar)) =
            (field.default, has_presence, &field.kind)
            && self.syntax != Syntax::Proto3
        {
            options.push(match *scalar {
                "string" | "bytes" => format!("default = \"{default}\""),
                "bool" => "default = true".to_owned(),
                _ => format!("default = {default}"),
            });
        }
        let options = match options.is_empty() {
            true => String::new(),
            false => format!(" [{}]", options.join(", ")),
        };
        let _ = writeln!(
            out,
            "{label}{type_name} {} = {}{options};",
            field.name, field.number
        );
    }

    fn is_closed(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Enum(at) if self.enums.get(*at).is_some_and(|node| node.closed))
    }
}

impl Enum {
    fn random(name: &str, syntax: Syntax, random: &mut Random) -> Self {
        let count = 1 + random.below(4);
        Self {
            name: name.to_owned(),
            closed: syntax == Syntax::Editions && random.one_in(3),
            alias: false,
            values: (0..count)
                .map(|at| (format!("{name}_V{at}"), at as i32))
                .collect(),
            reserved: Vec::new(),
        }
    }

    fn change(&mut self, syntax: Syntax, random: &mut Random) {
        let count = self.values.len();
        let at = random.below(count);
        match random.below(9) {
            0 | 1 => {
                let number = self.free_number();
                self.values
                    .push((format!("{}_N{number}", self.name), number));
            }
            2 if count > 1 && at > 0 => {
                let gone = self.values.remove(at);
                if random.one_in(2) {
                    self.reserved.push(gone);
                }
            }
            3 => self.values[at].0 = format!("{}_R{at}", self.name),
            4 if at > 0 => self.values[at].1 = self.free_number(),
            5 if count > 1 => {
                let other = random.below(count);
                let number = self.values[at].1;
                self.values[at].1 = self.values[other].1;
                self.values[other].1 = number;
                if syntax != Syntax::Proto2 {
                    self.values.sort_by_key(|(_, number)| *number != 0);
                }
            }
            6 => {
                // Another name for a number, before or behind the one there is.
                let number = self.values[at].1;
                let name = format!("{}_A{at}", self.name);
                if !self.values.iter().any(|(known, _)| *known == name) {
                    self.alias = true;
                    let place = at + random.below(2);
                    self.values.insert(place, (name, number));
                }
            }
            7 if syntax == Syntax::Editions => self.closed = !self.closed,
            8 if count > 1 && syntax == Syntax::Proto2 => self.values.swap(0, at),
            _ => {}
        }
    }

    fn free_number(&self) -> i32 {
        let used = self
            .values
            .iter()
            .chain(&self.reserved)
            .map(|(_, number)| *number);
        used.max().unwrap_or(0) + 1
    }

    fn write(&self, syntax: Syntax, out: &mut String) {
        let _ = writeln!(out, "enum {} {{", self.name);
        if self.closed && syntax == Syntax::Editions {
            out.push_str("option features.enum_type = CLOSED;\n");
        }
        let mut numbers: Vec<i32> = self.values.iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
            out.push_str("option allow_alias = true;\n");
        }
        for (name, number) in &self.values {
            let _ = writeln!(out, "{name} = {number};");
        }
        for (name, number) in &self.reserved {
            let taken = self
                .values
                .iter()
                .any(|value| value.1 == *number || value.0 == *name);
            if !taken {
                let name = match syntax {
                    Syntax::Editions => name.clone(),
                    _ => format!("\"{name}\""),
                };
                let _ = writeln!(out, "reserved {number}; reserved {name};");
            }
        }
        out.push_str("}\n");
    }
}

/// The files that hold these messages, each in the one of its syntax.
pub fn files(messages: &[Message]) -> Vec<(&'static str, String)> {
    Syntax::ALL
        .into_iter()
        .map(|syntax| {
            let messages = messages.iter().filter(|message| message.syntax() == syntax);
            let text: String = messages.map(Message::text).collect();
            let imports = match text.contains("google.protobuf.") {
                true => IMPORTS,
                false => "",
            };
            (syntax.file(), [syntax.head(), imports, &text].concat())
        })
        .collect()
}
