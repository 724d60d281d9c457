//! Opens files, decompresses them into temporary ones, reads the ranges that jobs need.

use std::fs::File as Disk;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use weir_capture::compression::{Decoder, Fed};
use weir_capture::{Compression, Container, SNIFF_LEN, sniff};
use weir_session::{File, Input, Job, Need, Session, SourceNo, Step};

/// Bytes supplied at a time to a job that reads in order.
const PIECE: u64 = 1 << 20;

/// How a door turns the crank.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Packets a step.
    pub fuel: u32,
    /// Bytes supplied at a time to sequential jobs, at most.
    pub piece: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fuel: 1 << 16,
            piece: PIECE,
        }
    }
}

/// Files by the numbers that sessions know them by.
#[derive(Default)]
pub struct Door {
    files: Vec<Disk>,
    /// How the crank is turned.
    pub options: Options,
    /// Bytes read for jobs.
    pub read: u64,
}

impl Door {
    /// Opens a file: a compressed one is unpacked into a temporary file first.
    ///
    /// # Errors
    /// The file cannot be read, or there is no room to unpack it.
    pub fn open(&mut self, path: &Path) -> io::Result<File> {
        let mut disk = Disk::open(path)?;
        let size = disk.metadata()?.len();
        let mut head = vec![0; SNIFF_LEN];
        let mut got = 0;
        while got < head.len() {
            match disk.read(head.get_mut(got..).unwrap_or_default())? {
                0 => break,
                n => got += n,
            }
        }
        head.truncate(got);
        disk.seek(SeekFrom::Start(0))?;
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        let mut file = File {
            source: self.next(),
            raw: self.next(),
            name,
            size,
            plain_size: size,
            compression: None,
            broken: None,
        };
        self.files.push(disk);
        if let Ok(Container::Compressed(kind)) = sniff(&head)
            && let Some(raw) = self.files.last()
        {
            file.compression = Some(kind.name().to_owned());
            let (mut plain, broken) = unpack(raw, kind)?;
            file.plain_size = plain.seek(SeekFrom::End(0))?;
            file.broken = broken;
            file.source = self.next();
            self.files.push(plain);
        }
        Ok(file)
    }

    fn next(&self) -> SourceNo {
        SourceNo(u32::try_from(self.files.len()).unwrap_or(u32::MAX))
    }

    /// Turns the crank until the job is done.
    ///
    /// # Errors
    /// A file cannot be read, or the job failed.
    pub fn run(
        &mut self,
        session: &mut Session,
        job: &mut dyn Job,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mut input = Input::default();
        loop {
            match job.step(session, &mut input, self.options.fuel) {
                Step::More => {}
                Step::Done => return Ok(()),
                Step::Failed(error) => return Err(Box::new(error)),
                Step::Need(needs) => {
                    for need in needs {
                        self.supply(&need, &mut input)?;
                    }
                }
            }
        }
    }

    /// Reads what a job needs.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn supply(&mut self, need: &Need, input: &mut Input) -> io::Result<()> {
        let end = if need.sequential {
            need.end.min(need.start.saturating_add(self.options.piece))
        } else {
            need.end
        };
        let bytes = self.bytes(need.source, need.start, end)?;
        self.read += bytes.len() as u64;
        input.supply(need.source, need.start, bytes);
        Ok(())
    }

    fn bytes(&mut self, source: SourceNo, start: u64, end: u64) -> io::Result<Vec<u8>> {
        let file = self
            .files
            .get_mut(source.0 as usize)
            .ok_or_else(|| io::Error::other("no such source"))?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; usize::try_from(end - start).unwrap_or(0)];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Unpacks into a temporary file that has no name any more; and why it ended early, when it did.
fn unpack(disk: &Disk, kind: Compression) -> io::Result<(Disk, Option<String>)> {
    let mut plain = temporary()?;
    let mut decoder = Decoder::new(kind);
    let mut reader = BufReader::with_capacity(1 << 20, disk);
    let mut buffer = vec![0; 1 << 20];
    let mut out = Vec::new();
    loop {
        let n = reader.read(&mut buffer)?;
        if n == 0 {
            decoder.finish();
        }
        let mut rest = buffer.get(..n).unwrap_or_default();
        loop {
            out.clear();
            let fed = decoder.feed(&mut rest, &mut out);
            plain.write_all(&out)?;
            match fed {
                Fed::More => {}
                Fed::NeedMore => break,
                Fed::End => return Ok((plain, None)),
                Fed::Stopped(stop) => {
                    return Ok((
                        plain,
                        Some(format!("at byte {}: {}", stop.offset, stop.why)),
                    ));
                }
            }
        }
        if n == 0 {
            return Ok((plain, None));
        }
    }
}

fn temporary() -> io::Result<Disk> {
    let dir = std::env::temp_dir();
    for n in 0..1000 {
        let path = dir.join(format!("weir-{}-{n}", std::process::id()));
        match Disk::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
        {
            Ok(file) => {
                let _ = std::fs::remove_file(&path);
                return Ok(file);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other("no free name for a temporary file"))
}
