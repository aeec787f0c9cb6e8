//! Comments in contracts that silence findings: ours, buf's, protolint's and api-linter's.
//!
//! A comment belongs to the declaration that follows it, or that it trails on the same line, and silences what is
//! found there and further inside. Comments before the first statement belong to the file. buf's own comments follow
//! buf's rules: only leading ones count, and a oneof does not cover its fields.

use memchr::memmem;

use super::comment_lines::{ALLOW, BUF_IGNORE, lines};
use super::registry::{Registered, rule};
use super::rule::Other;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::schema::File;
use crate::syntax::tree::{Item, NodeRange};
use crate::syntax::{Token, TokenRange, Tree};
use crate::text::Span;

/// Whose comments silence findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Suppressions {
    /// `// protogov:allow(RULE, …) reason`
    pub protogov: bool,
    /// `// buf:lint:ignore RULE`
    pub buf: bool,
    /// `// protolint:disable RULE`, also `:next`, `:this`, and `protolint:enable`
    pub protolint: bool,
    /// `// (-- api-linter: core::0131::http-body=disabled --)`
    pub api_linter: bool,
}

/// A finding that a comment silences.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// What was found.
    pub diagnostic: Diagnostic,
    /// The line that silences it.
    pub comment: Location,
    /// What the line gives as a reason; empty where it gives none.
    pub reason: String,
}

/// A line of a comment that silences rules.
#[derive(Debug)]
pub struct Suppression {
    /// The line without comment signs.
    pub(super) span: Span,
    /// The rules it names.
    pub(super) rules: Named,
    /// What follows the rules.
    pub(super) reason: String,
    scope: Scope,
    /// The rules of what it has silenced.
    pub(super) used: Vec<Code>,
}

/// The rules that a comment names.
#[derive(Debug)]
pub(super) enum Named {
    /// Ours, by id; those that do not exist too.
    Ids(Vec<String>),
    /// buf's: the rest of the line, which has to begin with the id and may go on.
    Prefix(String),
    /// protolint's ids; none for all.
    Protolint(Vec<String>),
    /// The name of a rule of api-linter, or of a group of them.
    ApiLinter(String),
}

/// Where a comment silences rules.
#[derive(Debug)]
enum Scope {
    /// In a declaration and all inside of it.
    Declaration(Span),
    /// In a oneof, but not in its fields.
    WithoutFields(Span, Vec<Span>),
    /// In the whole file.
    File,
    /// From the first to the last of these lines, counted from 0.
    Lines(u32, u32),
}

impl Named {
    fn is(&self, registered: &Registered) -> bool {
        let id = registered.id().as_str();
        let same_as = registered.rule().same_as;
        match self {
            Self::Ids(ids) => ids.iter().any(|named| named == id),
            Self::Prefix(text) => text.starts_with(id),
            Self::Protolint(names) => same_as.iter().any(|same| match same {
                Other::Protolint(id) => names.is_empty() || names.iter().any(|name| name == id),
                Other::ApiLinter(_) => false,
            }),
            Self::ApiLinter(name) => same_as.iter().any(|same| match same {
                Other::ApiLinter(id) => {
                    let rest = id.strip_prefix(name.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                }
                Other::Protolint(_) => false,
            }),
        }
    }
}

impl Suppression {
    /// Whether it silences a finding.
    fn covers(&self, finding: &Diagnostic) -> bool {
        let Some(place) = &finding.location else {
            return false;
        };
        let start = place.span.start;
        let is_inside = match &self.scope {
            Scope::File => true,
            Scope::Declaration(span) => span.contains(start),
            Scope::WithoutFields(span, fields) => {
                span.contains(start) && !fields.iter().any(|field| field.contains(start))
            }
            Scope::Lines(first, last) => {
                (*first..=*last).contains(&place.source.lines().line(start))
            }
        };
        let mut codes = std::iter::once(&finding.code).chain(&finding.also);
        is_inside && codes.any(|code| rule(code.0).is_some_and(|rule| self.rules.is(rule)))
    }
}

/// The comments of one file that silence findings.
#[derive(Debug)]
pub struct Silencer(Vec<Suppression>);

impl Silencer {
    /// The finding with the comment that silences it, if one does.
    pub fn silence(&self, finding: &Diagnostic) -> Option<Suppressed> {
        let first = self.0.iter().find(|one| one.covers(finding))?;
        let place = finding.location.as_ref()?;
        Some(Suppressed {
            comment: Location::new(&place.source, first.span),
            reason: first.reason.clone(),
            diagnostic: finding.clone(),
        })
    }
}

/// Takes the findings out that comments silence.
pub(super) fn silence(
    findings: &mut Vec<Diagnostic>,
    suppressions: &mut [Suppression],
) -> Vec<Suppressed> {
    let mut silenced = Vec::new();
    if suppressions.is_empty() {
        return silenced;
    }
    findings.retain_mut(|finding| {
        let mut by = suppressions.iter_mut().filter(|one| one.covers(finding));
        let (Some(first), Some(place)) = (by.next(), &finding.location) else {
            return true;
        };
        silenced.push(Suppressed {
            comment: Location::new(&place.source, first.span),
            reason: first.reason.clone(),
            diagnostic: finding.clone(),
        });
        // Two comments for one finding are both of use: taking one away changes nothing, taking both does.
        first.used.push(finding.code);
        by.for_each(|other| other.used.push(finding.code));
        false
    });
    silenced
}

impl Suppressions {
    /// What comments of a file silence, for findings that come one by one.
    pub fn silencer(self, file: File<'_>) -> Silencer {
        Silencer(self.of(file))
    }

