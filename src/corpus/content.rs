//! Undoes the `Content-Encoding` of a body, up to a limit.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Decodes a body that was sent with this `Content-Encoding` (empty: none).
///
/// Returns in plain words what is wrong when the encoding is not known, the
/// body is cut short or damaged, or it unpacks to more than `limit` bytes.
pub fn decode(encoding: &str, body: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = body.to_vec();
    // Encodings are listed in the order in which they were applied.
    for name in encoding.split(',').map(str::trim).rev() {
        bytes = match name.to_ascii_lowercase().as_str() {
            "" | "identity" => bytes,
            "gzip" | "x-gzip" => unpack(MultiGzDecoder::new(bytes.as_slice()), limit)?,
            "deflate" => inflate(&bytes, limit)?,
            other => return Err(format!("its content encoding `{other}` is not one that can be read")),
        };
    }
    if bytes.len() as u64 > limit {
        return Err(too_long(limit));
    }
    Ok(bytes)
}

/// `deflate` means zlib by the standard, and bare deflate on some servers.
fn inflate(bytes: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    unpack(ZlibDecoder::new(bytes), limit).or_else(|_| unpack(DeflateDecoder::new(bytes), limit))
}

fn unpack(reader: impl Read, limit: u64) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    reader
        .take(limit + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("its compressed body is cut short or damaged ({error})"))?;
    if unpacked.len() as u64 > limit {
        return Err(too_long(limit));
    }
    Ok(unpacked)
}

fn too_long(limit: u64) -> String {
    format!("its body is longer than {limit} bytes")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_is_decoded_whole_or_not_at_all() {
        let packed = gzip(b"minutes");
        assert_eq!(decode("gzip", &packed, 100).unwrap(), b"minutes");
        assert_eq!(decode("", b"minutes", 100).unwrap(), b"minutes");
        assert!(decode("gzip", &packed[..packed.len() - 4], 100).unwrap_err().contains("cut short"));
        assert!(decode("br", b"minutes", 100).unwrap_err().contains("`br`"));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![0; 1_000_000]);
        assert!(bomb.len() < 2_000);
        assert_eq!(decode("gzip", &bomb, 10_000).unwrap_err(), "its body is longer than 10000 bytes");
    }
}
