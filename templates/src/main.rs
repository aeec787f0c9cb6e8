//! Starts the service: `{{ c.package }} [CONFIG.toml]`.

use std::{env, process::ExitCode};

use tower::BoxError;

use {{ c.lib }}::config::Config;
use {{ c.lib }}::server::Server;
use {{ c.lib }}::shutdown;
{%- if c.traces %}
use {{ c.lib }}::telemetry::Telemetry;
{%- else %}
use {{ c.lib }}::telemetry;
{%- endif %}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BoxError> {
    let config = Config::load(env::args_os().nth(1).as_deref())?;
{%- if c.traces %}
    let telemetry = Telemetry::start(&config)?;
    let stop = shutdown::signal()?;
    let result = async { Server::bind(config).await?.run(stop).await }.await;
    telemetry.stop().await;
    result
{%- else %}
    telemetry::start(&config)?;
    let stop = shutdown::signal()?;
    Server::bind(config).await?.run(stop).await
{%- endif %}
}