    /// The comments of a file that silence rules, in order.
    pub(super) fn of(self, file: File<'_>) -> Vec<Suppression> {
        let marks = [
            (self.protogov, ALLOW),
            (self.buf, BUF_IGNORE),
            (self.protolint, "protolint:"),
            (self.api_linter, "api-linter:"),
        ];
        let text = file.source().text().as_bytes();
        let mut offsets: Vec<usize> = marks
            .into_iter()
            .filter(|(is_on, _)| *is_on)
            .flat_map(|(_, mark)| memmem::find_iter(text, mark))
            .collect();
        if offsets.is_empty() {
            return Vec::new();
        }
        offsets.sort_unstable();
        let declarations = declarations(file.syntax().tree());
        let mut reader = Reader {
            file,
            declarations,
            found: Vec::new(),
        };
        for offset in offsets {
            reader.read(u32::try_from(offset).unwrap_or(u32::MAX));
        }
        reader.found
    }
}

/// Reads the suppressions of one file.
struct Reader<'s> {
    file: File<'s>,
    /// All declarations by their tokens, sorted.
    declarations: Vec<Declaration>,
    found: Vec<Suppression>,
}

/// A declaration that a comment can belong to.
#[derive(Clone, Copy)]
struct Declaration {
    tokens: TokenRange,
    /// Where it holds fields that buf does not count as inside of it.
    fields: Option<NodeRange<Item>>,
}

/// The gap that a comment stands in, from the view of that comment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Right before the declaration that begins with the token.
    Leads(Token),
    /// Behind the token that ends or opens a declaration, on its line.
    Trails(Token),
    /// Before the first statement, set off from it.
    Head,
    /// Anywhere else.
    Loose,
}

