//! A plan as text: one template a file, laid out under `templates/` like the crate they make.

use askama::Template;

use super::features::{Feature, Store};
use super::plan::{Periods, Plan, ServicePlan};
use super::recipe::Recipe;
use super::standard::{Body, Resource};
use super::tests::{Subject, subjects};

/// What becomes of a file when the crate is rendered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// It is replaced; one that was edited is refused.
    Regenerated,
    /// What the user changed and what the new rendering changes are merged.
    Merged,
    /// It is the user's from the moment it is written.
    Once,
}

impl Class {
    /// The word for it in the lock file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regenerated => "regenerated",
            Self::Merged => "merged",
            Self::Once => "once",
        }
    }
}

/// A file of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its path in the crate, with `/`.
    pub path: String,
    /// What becomes of it later.
    pub class: Class,
    /// Its text.
    pub text: String,
}

/// What the templates see: the plan, and shorthands for what they ask most.
struct Crate<'a> {
    plan: &'a Plan,
    package: &'a str,
    lib: String,
    env: String,
    health: bool,
    reflection: bool,
    http: bool,
    metrics: bool,
    traces: bool,
    auth: bool,
    tenants: bool,
    nats: bool,
    rest: bool,
    tls: bool,
    clients: bool,
    stores: bool,
    sqlite: bool,
    postgres: bool,
    secrets: bool,
}

impl<'a> Crate<'a> {
    fn new(plan: &'a Plan) -> Self {
        let name = &plan.answers.name;
        Self {
            plan,
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
            nats: plan.has(Feature::Nats) && plan.is_durable(),
            rest: plan.answers.recipe.is_none() && plan.has(Feature::Http) && plan.has_rules(),
            tls: plan.has(Feature::Tls),
            clients: plan.has(Feature::Clients),
            stores: plan.stores(),
            sqlite: plan.stores_in(Store::Sqlite),
            postgres: plan.stores_in(Store::Postgres),
            secrets: plan.has_secrets(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.plan
            .answers
            .features
            .iter()
            .any(|feature| feature.name() == name)
    }

    fn service_names(&self) -> String {
        let names: Vec<_> = self
            .plan
            .services
            .iter()
            .map(|service| service.full_name.as_str())
            .collect();
        names.join(", ")
    }

    fn service_names_quoted(&self) -> String {
        let names: Vec<_> = self
            .plan
            .services
            .iter()
            .map(|service| format!("`{}`", service.full_name))
            .collect();
        names.join(", ")
    }

    fn sends_streams(&self) -> bool {
        self.plan.services.iter().any(ServicePlan::sends_streams)
    }

    /// Whether the crate looks up messages and fields by name.
    fn reflects(&self) -> bool {
        self.stores || self.rest
    }

    fn resource(&self, index: &usize) -> &'a Resource {
        &self.plan.resources[*index]
    }

    /// The path of a resource's type in the module of a service.
    fn resource_path(&self, resource: &Resource, service: &ServicePlan) -> String {
        resource.path_from(&service.package)
    }

    /// The modules of `domain` that make resources for a service.
    fn inline_modules(&self, service: &ServicePlan) -> Vec<&'a str> {
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
    fn subjects<'s>(&'s self, service: &'s ServicePlan) -> Vec<Subject<'s>> {
        subjects(self.plan, service)
    }

    /// Whether a test looks at the subscribers of the store.
    fn watches(&self) -> bool {
        let services = &self.plan.services;
        services.iter().any(|service| {
            self.subjects(service)
                .iter()
                .any(|subject| subject.watch.is_some())
        })
    }

    fn needs_violation(&self, service: &ServicePlan) -> bool {
        service
            .methods
            .iter()
            .any(|method| matches!(method.body, Body::Create { .. } | Body::Update { .. }))
    }

    /// A count as the number type of a field.
    fn total_value(&self, number: &str) -> &'static str {
        match number {
            "u64" => "total",
            "u32" => "u32::try_from(total).unwrap_or(u32::MAX)",
            "i64" => "i64::try_from(total).unwrap_or(i64::MAX)",
            _ => "i32::try_from(total).unwrap_or(i32::MAX)",
        }
    }

    fn probe_interval(&self) -> u32 {
        self.plan.periods.probe_interval()
    }

    fn probe_timeout(&self) -> u32 {
        Periods::PROBE_TIMEOUT
    }

    fn probes(&self) -> u32 {
        Periods::PROBES
    }
}

