//! What the templates see of a plan.

use crate::scaffold::dependencies::{self, Dependencies, Dependency};
use crate::scaffold::features::{Feature, Store};
use crate::scaffold::places::{Places, contract_package};
use crate::scaffold::plan::{Kind, Periods, Plan, ServicePlan};
use crate::scaffold::recipe::Recipe;
use crate::scaffold::rust;
use crate::scaffold::standard::{Body, Resource};
use crate::scaffold::tests::{Subject, subjects};

/// What the templates see: the plan, and shorthands for what they ask most.
pub(super) struct Crate<'a> {
    pub(super) plan: &'a Plan,
    pub(super) places: Places,
    pub(super) workspace: bool,
    pub(super) package: &'a str,
    pub(super) lib: String,
    pub(super) env: String,
    pub(super) health: bool,
    pub(super) reflection: bool,
    pub(super) http: bool,
    pub(super) metrics: bool,
    pub(super) traces: bool,
    pub(super) auth: bool,
    pub(super) tenants: bool,
    pub(super) nats: bool,
    pub(super) rest: bool,
    pub(super) tls: bool,
    pub(super) clients: bool,
    pub(super) envoy: bool,
    pub(super) stores: bool,
    pub(super) sqlite: bool,
    pub(super) postgres: bool,
    pub(super) secrets: bool,
}

impl<'a> Crate<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let name = &plan.answers.name;
        Self {
            plan,
            places: Places::of(&plan.answers),
            workspace: plan.answers.workspace,
            package: name.package(),
            lib: name.ident(),
            env: name.environment(),
            health: plan.has(Feature::Health),
            reflection: plan.has(Feature::Reflection),
            http: plan.has(Feature::Http),
            metrics: plan.has(Feature::Metrics),
            traces: plan.has(Feature::Traces),
            auth: plan.has(Feature::Auth),
            tenants: plan.answers.recipe.is_some_and(Recipe::has_tenants),
            nats: plan.relays(),
            rest: plan.serves_rest(),
            tls: plan.has(Feature::Tls),
            clients: plan.has(Feature::Clients),
            envoy: plan.answers.recipe.is_none() && plan.has(Feature::Envoy),
            stores: plan.stores(),
            sqlite: plan.stores_in(Store::Sqlite),
            postgres: plan.stores_in(Store::Postgres),
            secrets: plan.has_secrets(),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.plan
            .answers
            .features
            .iter()
            .any(|feature| feature.name() == name)
    }

    pub(super) fn service_names(&self) -> String {
        let names: Vec<_> = self
            .plan
            .services
            .iter()
            .map(|service| service.full_name.as_str())
            .collect();
        names.join(", ")
    }

    pub(super) fn service_names_quoted(&self) -> String {
        let names: Vec<_> = self
            .plan
            .services
            .iter()
            .map(|service| format!("`{}`", service.full_name))
            .collect();
        names.join(", ")
    }

    pub(super) fn contract_package(&self) -> String {
        contract_package(&self.plan.answers.name)
    }

    pub(super) fn contract_lib(&self) -> String {
        self.contract_package().replace('-', "_")
    }

    /// The client of a service, as a user of the crate with the contract names it.
    pub(super) fn client_path(&self) -> String {
        let service = &self.plan.services[0];
        let pb = rust::pb_module(&service.package);
        let pb = pb.replacen("crate::pb", &self.contract_lib(), 1);
        service.client.replacen("pb", &pb, 1)
    }

    pub(super) fn of_contract(&self) -> Dependencies {
        Dependencies::of_contract(self.plan)
    }

    pub(super) fn of_service(&self) -> Dependencies {
        Dependencies::of_service(self.plan)
    }

    pub(super) fn of_both(&self) -> Dependencies {
        Dependencies::of_both(self.plan)
    }

    /// The versions in the manifest of the workspace.
    pub(super) fn shared(&self) -> Vec<Dependency> {
        dependencies::shared(&[self.of_contract(), self.of_service()])
    }

    /// Lines of a manifest that takes the versions from there.
    pub(super) fn inherited(&self, dependencies: &[Dependency]) -> Vec<String> {
        let shared = self.shared();
        let found = |it: &Dependency| shared.iter().find(|other| other.name == it.name);
        let lines = dependencies
            .iter()
            .filter_map(|it| Some(it.inherited(found(it)?)));
        lines.collect()
    }

    /// The path of an rpc that may be sent again, with one message either way.
    pub(super) fn repeatable_path(&self) -> Option<&'a str> {
        self.unary_path(true)
    }

    /// The path of one that may not; that of none if all may.
    pub(super) fn once_path(&self) -> &'a str {
        self.unary_path(false).unwrap_or("/no.such.Service/Method")
    }

    pub(super) fn unary_path(&self, idempotent: bool) -> Option<&'a str> {
        let services = &self.plan.services;
        let mut methods = services.iter().flat_map(|it| &it.methods);
        let found = methods.find(|it| it.kind == Kind::Unary && it.idempotent == idempotent);
        found.map(|method| method.path.as_str())
    }

    pub(super) fn is_amended(&self) -> bool {
        !self.plan.lowered.amendments.is_empty()
    }

    pub(super) fn sends_streams(&self) -> bool {
        self.plan.services.iter().any(ServicePlan::sends_streams)
    }

    /// Whether the crate looks up messages and fields by name.
    pub(super) fn reflects(&self) -> bool {
        self.stores || self.rest
    }

    pub(super) fn resource(&self, index: &usize) -> &'a Resource {
        &self.plan.resources[*index]
    }

    /// The path of a resource's type in the module of a service.
    pub(super) fn resource_path(&self, resource: &Resource, service: &ServicePlan) -> String {
        resource.path_from(&service.package)
    }

    /// The modules of `domain` that make resources for a service.
    pub(super) fn inline_modules(&self, service: &ServicePlan) -> Vec<&'a str> {
        let used = |index: usize| {
            service.methods.iter().any(|method| {
                matches!(&method.body, Body::CreateInline { resource, .. } | Body::CreateEach { resource, .. } if *resource == index)
            })
        };
        let indices = service
            .resources
            .iter()
            .copied()
            .filter(|index| used(*index));
        indices
            .map(|index| self.plan.resources[index].module.as_str())
            .collect()
    }

    /// What the tests of a service are about.
    pub(super) fn subjects<'s>(&'s self, service: &'s ServicePlan) -> Vec<Subject<'s>> {
        subjects(self.plan, service)
    }

    /// Whether a test looks at the subscribers of the store.
    pub(super) fn watches(&self) -> bool {
        let services = &self.plan.services;
        services.iter().any(|service| {
            self.subjects(service)
                .iter()
                .any(|subject| subject.watch.is_some())
        })
    }

    pub(super) fn needs_violation(&self, service: &ServicePlan) -> bool {
        service
            .methods
            .iter()
            .any(|method| matches!(method.body, Body::Create { .. } | Body::Update { .. }))
    }

    /// A count as the number type of a field.
    pub(super) fn total_value(&self, number: &str) -> &'static str {
        match number {
            "u64" => "total",
            "u32" => "u32::try_from(total).unwrap_or(u32::MAX)",
            "i64" => "i64::try_from(total).unwrap_or(i64::MAX)",
            _ => "i32::try_from(total).unwrap_or(i32::MAX)",
        }
    }

    pub(super) fn probe_interval(&self) -> u32 {
        self.plan.periods.probe_interval()
    }

    pub(super) fn probe_timeout(&self) -> u32 {
        Periods::PROBE_TIMEOUT
    }

    pub(super) fn probes(&self) -> u32 {
        Periods::PROBES
    }
}
