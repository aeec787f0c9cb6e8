//! What users type and see: the transcripts of `fixtures/cli`, and the command line's own consistency.

/// `TRYCMD=overwrite` writes what is seen; read the difference before committing it.
#[test]
fn commands_answer_as_the_transcripts_say() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("fixtures/cli/*.trycmd")
        .case("fixtures/cli/*.toml")
        .env("NO_COLOR", "1")
        .env(
            "PROTOGOV_CACHE_DIR",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"),
        )
        .env("GITHUB_ACTIONS", "")
        .env("GITHUB_STEP_SUMMARY", "");
}

#[test]
fn the_command_line_is_consistent() {
    protogov::cli::command().debug_assert();
}