/// The path in the crate of a file of a template. Cargo leaves a directory with a `Cargo.toml` out of what it publishes,
/// so the template of that has another name.
pub(super) fn in_crate(template: &str) -> &str {
    template.strip_suffix(".in").unwrap_or(template)
}

/// Declares a template for each file, and the function that renders them.
macro_rules! files {
    ($($type:ident $path:literal $class:ident $(if $condition:expr)?;)*) => {
        $(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            struct $type<'a> {
                #[allow(dead_code, reason = "some files are the same for every plan")]
                c: &'a Crate<'a>,
            }
        )*

        fn fixed_files(c: &Crate<'_>) -> askama::Result<Vec<Rendered>> {
            let mut files = Vec::new();
            $(
                if files!(@condition c $(, $condition)?) {
                    files.push(Rendered {
                        path: in_crate($path).to_owned(),
                        class: Class::$class,
                        text: $type { c }.render()?,
                    });
                }
            )*
            Ok(files)
        }
    };
    (@condition $c:ident) => { true };
    (@condition $c:ident, $condition:expr) => { ($condition)($c) };
}

files! {
    CargoToml "Cargo.toml.in" Merged;
    BuildRs "build.rs" Merged;
    Readme "README.md" Merged;
    GitIgnore ".gitignore" Merged;
    LibRs "src/lib.rs" Merged;
    MainRs "src/main.rs" Merged;
    ConfigRs "src/config.rs" Merged;
    DeadlineRs "src/deadline.rs" Merged;
    ErrorRs "src/error.rs" Merged;
    LayerRs "src/layer.rs" Merged;
    MethodsRs "src/methods.rs" Regenerated;
    ObserveRs "src/observe.rs" Merged;
    PanicRs "src/panic.rs" Merged;
    ServerRs "src/server.rs" Merged;
    ServicesRs "src/services/mod.rs" Merged;
    ShutdownRs "src/shutdown.rs" Merged;
    TelemetryRs "src/telemetry.rs" Merged;
    AuthRs "src/auth.rs" Merged if |c: &Crate<'_>| c.auth;
    BreakerRs "src/breaker.rs" Merged if |c: &Crate<'_>| c.clients;
    ClientRs "src/client.rs" Merged if |c: &Crate<'_>| c.clients;
    RetryRs "src/retry.rs" Merged if |c: &Crate<'_>| c.clients;
    HttpRs "src/http.rs" Merged if |c: &Crate<'_>| c.http;
    MetricsRs "src/metrics.rs" Merged if |c: &Crate<'_>| c.metrics;
    RestRs "src/rest/mod.rs" Merged if |c: &Crate<'_>| c.rest;
    RestJsonRs "src/rest/json.rs" Merged if |c: &Crate<'_>| c.rest;
    RestRuleRs "src/rest/rule.rs" Merged if |c: &Crate<'_>| c.rest;
    BusRs "src/bus.rs" Merged if |c: &Crate<'_>| c.stores;
    DomainRs "src/domain/mod.rs" Merged if |c: &Crate<'_>| c.stores;
    FieldMaskRs "src/field_mask.rs" Merged if |c: &Crate<'_>| c.stores;
    FilterRs "src/filter.rs" Merged if |c: &Crate<'_>| c.stores;
    PageRs "src/page.rs" Merged if |c: &Crate<'_>| c.stores;
    RelayRs "src/relay.rs" Merged if |c: &Crate<'_>| c.nats;
    ResourceRs "src/resource.rs" Merged if |c: &Crate<'_>| c.stores;
    StoreRs "src/store/mod.rs" Merged if |c: &Crate<'_>| c.stores;
    MemoryRs "src/store/memory.rs" Merged if |c: &Crate<'_>| c.plan.stores_in(Store::Memory);
    SqliteRs "src/store/sqlite.rs" Merged if |c: &Crate<'_>| c.sqlite;
    PostgresRs "src/store/postgres/mod.rs" Merged if |c: &Crate<'_>| c.postgres;
    PostgresChangesRs "src/store/postgres/changes.rs" Merged if |c: &Crate<'_>| c.postgres;
    PostgresInitialSql "src/store/postgres/0001_initial.sql" Merged if |c: &Crate<'_>| c.postgres;
    PostgresOutboxSql "src/store/postgres/0002_outbox.sql" Merged if |c: &Crate<'_>| c.postgres && c.nats;
    PostgresWriterRs "src/store/postgres/writer.rs" Merged if |c: &Crate<'_>| c.postgres;
    SecretRs "src/secret.rs" Merged if |c: &Crate<'_>| c.secrets;
    TestMainRs "tests/it/main.rs" Merged;
    HarnessRs "tests/it/harness.rs" Merged;
    TestDeadlineRs "tests/it/deadline.rs" Merged;
    TestLimitsRs "tests/it/limits.rs" Merged;
    TestPanicRs "tests/it/panic.rs" Merged;
    TestProcessRs "tests/it/process.rs" Merged;
    TestPostgresRs "tests/it/postgres.rs" Merged if |c: &Crate<'_>| c.postgres;
    TestAuthRs "tests/it/auth.rs" Merged if |c: &Crate<'_>| c.auth;
    TestClientRs "tests/it/client.rs" Merged if |c: &Crate<'_>| c.clients;
    TestHealthRs "tests/it/health.rs" Merged if |c: &Crate<'_>| c.health;
    TestMetricsRs "tests/it/metrics.rs" Merged if |c: &Crate<'_>| c.metrics;
    TestNatsRs "tests/it/nats.rs" Merged if |c: &Crate<'_>| c.nats;
    TestReflectionRs "tests/it/reflection.rs" Merged if |c: &Crate<'_>| c.reflection;
    TestRestRs "tests/it/rest.rs" Merged if |c: &Crate<'_>| c.rest;
    TestTlsRs "tests/it/tls.rs" Merged if |c: &Crate<'_>| c.tls;
    TestTracesRs "tests/it/traces.rs" Merged if |c: &Crate<'_>| c.traces;
    TestDeployRs "tests/it/deploy.rs" Merged if |c: &Crate<'_>| c.has("kubernetes") && c.has("envoy") && c.has("docker");
    DockerIgnore ".dockerignore" Merged if |c: &Crate<'_>| c.has("docker");
    Dockerfile "deploy/Dockerfile" Merged if |c: &Crate<'_>| c.has("docker");
    Compose "deploy/docker-compose.yaml" Merged if |c: &Crate<'_>| c.has("docker");
    Envoy "deploy/envoy.yaml" Merged if |c: &Crate<'_>| c.has("envoy");
    Kubernetes "deploy/kubernetes.yaml" Merged if |c: &Crate<'_>| c.has("kubernetes");
    Workflow ".github/workflows/ci.yaml" Merged if |c: &Crate<'_>| c.has("workflow");
}

