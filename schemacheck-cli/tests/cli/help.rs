//! Help, completions and the manual page, as the built binary prints them.

use std::process::Command;

use crate::support::Project;

/// Every subcommand that the help lists.
fn commands(project: &Project) -> Vec<String> {
    let help = project.tool(&["--help"]);
    help.expect(0, &[]);
    let (_, list) = help.stdout.split_once("Commands:\n").unwrap();
    let names = list.lines().take_while(|line| !line.is_empty());
    names
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn bash_offers_commands_options_and_values() {
    let project = Project::empty();
    let script = project.tool(&["completions", "bash"]);
    script.expect(0, &[]);
    project.write("completions.bash", &script.stdout);
    // What readline does: the function that is registered for the command, called with the words so far.
    project.write(
        "try.bash",
        "source ./completions.bash\n\
         function=$(complete -p cargo-schemacheck | sed 's/.* -F \\([^ ]*\\) .*/\\1/')\n\
         COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))\n\
         \"$function\" \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"\n\
         echo \"${COMPREPLY[*]}\"\n",
    );
    let offered = |words: &[&str]| {
        let mut command = Command::new("bash");
        command.args(["try.bash", "cargo-schemacheck"]).args(words).current_dir(project.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    assert_eq!(offered(&["sn"]), "snapshot");
    assert_eq!(offered(&["snapshot", "--ch"]), "--check");
    assert_eq!(offered(&["verify", "--format", ""]), "human json");
    for command in commands(&project) {
        assert!(offered(&[""]).split(' ').any(|word| word == command), "{command} is not offered");
        if command != "help" {
            assert!(offered(&[&command, "--"]).contains("--format"), "{command} --");
        }
    }
}

#[test]
fn zsh_and_fish_know_every_command_and_option() {
    let project = Project::empty();
    for (shell, begin, option) in [
        ("zsh", "#compdef cargo-schemacheck\n", "'--check[Writes nothing;"),
        ("fish", "complete -c cargo-schemacheck ", "-l check -d 'Writes nothing;"),
    ] {
        let script = project.tool(&["completions", shell]);
        script.expect(0, &[begin, option]);
        for command in commands(&project) {
            let known = match shell {
                "zsh" => format!("\n'{command}:"),
                _ => format!("-a \"{command}\" "),
            };
            assert!(script.stdout.contains(&known), "{shell} does not know {command}");
        }
    }
    project.tool(&["completions", "cmd"]).expect(2, &["invalid value 'cmd'", "bash", "zsh", "fish"]);
}

#[test]
fn the_manual_has_a_page_for_the_whole_and_for_each_command() {
    let project = Project::empty();
    let whole = project.tool(&["man"]);
    whole.expect(
        0,
        &[
            ".TH cargo-schemacheck 1 ",
            "\n.SH SYNOPSIS\n\\fBcargo schemacheck\\fR ",
            "\n.SH ENVIRONMENT\n",
            "SCHEMACHECK_DIR",
            "\n.SH EXAMPLES\n.nf\n  cargo schemacheck snapshot \\-\\-run \\(aqsqlx migrate run\\(aq\n",
        ],
    );
    for command in commands(&project).iter().filter(|command| *command != "help") {
        assert!(whole.stdout.contains(&format!("cargo\\-schemacheck\\-{command}(1)")), "{}", whole.all());
        let page = project.tool(&["man", command]);
        page.expect(
            0,
            &[
                &format!(".TH cargo-schemacheck-{command} 1 "),
                &format!("\n.SH SYNOPSIS\n\\fBcargo schemacheck {command}\\fR "),
                "\n.SH EXAMPLES\n.nf\n  cargo schemacheck ",
            ],
        );
        assert!(!page.stdout.contains('\u{1b}'));
    }
    project
        .tool(&["man", "snapshto"])
        .expect(2, &["unknown command `snapshto`", "similar name exists: `snapshot`"]);
}
