//! Files into a session: what every command begins with.

use crate::args::{Args, Usage};
use crate::out;
use std::process::ExitCode;
use weir_cli::Door;
use weir_session::{FLOW_RECORDS_ONLY, FlowLog, Hash, Job, Load, Session};

/// A loaded session with its door.
pub(crate) struct Open {
    pub(crate) door: Door,
    pub(crate) session: Session,
    /// Something of the input could not be read: exit status 1.
    pub(crate) broken: bool,
}

impl Open {
    /// Reads every file; what cannot be read is said on standard error.
    pub(crate) fn new(args: &Args) -> Result<Self, Usage> {
        if args.files.is_empty() {
            return Err(Usage(format!("{} needs a file", args.command)));
        }
        let mut open = Self {
            door: Door::default(),
            session: Session::new(args.seed),
            broken: false,
        };
        if let Some(piece) = args.piece {
            open.door.options.piece = piece.max(1);
        }
        let rules = super::decode::rules(args)?;
        open.session.decode_as = rules.iter().filter_map(super::decode::Rule::over).collect();
        let mut files = Vec::new();
        for path in args.files.iter().chain(&args.keylogs) {
            match open.door.open(path) {
                Ok(file) => files.push(file),
                Err(e) => return Err(Usage(format!("{}: {e}", path.display()))),
            }
        }
        let mut load = Load::new(files);
        open.run(&mut load);
        for (_, error) in &load.refused {
            out::error(&error.to_string());
            open.broken = true;
        }
        for path in &args.keylogs {
            let name = path.file_name().map(|n| n.to_string_lossy());
            if !name.is_some_and(|n| load.keys.iter().any(|k| *k == n)) {
                out::error(&format!("{}: no TLS key log", path.display()));
                open.broken = true;
            }
        }
        for capture in open.session.loaded() {
            let kept = if capture.log.is_some() {
                format!("{} rows kept", capture.records())
            } else {
                format!("{} packets kept", capture.records())
            };
            if let Some(stop) = &capture.facts.stopped {
                out::error(&format!(
                    "{}: stopped at offset {} because {}; {kept}",
                    capture.name, stop.offset, stop.why
                ));
                open.broken = true;
            }
            if let Some(trouble) = capture.log.as_ref().and_then(FlowLog::trouble) {
                out::error(&format!("{}: {trouble}; {kept}", capture.name));
                open.broken = true;
            }
        }
        for remark in super::remarks::remarks(&open.session) {
            out::error(&remark);
        }
        Ok(open)
    }

    /// Says of flow logs that there is nothing of this kind in them.
    pub(crate) fn payload_only(&self) {
        for (capture, _) in self.session.logs() {
            out::error(&format!(
                "{}: {FLOW_RECORDS_ONLY}: no packet, no message and no file is in it",
                capture.name
            ));
        }
    }

    /// Runs a job to its end; a failure is said and makes the exit status 1.
    pub(crate) fn run(&mut self, job: &mut dyn Job) {
        if let Err(e) = self.door.run(&mut self.session, job) {
            out::error(&e.to_string());
            self.broken = true;
        }
    }

    /// Hashes contents and, when asked, the captures.
    pub(crate) fn hash(&mut self, captures: bool) {
        let mut job = Hash::new(&self.session, captures);
        self.run(&mut job);
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(u8::from(self.broken))
    }
}
