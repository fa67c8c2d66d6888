//! Gzip members, one after the other, with one compressor for all of them.
//!
//! The library makes a compressor of some 300 KB for each member. A crawl of
//! many hosts writes several members for each request, and what lies between
//! them in memory kept the heap from ever shrinking: 1.2 MiB a host.

use std::io;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// The head of a member (RFC 1952): deflate, no name, no time, system unknown.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// How much room is made at once for what is compressed, in bytes.
const ROOM: usize = 32 * 1024;

/// A compressor that is used again for each member.
#[derive(Debug)]
pub(super) struct Gzip {
    deflate: Compress,
}

impl Gzip {
    pub fn new() -> Self {
        Self { deflate: Compress::new(Compression::default(), false) }
    }

    /// Appends a member that holds these parts, one after the other.
    pub fn member(&mut self, parts: &[&[u8]], out: &mut Vec<u8>) -> io::Result<()> {
        self.deflate.reset();
        out.extend_from_slice(&HEAD);
        let mut crc = Crc::new();
        for part in parts {
            crc.update(part);
            self.compress(part, FlushCompress::None, out)?;
        }
        self.compress(&[], FlushCompress::Finish, out)?;
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        Ok(())
    }

    fn compress(&mut self, mut rest: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> io::Result<()> {
        let is_last = matches!(flush, FlushCompress::Finish);
        let mut status = Status::Ok;
        while !rest.is_empty() || (is_last && status != Status::StreamEnd) {
            out.reserve(ROOM);
            let before = self.deflate.total_in();
            status = self.deflate.compress_vec(rest, out, flush).map_err(io::Error::other)?;
            rest = &rest[(self.deflate.total_in() - before) as usize..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn each_member_unpacks_to_its_parts_and_to_nothing_of_the_one_before() {
        let mut gzip = Gzip::new();
        let long: Vec<u8> =
            (0..300_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect();
        let mut file = Vec::new();
        let mut starts = Vec::new();
        for parts in [[&b"head"[..], &long, b"end"], [b"", b"", b""], [b"head", b"body", b"\r\n\r\n"]] {
            starts.push(file.len());
            gzip.member(&parts, &mut file).unwrap();
            let mut unpacked = Vec::new();
            let member = &file[*starts.last().unwrap()..];
            flate2::read::GzDecoder::new(member).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, parts.concat());
        }
        let mut all = Vec::new();
        flate2::read::MultiGzDecoder::new(file.as_slice()).read_to_end(&mut all).unwrap();
        assert_eq!(all.len(), 4 + long.len() + 3 + 12);
    }
}
