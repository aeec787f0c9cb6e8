//! Every decision about a crate, made before a line of it is written: names, paths, kinds, bodies, numbers.

mod method;
mod periods;
mod service;

use std::collections::BTreeSet;

use super::SCAFFOLD;
use super::answers::Answers;
use super::features::{Feature, Features, Store};
use super::lowered::{self, Lowered};
use super::refusals;
use super::rust;
use super::standard::{Resource, Resources};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{File, Schema, Service};

pub use method::{Kind, MethodPlan};
pub use periods::Periods;
pub use service::ServicePlan;

use method::plan_method;
use service::{distinguish, plan_service};

/// A crate that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What was asked for.
    pub answers: Answers,
    /// The periods of a shutdown.
    pub periods: Periods,
    /// Paths of the files that hold the services.
    pub roots: Vec<String>,
    /// Paths and texts of these files and of all that they import, without the well-known types, sorted.
    pub contract: Vec<(String, String)>,
    /// The same files without editions, if any of them has one.
    pub lowered: Lowered,
    /// Whether an rpc takes or answers a message that prost has a built-in type for.
    pub wraps: bool,
    /// The services, sorted by full name.
    pub services: Vec<ServicePlan>,
    /// The resources of all services.
    pub resources: Vec<Resource>,
}

impl Plan {
    /// Decides everything about the crate that serves the services of `schema`'s targets. The schema must be free of
    /// errors.
    pub fn new(schema: &Schema, answers: Answers) -> Result<Self, Vec<Diagnostic>> {
        let services = chosen(schema, &answers)?;
        let files = closure(schema, services.iter().map(|service| service.file()));
        let problems = refusals::check(&files);
        if !problems.is_empty() {
            return Err(problems);
        }
        let own: Vec<File<'_>> = files
            .iter()
            .copied()
            .filter(|file| !rust::is_well_known(*file))
            .collect();
        let lowered = lowered::lower(&own)?;
        let mut resources = Resources::default();
        if answers.store != Store::None {
            for service in &services {
                resources.collect(*service);
            }
        }
        let mut plans: Vec<ServicePlan> = Vec::new();
        for service in &services {
            // Bodies that need what another method tells come second.
            let mut methods: Vec<_> = service.methods().collect();
            methods.sort_by_key(|method| (method.is_client_streaming(), method.name().text));
            let bodies: Vec<_> = methods
                .iter()
                .map(|method| resources.recognise(*method))
                .collect();
            let mut methods: Vec<_> = methods
                .iter()
                .zip(bodies)
                .map(|(method, body)| plan_method(*method, body))
                .collect();
            methods.sort_by(|one, other| one.name.cmp(&other.name));
            plans.push(plan_service(*service, methods));
        }
        distinguish(&mut plans);
        let used: BTreeSet<usize> = plans
            .iter()
            .flat_map(|plan| plan.resources.iter().copied())
            .collect();
        let mut found = resources.found;
        if used.is_empty() {
            found.clear();
        }
        let roots: BTreeSet<&str> = services
            .iter()
            .map(|service| service.file().path())
            .collect();
        Ok(Self {
            answers,
            periods: Periods::default(),
            roots: roots.into_iter().map(str::to_owned).collect(),
            contract: own
                .iter()
                .map(|file| (file.path().to_owned(), file.source().text().to_owned()))
                .collect(),
            lowered,
            wraps: own.iter().any(|file| wraps(*file)),
            services: plans,
            resources: found,
        })
    }

    /// Whether a part is asked for.
    pub fn has(&self, feature: Feature) -> bool {
        self.answers.features.has(feature)
    }

    /// Whether there is anything to store.
    pub fn stores(&self) -> bool {
        !self.resources.is_empty()
    }

    /// Whether resources are kept in that store.
    pub fn stores_in(&self, store: Store) -> bool {
        self.stores() && self.answers.store == store
    }

    /// Whether what is stored outlives the process.
    pub fn is_durable(&self) -> bool {
        self.stores_in(Store::Sqlite) || self.stores_in(Store::Postgres)
    }

    /// Whether rpcs can have `google.api.http` rules.
    pub fn has_rules(&self) -> bool {
        let mut paths = self.contract.iter().map(|(path, _)| path);
        paths.any(|path| path == "google/api/annotations.proto")
    }

    /// Whether rpcs can be called over HTTP with JSON.
    pub fn serves_rest(&self) -> bool {
        self.answers.recipe.is_none() && self.has(Feature::Http) && self.has_rules()
    }

    /// Whether changes are told to other services.
    pub fn relays(&self) -> bool {
        self.has(Feature::Nats) && self.is_durable()
    }

