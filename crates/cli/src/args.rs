//! What was typed. Knows which options there are, not what they do.

use lexopt::prelude::*;
use std::path::PathBuf;

/// What is wrong with the call, in words.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl From<lexopt::Error> for Usage {
    fn from(e: lexopt::Error) -> Self {
        Self(e.to_string())
    }
}

/// Every option of every command; a command looks at its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    pub(crate) command: String,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) words: Vec<String>,
    pub(crate) json: bool,
    pub(crate) filter: Option<String>,
    pub(crate) fields: Vec<String>,
    pub(crate) count: bool,
    pub(crate) explain: bool,
    pub(crate) unplanned: bool,
    pub(crate) filter_list: Option<PathBuf>,
    pub(crate) extract: Option<PathBuf>,
    pub(crate) scope: Option<PathBuf>,
    pub(crate) case: Option<PathBuf>,
    pub(crate) artifacts: Vec<PathBuf>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) decode_as: Vec<String>,
    pub(crate) keylogs: Vec<PathBuf>,
    pub(crate) packet: Option<String>,
    pub(crate) finding: Option<String>,
    pub(crate) flow: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) time: Option<String>,
    pub(crate) seed: u64,
    pub(crate) piece: Option<u64>,
    pub(crate) kind: Option<String>,
    pub(crate) interval: Option<f64>,
    pub(crate) leads: bool,
    /// Files with everybody who had the same content.
    pub(crate) spread: bool,
    /// What is open before a report is sent.
    pub(crate) lint: bool,
    pub(crate) navigator: bool,
    pub(crate) tlp: Option<String>,
    pub(crate) unconfirmed: bool,
    pub(crate) allow: Vec<String>,
    pub(crate) baseline: Option<PathBuf>,
    pub(crate) packets: Option<String>,
    pub(crate) conversations: bool,
    pub(crate) anonymise: bool,
    pub(crate) key: Option<String>,
    pub(crate) question: Option<String>,
    pub(crate) applications: Option<PathBuf>,
    /// Captures that are earlier: of `--earlier`, and what stands before `--`.
    pub(crate) earlier: Vec<PathBuf>,
}

