//! A plan as text: one template a file, laid out under `templates/` like the crate they make.

mod view;

use askama::Template;

use super::features::Store;
use super::file::{Class, Rendered};
use super::plan::{Plan, ServicePlan};
use super::standard::{Body, Resource};
use view::Crate;

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
                    let template = include_str!(concat!("../../../templates/", $path));
                    let text = $type { c }.render()?;
                    files.push(Rendered {
                        path: c.places.of_template($path),
                        class: Class::$class,
                        // A template that renders to itself has nothing to fill in.
                        is_fixed: text.trim_end() == template.trim_end(),
                        text,
                        base: None,
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
    CargoToml "Cargo.toml.in" Merged if |c: &Crate<'_>| !c.workspace;
    WorkspaceToml "workspace/root/Cargo.toml.in" Merged if |c: &Crate<'_>| c.workspace;
    ServiceToml "workspace/service/Cargo.toml.in" Merged if |c: &Crate<'_>| c.workspace;
    ContractToml "workspace/contract/Cargo.toml.in" Merged if |c: &Crate<'_>| c.workspace;
    ContractRs "workspace/contract/src/lib.rs" Merged if |c: &Crate<'_>| c.workspace;
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
    FilterRs "src/filter/mod.rs" Merged if |c: &Crate<'_>| c.stores;
    FilterConditionRs "src/filter/condition.rs" Merged if |c: &Crate<'_>| c.stores;
    FilterParseRs "src/filter/parse.rs" Merged if |c: &Crate<'_>| c.stores;
    PageRs "src/page.rs" Merged if |c: &Crate<'_>| c.stores;
    RelayRs "src/relay.rs" Merged if |c: &Crate<'_>| c.nats;
    ResourceRs "src/resource.rs" Merged if |c: &Crate<'_>| c.stores;
    StoreRs "src/store/mod.rs" Merged if |c: &Crate<'_>| c.stores;
    MemoryRs "src/store/memory.rs" Merged if |c: &Crate<'_>| c.plan.stores_in(Store::Memory);
    SqliteRs "src/store/sqlite/mod.rs" Merged if |c: &Crate<'_>| c.sqlite;
    SqliteWriterRs "src/store/sqlite/writer.rs" Merged if |c: &Crate<'_>| c.sqlite;
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
    TestEnvoyRs "tests/it/envoy.rs" Merged if |c: &Crate<'_>| c.envoy;
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
        files.push(Rendered {
            path,
            class,
            text,
            base: None,
            is_fixed: false,
        });
    };
    for service in &plan.services {
        let file = service.module.trim_start_matches("r#");
        add(
            c.places.path(&format!("src/services/{file}.rs")),
            Class::Merged,
            HandlerRs { c: &c, service }.render()?,
        );
        add(
            c.places.path(&format!("tests/it/{file}.rs")),
            Class::Once,
            TestServiceRs { c: &c, service }.render()?,
        );
    }
    for r in &plan.resources {
        add(
            c.places.path(&format!("src/domain/{}.rs", r.module)),
            Class::Once,
            DomainResourceRs { r }.render()?,
        );
    }
    if let Some(recipe) = plan.answers.recipe {
        recipe.apply(&mut files);
    }
    for file in &mut files {
        file.text.truncate(file.text.trim_end().len());
        file.text.push('\n');
    }
    for (path, text) in &plan.lowered.texts {
        files.push(Rendered {
            path: c.places.path(&format!("lowered/{path}")),
            class: Class::Regenerated,
            text: text.clone(),
            base: None,
            is_fixed: true,
        });
    }
    for (path, text) in &plan.contract {
        files.push(Rendered {
            path: c.places.path(&format!("proto/{path}")),
            class: Class::Merged,
            text: text.clone(),
            base: None,
            is_fixed: true,
        });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
