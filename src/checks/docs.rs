//! The documentation of a rule, read from the `//!` header of its file.

/// What a rule's file says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    /// One sentence on what the rule finds.
    pub summary: String,
    /// The sections, in order: `Why` or `What breaks`, and so on; examples are apart.
    pub sections: Vec<Section>,
    /// The examples, in order.
    pub examples: Vec<Example>,
}

/// A titled part of the documentation, as Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
}

/// A fenced block of `.proto` text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub role: ExampleRole,
    /// The text as it is printed.
    pub text: String,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExampleRole {
    /// The baseline, where the rule compares with one.
    Before,
    /// The rule fires.
    Bad,
    /// The rule is silent.
    Good,
    /// What applying the fixes to the bad example before it gives; the rule is silent.
    Fixed,
}

impl Docs {
    /// Reads the `//!` lines at the start of `source`; each `{name}` in them stands for what `blanks` say.
    pub(super) fn parse(source: &str, blanks: &[(&str, &str)]) -> Self {
        let mut header = String::new();
        for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
            header.push_str(line.strip_prefix(' ').unwrap_or(line));
            header.push('\n');
        }
        for (name, text) in blanks {
            header = header.replace(&format!("{{{name}}}"), text);
        }
        let mut docs = Self {
            summary: String::new(),
            sections: Vec::new(),
            examples: Vec::new(),
        };
        let mut lines = header.lines();
        while let Some(line) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                docs.sections.push(Section {
                    title: title.to_owned(),
                    text: String::new(),
                });
            } else if let Some(info) = line.strip_prefix("```proto,") {
                let role = match info.strip_prefix("after,").unwrap_or(info) {
                    "before" => ExampleRole::Before,
                    "bad" => ExampleRole::Bad,
                    "fixed" => ExampleRole::Fixed,
                    _ => ExampleRole::Good,
                };
                let mut text = String::new();
                for line in lines.by_ref().take_while(|line| *line != "```") {
                    text.push_str(line);
                    text.push('\n');
                }
                docs.examples.push(Example { role, text });
            } else {
                let text = match docs.sections.last_mut() {
                    Some(section) => &mut section.text,
                    None => &mut docs.summary,
                };
                text.push_str(line);
                text.push('\n');
            }
        }
        docs.summary = docs.summary.trim().replace('\n', " ");
        for section in &mut docs.sections {
            section.text = section.text.trim().to_owned();
        }
        docs.sections
            .retain(|section| !(section.title == "Examples" && section.text.is_empty()));
        docs
    }

    /// The text of a section.
    pub fn section(&self, title: &str) -> Option<&str> {
        let section = self
            .sections
            .iter()
            .find(|section| section.title == title)?;
        Some(&section.text)
    }

    /// Why the rule exists: the section `Why` or `What breaks`.
    pub fn reason(&self) -> &str {
        self.section("Why")
            .or_else(|| self.section("What breaks"))
            .unwrap_or_default()
    }
}

impl Example {
    /// The files it stands for, as path and text.
    ///
    /// A line `// file: a/b.proto` starts a file of that path. Without one, and without a `syntax`, `edition` or
    /// `package` statement, the text is a part of a proto3 file.
    pub fn files(&self) -> Vec<(String, String)> {
        const MARKER: &str = "// file: ";
        if !self.text.contains(MARKER) {
            let is_whole = ["syntax", "edition", "package"]
                .iter()
                .any(|word| self.text.lines().any(|line| line.starts_with(word)));
            let text = if is_whole {
                self.text.clone()
            } else {
                format!("syntax = \"proto3\";\n\n{}", self.text)
            };
            return vec![("example.proto".to_owned(), text)];
        }
        let mut files: Vec<(String, String)> = Vec::new();
        for line in self.text.lines() {
            if let Some(path) = line.strip_prefix(MARKER) {
                files.push((path.trim().to_owned(), String::new()));
            } else if let Some((_, text)) = files.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        files
    }
}