impl Reader<'_> {
    /// Reads the comment line around a mark.
    fn read(&mut self, mark: u32) {
        let syntax = self.file.syntax();
        let source = self.file.source();
        let before = syntax.tokens().at_offset(mark);
        let next = match syntax.tokens().span(before) {
            span if span.contains(mark) => return,
            // Before the first token there is none that starts earlier.
            span if span.start > mark => before,
            _ => before.next(),
        };
        let gap = syntax.comments_before(next);
        let comments = gap
            .leading
            .iter()
            .map(|&comment| (comment, Position::Leads(next)))
            .chain(
                gap.trailing
                    .iter()
                    .map(|&comment| (comment, Position::Trails(next.previous()))),
            )
            .chain(gap.detached.iter().map(|&comment| match next.0 {
                0 => (comment, Position::Head),
                _ => (comment, Position::Loose),
            }));
        for (comment, position) in comments {
            if !comment.span.contains(mark) {
                continue;
            }
            let line = lines(source, comment.span)
                .take_while(|(start, _)| *start <= mark)
                .last();
            if let Some((start, line)) = line {
                self.read_line(start, line, mark, position);
            }
        }
    }

    fn read_line(&mut self, start: u32, line: &str, mark: u32, position: Position) {
        let at_mark = line.get((mark - start) as usize..).unwrap_or_default();
        let span = Span::new(start, start + u32::try_from(line.len()).unwrap_or(0));
        if let Some(rest) = line.strip_prefix(ALLOW).filter(|_| mark == start) {
            let Some((ids, reason)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
            else {
                return;
            };
            let ids = ids.split([',', ' ']).filter(|id| !id.is_empty());
            let rules = Named::Ids(ids.map(str::to_owned).collect());
            let scope = self.scope(position, false);
            self.add(span, rules, reason, scope);
        } else if let Some(rest) = line.strip_prefix(BUF_IGNORE).filter(|_| mark == start) {
            let (Some(rule), Position::Leads(_)) = (rest.strip_prefix(' '), position) else {
                return;
            };
            let reason = rule.split_once(' ').map_or("", |(_, reason)| reason);
            let scope = self.scope(position, true);
            self.add(span, Named::Prefix(rule.to_owned()), reason, scope);
        } else if let Some(rest) = at_mark.strip_prefix("protolint:") {
            self.read_protolint(span, rest, mark);
        } else if let Some(rest) = at_mark.strip_prefix("api-linter:") {
            let Some((rule, reason)) = rest.split_once("=disabled") else {
                return;
            };
            let rule = rule.trim();
            let rule = rule.strip_prefix("core::").unwrap_or(rule);
            let scope = self.scope(position, false);
            let reason = reason.trim_end_matches("--)");
            self.add(span, Named::ApiLinter(rule.to_owned()), reason, scope);
        }
    }

    fn read_protolint(&mut self, span: Span, text: &str, mark: u32) {
        let line = self.file.source().lines().line(mark);
        let mut words = text.split_ascii_whitespace();
        let what = words.next().unwrap_or_default();
        let names: Vec<String> = words.map(str::to_owned).collect();
        let (first, last) = match what {
            "disable" => (line, u32::MAX),
            "disable:next" => (line + 1, line + 1),
            "disable:this" => (line, line),
            "enable" => return self.end_protolint(&names, line),
            _ => return,
        };
        let scope = Some(Scope::Lines(first, last));
        self.add(span, Named::Protolint(names), "", scope);
    }

    /// Ends what was disabled up to here.
    fn end_protolint(&mut self, names: &[String], line: u32) {
        for earlier in &mut self.found {
            if let (Named::Protolint(disabled), Scope::Lines(_, last)) =
                (&earlier.rules, &mut earlier.scope)
                && *last == u32::MAX
                && (names.is_empty() || disabled.iter().any(|name| names.contains(name)))
            {
                *last = line;
            }
        }
    }

    fn add(&mut self, span: Span, rules: Named, reason: &str, scope: Option<Scope>) {
        let reason = reason.trim_matches([' ', ':', '-', '—']).trim().to_owned();
        // A comment that belongs to nothing silences nothing, and is told as unused.
        let scope = scope.unwrap_or(Scope::Declaration(Span::at(span.start)));
        self.found.push(Suppression {
            span,
            rules,
            reason,
            scope,
            used: Vec::new(),
        });
    }

    /// What a comment in that position is about.
    fn scope(&self, position: Position, as_buf: bool) -> Option<Scope> {
        let token = match position {
            Position::Head => return Some(Scope::File),
            Position::Loose => return None,
            // The syntax statement stands for its file.
            Position::Leads(token) if token.0 == 0 && !as_buf => return Some(Scope::File),
            Position::Leads(token) => self.starting_at(token),
            Position::Trails(token) => self.around(token),
        };
        let declaration = token?;
        let syntax = self.file.syntax();
        let span = syntax.span(declaration.tokens);
        Some(match declaration.fields.filter(|_| as_buf) {
            Some(items) => {
                let fields = syntax
                    .tree()
                    .items(items)
                    .iter()
                    .filter_map(|item| match item {
                        Item::Field(field) => Some(syntax.span(syntax.tree()[*field].tokens)),
                        _ => None,
                    });
                Scope::WithoutFields(span, fields.collect())
            }
            None => Scope::Declaration(span),
        })
    }

    fn starting_at(&self, token: Token) -> Option<Declaration> {
        let at = self
            .declarations
            .partition_point(|declaration| declaration.tokens.start < token);
        let found = self.declarations.get(at)?;
        (found.tokens.start == token).then_some(*found)
    }

    /// The innermost declaration that the token is part of.
    fn around(&self, token: Token) -> Option<Declaration> {
        self.declarations
            .iter()
            .filter(|one| one.tokens.start <= token && token < one.tokens.end)
            .min_by_key(|one| one.tokens.len())
            .copied()
    }
}

/// Everything in a file that a comment can stand before, by its first token; of two that begin with the same token
/// the longer one is first.
fn declarations(tree: &Tree) -> Vec<Declaration> {
    let plain = |tokens: TokenRange| Declaration {
        tokens,
        fields: None,
    };
    let mut all: Vec<Declaration> = Vec::new();
    all.extend(tree.syntax.iter().map(|node| plain(node.tokens)));
    all.extend(tree.packages.iter().map(|node| plain(node.tokens)));
    all.extend(tree.imports.iter().map(|node| plain(node.tokens)));
    all.extend(tree.messages.iter().map(|node| plain(node.tokens)));
    all.extend(tree.fields.iter().map(|node| plain(node.tokens)));
    all.extend(tree.enums.iter().map(|node| plain(node.tokens)));
    all.extend(tree.values.iter().map(|node| plain(node.tokens)));
    all.extend(tree.services.iter().map(|node| plain(node.tokens)));
    all.extend(tree.methods.iter().map(|node| plain(node.tokens)));
    all.extend(tree.extends.iter().map(|node| plain(node.tokens)));
    all.extend(tree.reserved.iter().map(|node| plain(node.tokens)));
    all.extend(tree.extensions.iter().map(|node| plain(node.tokens)));
    all.extend(tree.options.iter().map(|node| plain(node.tokens)));
    all.extend(tree.oneofs.iter().map(|node| Declaration {
        tokens: node.tokens,
        fields: Some(node.items),
    }));
    all.sort_by_key(|one| (one.tokens.start, std::cmp::Reverse(one.tokens.end)));
    all
}
