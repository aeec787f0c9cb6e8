//! Two packages import each other, directly or by way of others.
//!
//! ## Why
//! Packages are what most languages compile and release: Go refuses packages that import each other, and everywhere else
//! none of them can be built, versioned or taken over without all the others.
//!
//! ## Examples
//! ```proto,bad
//! // file: a/v1/a.proto
//! syntax = "proto3";
//! package a.v1;
//! import "b/v1/b.proto";
//! // file: b/v1/b.proto
//! syntax = "proto3";
//! package b.v1;
//! import "a/v1/other.proto";
//! // file: a/v1/other.proto
//! syntax = "proto3";
//! package a.v1;
//! ```
//! ```proto,good
//! // file: a/v1/a.proto
//! syntax = "proto3";
//! package a.v1;
//! import "b/v1/b.proto";
//! // file: b/v1/b.proto
//! syntax = "proto3";
//! package b.v1;
//! ```

use rustc_hash::FxHashMap;

use crate::checks::Cx;
use crate::checks::package::Module;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Module(check)),
};

fn check<'s>(module: &Module<'s>, cx: &mut Cx<'s>) {
    let graph = Graph::of(module);
    let circle = graph.components();
    for file in module.files() {
        let Some(&from) = graph.nodes.get(file.package()) else {
            continue;
        };
        for (import, to) in file.import_statements() {
            let Some(&to) = to.and_then(|to| graph.nodes.get(to.package())) else {
                continue;
            };
            if from == to || circle[from] != circle[to] {
                continue;
            }
            let way: Vec<String> = std::iter::once(from)
                .chain(graph.way(to, from))
                .map(|package| format!("`{}`", graph.names[package]))
                .collect();
            cx.in_file(file)
                .report(
                    file.syntax().span(import.tokens),
                    format!(
                        "this import closes a circle of packages: {}",
                        way.join(" → ")
                    ),
                )
                .help("move what both packages need to a third one, or make them one package");
        }
    }
}

/// The named packages, and which of them import which.
struct Graph<'s> {
    names: Vec<&'s str>,
    nodes: FxHashMap<&'s str, usize>,
    /// For each package those that its files import, ascending.
    edges: Vec<Vec<usize>>,
}

impl<'s> Graph<'s> {
    /// The packages of a module's files and of everything these import.
    fn of(module: &Module<'s>) -> Self {
        let mut graph = Self {
            names: Vec::new(),
            nodes: FxHashMap::default(),
            edges: Vec::new(),
        };
        let mut seen = vec![false; module.schema().files().len()];
        let mut open: Vec<File<'s>> = module.files().collect();
        for file in &open {
            seen[file.id().get()] = true;
        }
        while let Some(file) = open.pop() {
            let from = graph.node(file.package());
            for to in file.import_statements().filter_map(|(_, to)| to) {
                if let (Some(from), Some(to)) = (from, graph.node(to.package()))
                    && from != to
                {
                    graph.edges[from].push(to);
                }
                if !std::mem::replace(&mut seen[to.id().get()], true) {
                    open.push(to);
                }
            }
        }
        for edges in &mut graph.edges {
            edges.sort_unstable();
            edges.dedup();
        }
        graph
    }

    fn node(&mut self, package: &'s str) -> Option<usize> {
        if package.is_empty() {
            return None;
        }
        Some(*self.nodes.entry(package).or_insert_with(|| {
            self.names.push(package);
            self.edges.push(Vec::new());
            self.names.len() - 1
        }))
    }

    /// The strongly connected component of each package: two packages have the same one when each can be reached from
    /// the other. Tarjan's algorithm, without recursion.
    fn components(&self) -> Vec<usize> {
        const NEW: usize = usize::MAX;
        let count = self.names.len();
        let mut order = vec![NEW; count];
        let mut lowest = vec![NEW; count];
        let mut component = vec![NEW; count];
        let mut stack = Vec::new();
        let (mut next_order, mut next_component) = (0, 0);
        for root in 0..count {
            let mut path: Vec<(usize, usize)> = Vec::new();
            if order[root] == NEW {
                path.push((root, 0));
            }
            while let Some(top) = path.last_mut() {
                let (node, at) = *top;
                if at == 0 && order[node] == NEW {
                    (order[node], lowest[node]) = (next_order, next_order);
                    next_order += 1;
                    stack.push(node);
                }
                if let Some(&to) = self.edges[node].get(at) {
                    top.1 += 1;
                    if order[to] == NEW {
                        path.push((to, 0));
                    } else if component[to] == NEW {
                        lowest[node] = lowest[node].min(order[to]);
                    }
                    continue;
                }
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    lowest[parent] = lowest[parent].min(lowest[node]);
                }
                if lowest[node] == order[node] {
                    while let Some(member) = stack.pop() {
                        component[member] = next_component;
                        if member == node {
                            break;
                        }
                    }
                    next_component += 1;
                }
            }
        }
        component
    }

    /// A shortest way along imports, both ends included; empty where there is none.
    fn way(&self, from: usize, to: usize) -> Vec<usize> {
        let mut before: FxHashMap<usize, usize> = FxHashMap::default();
        let mut open = std::collections::VecDeque::from([from]);
        while let Some(node) = open.pop_front() {
            if node == to {
                let mut way = vec![to];
                while let Some(&previous) = way.last().and_then(|last| before.get(last)) {
                    way.push(previous);
                }
                way.reverse();
                return way;
            }
            for &next in &self.edges[node] {
                if next != from && !before.contains_key(&next) {
                    before.insert(next, node);
                    open.push_back(next);
                }
            }
        }
        Vec::new()
    }
}
