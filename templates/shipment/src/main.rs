//! Starts the service: `shipment [CONFIG.toml]`.

use std::{env, process::ExitCode};

use shipment::{config::Config, server::Server, shutdown, telemetry::Telemetry};
use tower::BoxError;

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
    let stop = shutdown::signal();
    let telemetry = Telemetry::start(&config)?;
    let result = async { Server::bind(config).await?.run(stop).await }.await;
    telemetry.stop().await;
    result
}
