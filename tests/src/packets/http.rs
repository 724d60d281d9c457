//! HTTP/1.1 messages as bytes.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// A browser of the time.
pub const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36";
/// Another one.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0";

/// A request without body; `extra` are whole header lines.
#[must_use]
pub fn request(method: &str, target: &str, host: &str, agent: &str, extra: &[&str]) -> Vec<u8> {
    let mut out = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n"
    );
    for line in extra {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out.into_bytes()
}

/// A request with a body.
#[must_use]
pub fn post(target: &str, host: &str, agent: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    let kind = format!("Content-Type: {kind}");
    let mut out = request("POST", target, host, agent, &[&kind, &length]);
    out.extend_from_slice(body);
    out
}

/// A GET as a browser sends it.
#[must_use]
pub fn get(target: &str, host: &str) -> Vec<u8> {
    request("GET", target, host, BROWSER, &[])
}

/// A response head: status line, `extra` header lines, empty line.
#[must_use]
pub fn head(status: &str, extra: &[&str]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status}\r\nServer: nginx\r\n");
    for line in extra {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out.into_bytes()
}

/// A response with a body and its length.
#[must_use]
pub fn response(status: &str, kind: &str, extra: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    let kind = format!("Content-Type: {kind}");
    let mut lines = vec![kind.as_str(), length.as_str()];
    lines.extend_from_slice(extra);
    let mut out = head(status, &lines);
    out.extend_from_slice(body);
    out
}

/// A body in chunks of at most `size` bytes (RFC 9112, 7.1).
#[must_use]
pub fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(size.max(1)) {
        out.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

/// The gzip form of a body; empty if it could not be made.
#[must_use]
pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    if encoder.write_all(body).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}

/// A multipart/form-data body with one text field and one file; gives the type and the body.
#[must_use]
pub fn multipart(boundary: &str, file: &str, content: &[u8]) -> (String, Vec<u8>) {
    let mut out = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nsample\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    out.extend_from_slice(content);
    out.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), out)
}
