//! `cargo schemacheck`: the program; all of it is in the library.

fn main() -> std::process::ExitCode {
    schemacheck_cli::main()
}
