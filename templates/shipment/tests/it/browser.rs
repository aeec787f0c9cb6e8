//! A browser without a screen, driven over a pipe.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::peers::skip;

/// A page in a browser.
pub struct Page {
    browser: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    session: Value,
    last_id: u64,
    // Removes the profile at the end.
    _profile: TempDir,
}

impl Page {
    /// Opens a page. Returns `None`, and says why, where no browser is installed.
    pub fn open(url: &str) -> Option<Self> {
        let browsers = [
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
        ];
        let Some(program) = browsers.into_iter().find(|path| Path::new(path).exists()) else {
            skip("no browser is installed (Debian: `apt-get install chromium`)");
            return None;
        };
        let profile = tempfile::tempdir().expect("a directory");
        // The browser reads from its third file and writes to its fourth.
        let script = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;
        let mut command = Command::new("sh");
        command.args([
            "-c",
            script,
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut browser = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let requests = browser.stdin.take().expect("it is piped");
        let answers = BufReader::new(browser.stdout.take().expect("it is piped"));
        let mut page = Self {
            browser,
            requests,
            answers,
            session: Value::Null,
            last_id: 0,
            _profile: profile,
        };
        let target = page.call("Target.createTarget", &json!({ "url": url }))["targetId"].clone();
        let attached = page.call(
            "Target.attachToTarget",
            &json!({ "targetId": target, "flatten": true }),
        );
        page.session = attached["sessionId"].clone();
        Some(page)
    }

    /// Runs a script in the page until it gives something that is true, and returns that.
    pub fn wait_for(&mut self, script: &str) -> Value {
        let start = Instant::now();
        loop {
            let result = self.call(
                "Runtime.evaluate",
                &json!({ "expression": script, "returnByValue": true }),
            );
            let value = &result["result"]["value"];
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value.clone();
            }
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "`{script}` never came true: {result}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let mut request = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !self.session.is_null() {
            request["sessionId"] = self.session.clone();
        }
        self.requests
            .write_all(format!("{request}\0").as_bytes())
            .expect("the browser reads");
        loop {
            let mut answer = Vec::new();
            assert_ne!(
                self.answers
                    .read_until(0, &mut answer)
                    .expect("the browser writes"),
                0,
                "the browser ended"
            );
            answer.pop();
            let mut answer: Value = serde_json::from_slice(&answer).expect("JSON");
            if answer["id"] == self.last_id {
                return answer["result"].take();
            }
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It may have ended by itself where a test failed.
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}
