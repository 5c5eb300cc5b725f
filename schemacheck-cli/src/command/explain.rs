//! `explain`: the page of a code.

use schemacheck_core::{Code, suggest};

use crate::args::Explain;
use crate::error::{Error, Result};
use crate::report::{self, Outcome};

pub(super) fn run(args: &Explain) -> Result<Outcome> {
    let Some(id) = &args.code else {
        let width = Code::ALL.iter().map(|code| code.id().len()).max().unwrap_or(0);
        for code in Code::ALL {
            let severity = code.severity().word();
            report::stdout(&format!("{:width$}  {severity:7}  {}\n", code.id(), code.description()));
        }
        return Ok(Outcome::Fine);
    };
    match Code::from_id(id) {
        Some(code) => {
            report::stdout(code.page());
            Ok(Outcome::Fine)
        }
        None => {
            let error = Error::new(format!("unknown code `{id}`"));
            Err(match suggest::nearest(id, Code::ALL.iter().map(|code| code.id())) {
                Some(nearest) => error.help(format!("a code with a similar name exists: `{nearest}`")),
                None => error.help("`cargo schemacheck explain` lists the codes"),
            })
        }
    }
}