#[derive(Template)]
#[template(path = "src/services/service.rs", escape = "none")]
struct HandlerRs<'a> {
    c: &'a Crate<'a>,
    service: &'a ServicePlan,
}

#[derive(Template)]
#[template(path = "src/domain/resource.rs", escape = "none")]
struct DomainResourceRs<'a> {
    r: &'a Resource,
}

#[derive(Template)]
#[template(path = "tests/it/service.rs", escape = "none")]
struct TestServiceRs<'a> {
    c: &'a Crate<'a>,
    service: &'a ServicePlan,
}

/// All files of a crate, sorted by path, with the contract that it serves.
pub fn render(plan: &Plan) -> Result<Vec<Rendered>, askama::Error> {
    let c = Crate::new(plan);
    let mut files = fixed_files(&c)?;
    let mut add = |path: String, class, text| {
        files.push(Rendered { path, class, text });
    };
    for service in &plan.services {
        let file = service.module.trim_start_matches("r#");
        add(
            format!("src/services/{file}.rs"),
            Class::Merged,
            HandlerRs { c: &c, service }.render()?,
        );
        add(
            format!("tests/it/{file}.rs"),
            Class::Once,
            TestServiceRs { c: &c, service }.render()?,
        );
    }
    for r in &plan.resources {
        add(
            format!("src/domain/{}.rs", r.module),
            Class::Once,
            DomainResourceRs { r }.render()?,
        );
    }
    if let Some(recipe) = plan.answers.recipe {
        recipe.apply(&mut files);
    }
    for (path, text) in &plan.lowered {
        files.push(Rendered {
            path: format!("lowered/{path}"),
            class: Class::Regenerated,
            text: text.clone(),
        });
    }
    for (path, text) in &plan.contract {
        files.push(Rendered {
            path: format!("proto/{path}"),
            class: Class::Merged,
            text: text.clone(),
        });
    }
    for file in &mut files {
        if !file.path.starts_with("proto/") && !file.path.starts_with("lowered/") {
            file.text.truncate(file.text.trim_end().len());
            file.text.push('\n');
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
