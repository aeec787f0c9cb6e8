//! What to do, from the command line.

use std::{path::PathBuf, str::FromStr, time::Duration};

/// What to ask of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Update,
    Get,
    Bulk,
    Stream,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    pub work: Work,
    pub target: String,
    pub rate: f64,
    pub callers: Option<usize>,
    pub time: Duration,
    pub connections: usize,
    pub shipments: usize,
    pub readers: usize,
    pub streams: usize,
    pub pid: Option<u32>,
    pub svg: Option<PathBuf>,
    pub json: bool,
}

impl Options {
    /// Reads the arguments of the program.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            work: Work::Update,
            target: "http://127.0.0.1:50051".to_owned(),
            rate: 834.0,
            callers: None,
            time: Duration::from_secs(10),
            connections: 3,
            shipments: 10_000,
            readers: 20,
            streams: 8,
            pid: None,
            svg: None,
            json: false,
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "update" => options.work = Work::Update,
                "get" => options.work = Work::Get,
                "bulk" => options.work = Work::Bulk,
                "stream" => options.work = Work::Stream,
                "--json" => options.json = true,
                name => {
                    let value = arguments
                        .next()
                        .ok_or_else(|| format!("`{name}` needs a value"))?;
                    options.set(name, &value)?;
                }
            }
        }
        if options.rate <= 0.0 || options.connections == 0 || options.shipments == 0 {
            return Err(
                "`--rate`, `--connections` and `--shipments` must be more than 0".to_owned(),
            );
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "--target" => value.clone_into(&mut self.target),
            "--rate" => self.rate = number(name, value)?,
            "--callers" => self.callers = Some(number(name, value)?),
            "--seconds" => self.time = Duration::from_secs(number(name, value)?),
            "--connections" => self.connections = number(name, value)?,
            "--shipments" => self.shipments = number(name, value)?,
            "--readers" => self.readers = number(name, value)?,
            "--streams" => self.streams = number(name, value)?,
            "--pid" => self.pid = Some(number(name, value)?),
            "--svg" => self.svg = Some(value.into()),
            _ => return Err(format!("there is no option `{name}`")),
        }
        Ok(())
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("`{value}` is no number for `{name}`"))
}