    /// Whether the code of an rpc names a type of `prost-types`.
    pub fn names_well_known_types(&self) -> bool {
        let mut methods = self.services.iter().flat_map(|it| &it.methods);
        methods.any(|it| {
            let mut types = [&it.input, &it.output].into_iter();
            types.any(|path| path.starts_with("prost_types::"))
        })
    }

    /// Whether a request has a secret.
    pub fn has_secrets(&self) -> bool {
        self.resources.iter().any(|it| {
            it.inline
                .as_ref()
                .is_some_and(|inline| inline.secret.is_some())
        })
    }

    /// All rpcs, sorted by path, with their service.
    pub fn methods(&self) -> Vec<(&ServicePlan, &MethodPlan)> {
        let mut methods: Vec<_> = self
            .services
            .iter()
            .flat_map(|service| service.methods.iter().map(move |method| (service, method)))
            .collect();
        methods.sort_by(|(_, one), (_, other)| one.path.cmp(&other.path));
        methods
    }
}

/// Whether an rpc of the file takes or answers a message that prost has a built-in type for.
fn wraps(file: File<'_>) -> bool {
    let methods = file.services().flat_map(Service::methods);
    let mut types = methods.flat_map(|method| [method.input(), method.output()]);
    types.any(|message| message.is_some_and(rust::is_wrapper))
}

/// The part of the crate that serves a service already.
fn served_by(service: Service<'_>, features: &Features) -> Option<Feature> {
    let feature = match service.full_name() {
        "grpc.health.v1.Health" => Feature::Health,
        "grpc.reflection.v1.ServerReflection" | "grpc.reflection.v1alpha.ServerReflection" => {
            Feature::Reflection
        }
        _ => return None,
    };
    features.has(feature).then_some(feature)
}

/// Refuses services that the crate would serve twice.
fn once(services: &[Service<'_>], features: &Features) -> Result<(), Vec<Diagnostic>> {
    let twice = services.iter().filter_map(|service| {
        let feature = served_by(*service, features)?;
        let message = format!(
            "the crate serves `{}` already, by its part `{}`",
            service.full_name(),
            feature.name()
        );
        let span = service.name().span;
        let mut problem = Diagnostic::error(SCAFFOLD, service.file().source(), span, message);
        problem.reason = Some("a server cannot have a service twice".to_owned());
        problem.help = Some(format!(
            "leave the service out, or choose parts without `{}` by `--with`",
            feature.name()
        ));
        Some(problem)
    });
    let twice: Vec<_> = twice.collect();
    if twice.is_empty() { Ok(()) } else { Err(twice) }
}

/// The services that are asked for, sorted by full name; of all there are, those that the crate does not serve anyway.
fn chosen<'s>(schema: &'s Schema, answers: &Answers) -> Result<Vec<Service<'s>>, Vec<Diagnostic>> {
    let names = &answers.services;
    let all = || schema.files().flat_map(File::services);
    let mut services: Vec<Service<'s>> = if names.is_empty() {
        let all: Vec<_> = schema.targets().flat_map(File::services).collect();
        let others = all.iter().copied();
        let others: Vec<_> = others
            .filter(|it| served_by(*it, &answers.features).is_none())
            .collect();
        if others.is_empty() { all } else { others }
    } else {
        let mut problems = Vec::new();
        let mut found = Vec::new();
        for name in names {
            match all().find(|service| service.full_name() == name) {
                Some(service) => found.push(service),
                None => {
                    let known: Vec<_> = all()
                        .map(|service| format!("`{}`", service.full_name()))
                        .collect();
                    let mut problem = Diagnostic::without_place(
                        SCAFFOLD,
                        Severity::Error,
                        format!("there is no service `{name}` in these files"),
                    );
                    problem.help = Some(match known.as_slice() {
                        [] => "give files that declare a service".to_owned(),
                        known => format!("the services are {}", known.join(", ")),
                    });
                    problems.push(problem);
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        found
    };
    services.sort_by_key(|service| service.full_name());
    services.dedup();
    if services.is_empty() {
        let mut problem = Diagnostic::without_place(
            SCAFFOLD,
            Severity::Error,
            "these files declare no service, so there is nothing to serve",
        );
        problem.help = Some("give a file with a `service`".to_owned());
        return Err(vec![problem]);
    }
    once(&services, &answers.features)?;
    Ok(services)
}

/// Files and all that they import, sorted by path.
pub(super) fn closure<'s>(
    schema: &'s Schema,
    files: impl Iterator<Item = File<'s>>,
) -> Vec<File<'s>> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<File<'s>> = files.collect();
    while let Some(file) = open.pop() {
        if seen.insert(file.path()) {
            open.extend(
                file.import_statements()
                    .filter_map(|(_, imported)| imported),
            );
        }
    }
    seen.into_iter()
        .filter_map(|path| schema.file_named(path))
        .collect()
}