/// What `weir` and `weir --help` print.
pub(crate) const HELP: &str = "\
weir COMMAND [OPTION…] FILE…    captures (pcap, pcapng) and flow logs (Zeek conn, TSV or JSON), plain,
                                gzip or zstd, are one session

  summary FILE…                 capture facts, health, protocol hierarchy
  stats FILE… TABLE             counts as tshark -z has them; TABLE is phs (protocol hierarchy), conv,
                                endpoints, expert, srt (response times), io (packets over time);
                                --type eth|ip|ipv6|tcp|udp, --interval SECONDS, -Y FILTER
  packets FILE…                 packet rows; -Y FILTER, -e FIELD (repeatable), --count, --explain,
                                --filter-list LIST (id TAB filter), --packet N (the whole tree)
  flows FILE…                   conversations, and rows of flow logs
  hosts FILE…                   the inventory
  log PROTOCOL FILE…            messages of a protocol, columns as Zeek names them
  files FILE…                   artifacts; --extract DIR writes them out; --spread: the conversation that carried each
                                and everybody who had the same content, --scope S or --case CASE only those in
                                question, --file HASH only this content, -o OUT.{csv,tsv,json} as a file
  follow FILE tcp:17            both sides of a flow
  answer --scope SCOPE FILE…    the answers to the questions of a scope
  decisions FILE… [--scope S]   what is proposed for each affected host, from answers and findings; --case CASE in
                                place of a scope, with what it confirmed, dismissed and allows
  findings FILE… [--scope S]    what to look at first, what the detections found, what was checked;
                                --leads (these alone), --navigator (a layer of the ATT&CK Navigator),
                                --allow DETECTION,host=ADDRESS,peer=NAME (repeatable),
                                --baseline B.json (what is new, known, changed), --applications LIST (our programs,
                                a User-Agent a line, or a baseline: others are findings)
  because FILE… --finding ID    what came before it that explains it, and what followed; --scope S where the
                                finding is one of a scope; --packet N, --flow A:tcp:17, --file A:120.0 or
                                --host ADDRESS --time SECONDS in place of a finding
  checklist FILE… [--scope S]   protocol by protocol: what is normal here, findings, what nobody could read
  ways-in FILE…                 what outsiders began and was answered; programs and mailed files that came in
  bridges FILE…                 remote control, tunnels, private networks, proxies: who, from where to where
  east-west FILE…               who talks with whom inside, the unusual first
  outliers FILE…                hosts that stick out of all, measure by measure, with the statistic in words
  seen-once FILE…               values that came once, over every column
  stack [COLUMN] FILE…          how often each value of a column came, least first (http.user_agent);
                                without COLUMN the columns there are
  baseline FILE… -o B.json      what is normal in these captures, as a small file without payload
  compare EARLIER… -- NOW…      what is new, changed or gone: findings, and hosts, services, pairs, places, agents,
                                TLS clients, bytes; --baseline B.json NOW… in place of earlier captures
  trends FILE…                  how much goes where by hour and day, which way, and from which packet on
  reference [NAME]              the protocols that are read; one with its fields; a field
  slice FILE… -o OUT.pcapng     packets with their numbers and notes as comments: -Y FILTER, --packets A:1-20,B:7
                                or --case CASE (what it cites); --conversations (what these
                                packets' conversations need too), --anonymise (--key HEX to repeat one),
                                --question TEXT -o OUT.zip (slice and question for somebody else)
  comments FILE…                comments on packets, such as those made in Wireshark
  report --case CASE FILE… -o OUT.{html,md,json}
                                the report on a case; --scope SCOPE in place of a case; --lint prints what is
                                open before it is sent, without -o
  verify CASE FILE…             every claim of a case, or of a report (.json, .html), derived again: holds, differs
                                (was, is) or cannot be checked; exit status 0 when all hold
  map --case CASE FILE… -o OUT.{svg,md,mmd,canvas,json}
                                the mind map: a drawing, an outline, a Mermaid flowchart, a JSON Canvas; --scope
                                SCOPE in place of a case draws what was found
  case show CASE                what a case holds, with its tags: a case file (.zip), its JSON, or Weir with a case inside
  case pack CASE [CAPTURE…] -o OUT.zip
                                a case file with these slices of captures; --artifact FILE (repeatable)
  case unpack CASE -o FOLDER    its parts, under names of their own
  case merge CASE CASE… -o OUT  copies of one case become one; .zip is a case file, else the case alone
  export FORMAT --case CASE FILE… [-o OUT]
                                the case's indicators for other tools (weir export names the formats); --scope SCOPE
                                in place of a case, list in place of a format (what each takes in), --unconfirmed
                                (what findings name that nobody judged),
                                --tlp clear|green|amber|amber_strict|red (in place of the case's own marking),
                                --time SECONDS (when it was made, in place of now)
  actions --case CASE FILE…     what solves and what prevents, with reason and evidence; --scope SCOPE in place of a case
  lessons --case CASE FILE…     facts for the lessons: how the work went, what could not be seen, where to tap next
  passes --case CASE FILE…      what is new, gone or changed since each pass that the case keeps
  watch --case CASE FILE…       the watch list and open questions over these captures, with the result before
  replay CASE FILE…             the case's action log again: does each line give the same result? Status 1 where not
  template --case CASE -o OUT.json
                                the case without its evidence, with placeholders, for the next one

  --json                        one JSON object a line instead of a table
  -d tcp.port==2121,ftp         decode a port (tcp.port, udp.port, eth.type) as a protocol
  --keylog KEYS                 a TLS key log (SSLKEYLOGFILE): what it opens is read on; repeatable
";

/// A table of `weir stats`, wherever it stands among the files.
fn is_table(word: &std::ffi::OsStr) -> bool {
    const TABLES: [&str; 6] = ["phs", "conv", "endpoints", "expert", "srt", "io"];
    TABLES.iter().any(|t| word == *t)
}

/// A column of `weir stack`: `http.user_agent`, and no file.
fn is_column(word: &std::ffi::OsStr) -> bool {
    let text = word.to_string_lossy();
    text.contains('.') && !text.contains(['/', '\\']) && !std::path::Path::new(word).exists()
}

impl Args {
    pub(crate) fn read() -> Result<Self, Usage> {
        let mut typed: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
        // Of two groups of files the first is earlier; lexopt tells nobody where `--` stood.
        let apart = typed.first().is_some_and(|c| c == "compare");
        let at = typed.iter().position(|a| apart && a == "--");
        let after = at.map(|at| typed.split_off(at));
        let mut args = Self::parse(typed)?;
        if let Some(after) = after {
            args.earlier.append(&mut args.files);
            args.files = after.into_iter().skip(1).map(PathBuf::from).collect();
        }
        Ok(args)
    }

    fn parse(typed: Vec<std::ffi::OsString>) -> Result<Self, Usage> {
        let mut parser = lexopt::Parser::from_args(typed);
        let mut args = Self::default();
        let mut command = None;
        let text = |v: std::ffi::OsString| {
            v.into_string()
                .map_err(|v| Usage(format!("{} is not UTF-8", v.to_string_lossy())))
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Long("json") => args.json = true,
                Long("count") => args.count = true,
                Long("explain") => args.explain = true,
                Long("no-plan") => args.unplanned = true,
                Short('Y') | Long("filter") => args.filter = Some(text(parser.value()?)?),
                Short('e') | Long("field") => args.fields.push(text(parser.value()?)?),
                Long("filter-list") => args.filter_list = Some(parser.value()?.into()),
                Long("extract") => args.extract = Some(parser.value()?.into()),
                Long("scope") => args.scope = Some(parser.value()?.into()),
                Long("artifact") => args.artifacts.push(parser.value()?.into()),
                Long("case") => args.case = Some(parser.value()?.into()),
                Short('o') | Long("output") => args.output = Some(parser.value()?.into()),
                Short('d') | Long("decode-as") => args.decode_as.push(text(parser.value()?)?),
                Long("keylog") => args.keylogs.push(parser.value()?.into()),
                Long("packet") => args.packet = Some(text(parser.value()?)?),
                Long("finding") => args.finding = Some(text(parser.value()?)?),
                Long("flow") => args.flow = Some(text(parser.value()?)?),
                Long("file") => args.file = Some(text(parser.value()?)?),
                Long("host") => args.host = Some(text(parser.value()?)?),
                Long("time") => args.time = Some(text(parser.value()?)?),
                Long("seed") => args.seed = parser.value()?.parse()?,
                Long("type") => args.kind = Some(text(parser.value()?)?),
                Long("interval") => args.interval = Some(parser.value()?.parse()?),
                Long("leads") => args.leads = true,
                Long("spread") => args.spread = true,
                Long("lint") => args.lint = true,
                Long("tlp") => args.tlp = Some(text(parser.value()?)?),
                Long("unconfirmed") => args.unconfirmed = true,
                Long("navigator") => args.navigator = true,
                Long("baseline") => args.baseline = Some(parser.value()?.into()),
                Long("applications") => args.applications = Some(parser.value()?.into()),
                Long("earlier") => args.earlier.push(parser.value()?.into()),
                Long("packets") => args.packets = Some(text(parser.value()?)?),
                Long("conversations") => args.conversations = true,
                Long("anonymise") => args.anonymise = true,
                Long("key") => args.key = Some(text(parser.value()?)?),
                Long("question") => args.question = Some(text(parser.value()?)?),
                Long("allow") => args.allow.push(text(parser.value()?)?),
                Long("piece") => args.piece = Some(parser.value()?.parse()?),
                Short('h') | Long("help") => command = Some("help".to_owned()),
                Short('V') | Long("version") => command = Some("version".to_owned()),
                Value(v) if command.is_none() => command = Some(text(v)?),
                Value(v) => {
                    let path = PathBuf::from(&v);
                    let takes_word = match command.as_deref() {
                        Some("case" | "log" | "reference" | "export") => args.words.is_empty(),
                        Some("follow") => !args.files.is_empty() && args.words.is_empty(),
                        // A file may be called like a column; one that is there is a file.
                        Some("stack") => args.words.is_empty() && is_column(&v),
                        Some("stats") => args.words.is_empty() && is_table(&v),
                        _ => false,
                    };
                    // What is verified stands before what it is verified against.
                    if command.as_deref() == Some("verify") && args.case.is_none() {
                        args.case = Some(path);
                    } else if takes_word {
                        args.words.push(text(v)?);
                    } else {
                        args.files.push(path);
                    }
                }
                other => return Err(Usage(other.unexpected().to_string())),
            }
        }
        args.command = command.unwrap_or_else(|| "help".to_owned());
        Ok(args)
    }
}
