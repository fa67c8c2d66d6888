//! Undoes the `Content-Encoding` of a body, up to a limit.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Why a body cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecoded {
    /// It unpacks to more than this many bytes.
    #[error("its body is longer than {0} bytes")]
    TooLong(u64),
    /// Its encoding, of this name, is not one of ours.
    #[error("its content encoding `{0}` is not one that can be read")]
    Unknown(String),
    /// It is cut short or damaged; how.
    #[error("its compressed body is cut short or damaged ({0})")]
    Damaged(String),
}

/// Decodes a body that was sent with this `Content-Encoding` (empty: none),
/// whole or not at all. Never unpacks more than `limit` bytes.
pub fn decode(encoding: &str, body: Bytes, limit: u64) -> Result<Bytes, Undecoded> {
    let mut bytes = body;
    // Encodings are listed in the order in which they were applied.
    for name in encoding.split(',').map(str::trim).rev() {
        bytes = match name.to_ascii_lowercase().as_str() {
            "" | "identity" => bytes,
            "gzip" | "x-gzip" => unpack(MultiGzDecoder::new(&*bytes), limit)?.into(),
            "deflate" => inflate(&bytes, limit)?.into(),
            other => return Err(Undecoded::Unknown(other.to_owned())),
        };
    }
    if bytes.len() as u64 > limit {
        return Err(Undecoded::TooLong(limit));
    }
    Ok(bytes)
}

/// `deflate` means zlib by the standard, and bare deflate on some servers.
fn inflate(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Undecoded> {
    match unpack(ZlibDecoder::new(bytes), limit) {
        Err(Undecoded::Damaged(_)) => unpack(DeflateDecoder::new(bytes), limit),
        other => other,
    }
}

fn unpack(reader: impl Read, limit: u64) -> Result<Vec<u8>, Undecoded> {
    let mut unpacked = Vec::new();
    reader
        .take(limit + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| Undecoded::Damaged(error.to_string()))?;
    if unpacked.len() as u64 > limit {
        return Err(Undecoded::TooLong(limit));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_body_is_decoded_whole_or_not_at_all() {
        let packed = gzip(b"minutes");
        assert_eq!(decode("gzip", packed.clone(), 100).unwrap(), b"minutes"[..]);
        assert_eq!(decode("", Bytes::from_static(b"minutes"), 100).unwrap(), b"minutes"[..]);
        assert!(
            decode("gzip", packed.slice(..packed.len() - 4), 100)
                .unwrap_err()
                .to_string()
                .contains("cut short")
        );
        assert_eq!(decode("br", Bytes::from_static(b"minutes"), 100), Err(Undecoded::Unknown("br".into())));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![0; 1_000_000]);
        assert!(bomb.len() < 2_000);
        assert_eq!(decode("gzip", bomb, 10_000), Err(Undecoded::TooLong(10_000)));
    }
}
